"""`scones seed`: the new repository knows the local AWS's, which `git push scones main` needs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from console.__main__ import main


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with mock.patch.dict(os.environ, SCONES_HOME=str(tmp_path / "home"), SCONES_PORT="4703"):
        yield tmp_path / "home"


def test_a_seed_can_be_pushed_to_the_local_aws(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = home / "repositories/scones.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(repository)], check=True)
    assert main(["seed", str(tmp_path / "new")]) == 0
    assert "`git push scones main` builds and runs" in capsys.readouterr().out
    pushed = subprocess.run(
        ["git", "push", "--quiet", "scones", "main"], cwd=tmp_path / "new", capture_output=True, text=True, check=False
    )
    assert pushed.returncode == 0, pushed.stderr
    assert (
        subprocess.run(["git", "rev-parse", "main"], cwd=repository, check=False, capture_output=True).returncode == 0
    )


def test_before_the_first_start_the_seed_says_how(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["seed", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "`scones up` here" in said
    assert f"git remote add scones {home / 'repositories/scones.git'}" in said
