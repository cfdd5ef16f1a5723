"""The blocks of commands of the README and of the pages, run from their text.

A line that the text marks is not run here: for AWS alone (the rehearsal follows it), or because it downloads much or
takes long. `make` says what it would run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import commands_in_docs as docs
from tests.e2e.laptop import Laptop

BLOCKS = [
    (page, number)
    for page in docs.PAGES
    if page.parent.name != "files"  # the seed's are run in a seed, see test_push.py
    for number in range(len(docs.list_blocks(page)))
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the pages' commands name, which is the person's home as well."""
    (tmp_path / "torch/bin").mkdir(parents=True)
    (tmp_path / "torch/bin/python").symlink_to(sys.executable)
    (tmp_path / "requirements.txt").write_text("polars==1.0.0\n")
    return tmp_path


@pytest.mark.parametrize(("page", "number"), BLOCKS, ids=[f"{page.name}-{number}" for page, number in BLOCKS])
def test_a_block_of_commands_does_what_the_text_says(laptop: Laptop, folder: Path, page: Path, number: int) -> None:
    lines = [line for line in docs.list_blocks(page)[number] if not (line.is_aws_s or line.is_long)]
    commands = [_as_run(line) for line in lines if not line.command.startswith(("jupyter", "pip"))]
    # images.json is the session's; what this page sets goes into a home of its own.
    apart = {"SCONES_HOME": str(folder / "home")} if page.name == "images.md" else {}
    done = subprocess.run(
        ["bash", "-euc", "\n".join(filter(None, commands))],
        cwd=folder,
        env={
            **laptop.environment,
            **apart,
            "HOME": str(folder),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _as_run(line: docs.Line) -> str:
    if line.command.startswith("make "):
        return f"make --dry-run --directory={docs.TOP} {line.command.removeprefix('make ')}"
    if ".venv/sdk3/" in line.command:  # an environment of its own, which `make sdk3` tests
        return ""
    return line.command.replace("| source", ">/dev/null") if line.note == "fish" else line.command
