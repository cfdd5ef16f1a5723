"""The Dockerfile under hadolint's rules, and those rules against a broken copy of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from requirements.container import packages, pip_commands, read_instructions
from seedcode.image.content import CHECKOUT, DOCKERFILE, LOCK

# Docker Hub limits anonymous pulls, and CodeBuild's shared addresses meet the limit; oldstable has fewer fixes.
# https://www.debian.org/releases/: trixie is stable since 2025-08-09, and bookworm oldstable.
BASE = r"public\.ecr\.aws/docker/library/python:3\.11\.\d+-slim-trixie@sha256:[0-9a-f]{64}"
TEXT = (CHECKOUT / DOCKERFILE).read_text(encoding="utf-8")
HADOLINT = Path(sys.executable).parent / "hadolint"


def _lint(path: Path) -> str:
    done = subprocess.run([str(HADOLINT), "--no-color", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == bool(done.stdout)
    return done.stdout


def test_hadolint_has_nothing_to_say_and_each_exception_stands_under_its_reason() -> None:
    assert _lint(CHECKOUT / DOCKERFILE) == ""
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        if "hadolint ignore" in line:
            assert re.match(r"# [A-Z]?.{20,}", lines[number - 1])


@pytest.mark.parametrize(
    ("ours", "broken", "rule"),
    [
        (re.search(r"FROM .*", TEXT)[0], "FROM python:latest", "DL3007"),  # type: ignore[index]
        (" --no-cache-dir", "", "DL3042"),
        ("apt-get upgrade --yes", "apt-get install --yes curl", "DL3015"),
        ("USER ${RUN_AS}", "USER root", "DL3002"),
        ("apt-get upgrade --yes", "apt-get install --yes curl", "DL3008"),
    ],
)
def test_a_broken_copy_is_refused(ours: str, broken: str, rule: str, tmp_path: Path) -> None:
    assert ours in TEXT
    copy = tmp_path / "Dockerfile"
    copy.write_text(TEXT.replace(ours, broken), encoding="utf-8")
    assert rule in _lint(copy)


def test_the_base_image_is_named_by_its_digest_and_packages_by_their_hashes() -> None:
    base = next(rest for word, rest in read_instructions(TEXT) if word == "FROM")
    assert re.fullmatch(BASE, base)
    packages = re.findall(
        r"^[a-z0-9-]+==\S+(?: ; [^\\]+)? \\\n    --hash=sha256:", (CHECKOUT / LOCK).read_text(), re.MULTILINE
    )
    assert len(packages) == len(re.findall(r"^[a-z0-9-]+==", (CHECKOUT / LOCK).read_text(), re.MULTILINE)) > 20


def test_what_is_tried_without_docker_is_what_the_image_installs() -> None:
    ((python, *words),) = pip_commands(TEXT, Path("/env/bin/python"))
    assert python == "/env/bin/python"
    assert words[:3] == ["-m", "pip", "install"]
    assert words[-2:] == ["--requirement", str(CHECKOUT / LOCK)]
    assert {"processing", "evaluation"} <= set(packages(TEXT))


@pytest.mark.parametrize(
    "base",
    [
        "python:3.11.16-slim-bookworm@sha256:" + "0" * 64,
        "public.ecr.aws/docker/library/python:3.11.17-slim-trixie",
        "public.ecr.aws/docker/library/python:3.11.16-slim-bookworm@sha256:" + "0" * 64,
        "docker.io/library/python:3.11.17-slim-trixie@sha256:" + "0" * 64,
    ],
)
def test_a_base_image_of_docker_hub_of_oldstable_or_without_a_digest_is_none(base: str) -> None:
    assert not re.fullmatch(BASE, base)
