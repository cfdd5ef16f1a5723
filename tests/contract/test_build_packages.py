"""A build has the packages of requirements/build.lock and no more, also where a laptop's environment holds others."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from tests.conftest import TOP

# What a build's commands import; what they pack for functions and containers has packages of its own.
PACKAGES = ("pipelines", "seedcode", "workflow")


def _locked() -> list[Distribution]:
    """The distributions of the lock, as they are installed here. Markers for other systems name none."""
    lines = (TOP / "requirements" / "build.lock").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Za-z0-9._-]+)==(?![^\n]*win32)", lines, re.MULTILINE)
    return [distribution(name) for name in names]


def _link(site: Path) -> set[str]:
    """Fill a folder with links to what the lock installs; return the names that can be imported from it."""
    site.mkdir()
    for one in _locked():
        for top in {path.parts[0] for path in one.files or () if ".." not in path.parts}:
            link = site / top
            if top != "__pycache__" and not link.is_symlink():
                link.symlink_to(Path(str(one.locate_file(top))))
    return {path.name.partition(".")[0] for path in site.iterdir() if path.suffix not in {".dist-info", ".pth"}}


def _imports(path: Path) -> set[str]:
    """The top-level names that a file imports anywhere, in functions as well."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    others = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    return {name.partition(".")[0] for name in plain | others}


def test_the_smoke_tests_of_a_checkout_pass_with_the_packages_of_the_lock_alone(tmp_path: Path) -> None:
    _link(tmp_path / "site")
    # -S: nothing of this environment's own packages is found.
    done = subprocess.run(
        [sys.executable, "-S", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/smoke"],
        cwd=TOP,
        env={
            "PATH": os.defpath,
            "PYTHONPATH": os.pathsep.join((str(tmp_path / "site"), str(TOP))),
            "AWS_DEFAULT_REGION": "eu-west-1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_build_runs_imports_nothing_beyond_the_lock(package: str, tmp_path: Path) -> None:
    own = {path.name for path in TOP.iterdir() if (path / "__init__.py").is_file()}
    allowed = _link(tmp_path / "site") | own | set(sys.stdlib_module_names)
    beyond = {str(path.relative_to(TOP)): _imports(path) - allowed for path in (TOP / package).rglob("*.py")}
    assert {path: names for path, names in beyond.items() if names} == {}
