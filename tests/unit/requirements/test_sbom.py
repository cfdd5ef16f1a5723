"""The bill of materials names everything that a lock, the image or a workflow names, and nothing twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

from requirements import sbom

TOP = Path(__file__).parents[3]
DOCUMENT = sbom.describe()
PURLS = [component["purl"] for component in DOCUMENT["components"]]


def _named_by(path: str) -> list[str]:
    return [
        component["purl"]
        for component in DOCUMENT["components"]
        if {"name": sbom.PROPERTY, "value": path} in component["properties"]
    ]


def test_every_line_of_every_lock_is_a_component_with_all_its_hashes() -> None:
    locks = sorted((TOP / "requirements").glob("*.lock"))
    assert len(locks) >= 7
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        lines = re.findall(r"^[^\s#]+==", text, re.MULTILINE)
        assert len(_named_by(f"requirements/{lock.name}")) == len(lines), lock.name
    container = (TOP / "requirements/container.lock").read_text(encoding="utf-8")
    listed = json.dumps([part for part in DOCUMENT["components"] if part["purl"].startswith("pkg:pypi/numpy@")])
    numpy = re.search(r"^numpy==(?:[^\n]*\\\n)*[^\n]*", container, re.MULTILINE)
    assert numpy is not None
    assert all(digest in listed for digest in re.findall(r"sha256:([0-9a-f]{64})", numpy[0]))


def test_npm_s_packages_the_base_image_and_the_actions_are_components() -> None:
    packages = json.loads((TOP / "requirements/npm/package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(_named_by("requirements/npm/package-lock.json")) == len(packages) - 1
    (image,) = _named_by("seedcode/Dockerfile")
    assert image.startswith("pkg:docker/python@3.11")
    assert any(url.startswith("pkg:github/actions/checkout@") for url in _named_by("seedcode/github/run.yml"))


def test_no_component_is_there_twice_and_equal_sources_give_equal_bytes() -> None:
    assert sorted(set(PURLS)) == PURLS
    assert json.dumps(sbom.describe()) == json.dumps(DOCUMENT)
    assert DOCUMENT["metadata"]["component"]["name"] == "scones"
