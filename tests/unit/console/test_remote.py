"""The remote by which a checkout is pushed to the local repository."""

import subprocess
from pathlib import Path

import pytest

from console.remote import connect, disconnect


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "scones.git").mkdir()
    (tmp_path / "checkout" / "inner").mkdir(parents=True)
    _git(tmp_path / "checkout", "init", "--quiet")
    return tmp_path / "checkout"


def test_a_checkout_without_the_remote_gets_it_once(checkout: Path, tmp_path: Path) -> None:
    assert "is added" in str(connect(checkout, tmp_path / "scones.git"))
    assert _git(checkout, "remote", "get-url", "scones") == str(tmp_path / "scones.git")
    assert "git push scones main" in str(connect(checkout, tmp_path / "scones.git"))


@pytest.mark.parametrize("other", ["git@example.org:me/scones.git", "https://example.org/scones.git"])
def test_a_remote_of_another_making_stays_and_the_way_is_said(other: str, checkout: Path, tmp_path: Path) -> None:
    _git(checkout, "remote", "add", "scones", other)
    said = str(connect(checkout, tmp_path / "scones.git"))
    assert other in said
    assert str(tmp_path / "scones.git") in said
    assert _git(checkout, "remote", "get-url", "scones") == other


def test_a_remote_that_leads_to_a_folder_that_is_gone_is_set_anew(checkout: Path, tmp_path: Path) -> None:
    _git(checkout, "remote", "add", "scones", str(tmp_path / "gone.git"))
    assert "is added" in str(connect(checkout, tmp_path / "scones.git"))
    assert _git(checkout, "remote", "get-url", "scones") == str(tmp_path / "scones.git")


def test_only_the_top_of_a_checkout_is_connected_and_only_to_what_is_there(checkout: Path, tmp_path: Path) -> None:
    assert connect(checkout / "inner", tmp_path / "scones.git") is None
    assert connect(tmp_path, tmp_path / "scones.git") is None
    assert connect(checkout, tmp_path / "nowhere.git") is None


def test_a_remote_into_a_wiped_home_is_removed_and_no_other(checkout: Path, tmp_path: Path) -> None:
    connect(checkout, tmp_path / "scones.git")
    assert disconnect(checkout, tmp_path) is None, "its repository is there"
    (tmp_path / "scones.git").rmdir()
    assert disconnect(checkout, tmp_path / "another") is None
    assert "is removed" in str(disconnect(checkout, tmp_path))
    assert _git(checkout, "remote") == ""
    _git(checkout, "remote", "add", "scones", "git@example.org:me/scones.git")
    assert disconnect(checkout, tmp_path) is None
