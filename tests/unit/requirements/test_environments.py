"""What each lock has brought into its environment fits together, as pip would ask of it."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[3]
# The checkout is installed beside what its locks have brought, without the wheel that its metadata names.
OURS = "scones"
ENVIRONMENTS = ("", "awscli", "checkov", "container", "docs", "packaging", "portable", "sbom", "sdk3")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_package_asks_for_a_version_that_its_lock_does_not_have(name: str) -> None:
    folders = [str(folder) for folder in (TOP / ".venv" / name).glob("lib/python3*/site-packages")]
    if not folders:
        pytest.skip(f".venv/{name} is not installed: `.ci/run` does that")
    assert find_unmet(folders) == []


def find_unmet(folders: list[str]) -> list[str]:
    """What the packages of an environment ask of each other and do not get, but for what extras would bring."""
    there = {canonicalize_name(each.name): each for each in distributions(path=folders)}
    unmet = []
    for name, package in there.items():
        for requirement in map(Requirement, package.requires or ()):
            applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            found = there.get(canonicalize_name(requirement.name))
            fits = found and requirement.specifier.contains(found.version, prereleases=True)
            if applies and not fits and name != OURS:
                unmet.append(f"{name} asks for {requirement}, {found.version if found else 'nothing'} is there")
    return sorted(unmet)


def test_a_package_that_asks_for_more_is_named(tmp_path: Path) -> None:
    for name, version, asks in (("asking", "1.0", "asked>=2"), ("asked", "1.9", "extra ; extra == 'more'")):
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: {asks}\n"
        (folder / "METADATA").write_text(text, encoding="utf-8")

    assert find_unmet([str(tmp_path)]) == ["asking asks for asked>=2, 1.9 is there"]
