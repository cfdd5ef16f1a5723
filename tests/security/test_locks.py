"""What is installed is what was looked at: every line of every lock is one version, and what ships has hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
LOCKS = sorted((TOP / "requirements").glob("*.lock"))
HASHED = ("build", "container", "fuzz")
PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[A-Za-z0-9.+!]+( ; .+)?")


def _lines(lock: Path) -> list[str]:
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return [" ".join(line.split()) for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_line_of_a_lock_is_one_version_of_a_registry_s_package(lock: Path) -> None:
    lines = _lines(lock)
    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line.split(" --hash=")[0])] == []


@pytest.mark.parametrize("name", HASHED)
def test_what_is_installed_on_aws_or_by_hand_alone_has_hashes(name: str) -> None:
    lines = _lines(TOP / "requirements" / f"{name}.lock")
    assert [line for line in lines if not re.search(r" --hash=sha256:[0-9a-f]{64}", line)] == []


def test_tools_of_other_registries_are_pinned_in_the_makefile() -> None:
    text = (TOP / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"npm install .*?(\S+@\S+)", text) == ["asl-validator@4.0.0"]
    assert all("==" in word for word in re.findall(r"install ([a-z-]+\S*)$", text, re.MULTILINE) if word != "--quiet")
