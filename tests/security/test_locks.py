"""What is installed is what was reviewed: every line of every lock is one version of which each file has its hash."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from requirements import install

TOP = Path(__file__).parents[2]
LOCKS = sorted((TOP / "requirements").glob("*.lock"))
WORKFLOWS = sorted([*(TOP / ".github/workflows").glob("*.yml"), *(TOP / "seedcode/github").glob("*.yml")])
PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[A-Za-z0-9.+!]+( ; .+)?")


def _lines(lock: Path) -> list[str]:
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return [" ".join(line.split()) for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_line_of_a_lock_is_one_version_of_a_registry_s_package(lock: Path) -> None:
    lines = _lines(lock)
    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line.split(" --hash=")[0])] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_line_of_a_lock_has_hashes(lock: Path) -> None:
    assert [line for line in _lines(lock) if not re.search(r" --hash=sha256:[0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("name", ["test", "laptop", "container"])
def test_compiled_packages_have_the_hashes_of_other_platforms_too(name: str) -> None:
    lines = [line for line in _lines(TOP / "requirements" / f"{name}.lock") if line.startswith(("numpy=", "pillow="))]
    assert len(lines) >= 2
    assert all(line.count("--hash=") > 20 for line in lines)


def test_every_install_from_a_lock_asks_for_hashes() -> None:
    files = [TOP / "Makefile", *(path for path in (TOP / "seedcode").rglob("*") if path.is_file())]
    lines = [line for path in files for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    installs = [line for line in lines if re.search(r" install .*\.lock", line)]
    assert len(installs) >= 7
    assert [line for line in installs if " --require-hashes " not in line] == []
    # The Makefile leaves it to one program.
    assert "--require-hashes" in install.LOCKED


def test_npm_installs_what_its_lock_names_and_runs_no_script_of_it() -> None:
    text = (TOP / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"npm (?:ci|install|i|exec)\b[^;|&]*|\bnpx\b", text) == [
        "npm ci --silent --ignore-scripts --prefix .venv/npm"
    ]
    lock = json.loads((TOP / "requirements/npm/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 10
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []
    assert not any(entry.get("link") or entry.get("hasInstallScript") for entry in packages.values())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_of_a_workflow_is_named_by_its_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", action)] == []


def test_the_audit_looks_at_every_lock_and_takes_silence_for_no_answer() -> None:
    """Only --strict fails for a package that cannot be looked up; seeded projects audit the same way."""
    text = (TOP / "seedcode/github/audit.yml").read_text(encoding="utf-8")
    assert (TOP / ".github/workflows/audit.yml").read_text(encoding="utf-8") == text
    assert "for lock in requirements/*.lock; do" in text
    assert "pip-audit --strict --disable-pip --require-hashes" in text
    assert "npm audit --package-lock-only" in text
    assert "permissions:\n  contents: read\n\n" in text


def test_tools_are_pinned_in_the_makefile() -> None:
    text = (TOP / "Makefile").read_text(encoding="utf-8")
    assert all("==" in word for word in re.findall(r"install ([a-z-]+\S*)$", text, re.MULTILINE) if word != "--quiet")
