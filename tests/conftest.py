"""What holds for every test: the environment knows all packages, and botocore reads each of its files once."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader

TOP = Path(__file__).parents[1]


def pytest_sessionstart() -> None:
    """Stop where a package is younger than the installation: programs that tests start would not find it."""
    settings = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name for name in settings["tool"]["importlinter"]["root_packages"] if (TOP / name).is_dir()}
    missing = packages - set((distribution("scones").read_text("top_level.txt") or "").split())
    if missing:
        command = ".venv/bin/python -m pip install --no-deps --no-build-isolation -e ."
        pytest.exit(f"This environment does not know {', '.join(sorted(missing))}; run `{command}` once.", 1)


@pytest.fixture(scope="session", autouse=True)
def descriptions() -> Iterator[None]:
    """Every session of boto3 reads the same few files, some megabytes each: a fifth of the unit tests' time."""
    loader = JSONFileLoader()
    with pytest.MonkeyPatch.context() as patch:
        read = functools.cache(loader.load_file)  # bound, so this is botocore's own
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        yield
