"""Environments are installed with uv, and with pip where uv cannot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from requirements import install


class Machine:
    """A machine on which some programs fail; it keeps what was run."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.ran: list[str] = []

    def __call__(self, command: Sequence[str]) -> bool:
        words = " ".join(command)
        self.ran.append(words)
        return not any(each in words for each in self.failing)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "UV", tmp_path / "uv")
    (tmp_path / "uv").mkdir()
    return tmp_path


def test_uv_comes_once_and_again_with_another_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    monkeypatch.setattr(install, "_run", machine)
    for _ in range(2):
        install.install(folder, ["some.lock"])
    assert [" --target " in words for words in machine.ran if " install " in words] == [True, False, False]
    (folder / "uv" / "uv.lock").write_text("uv==0.0.1", encoding="utf-8")
    install.install(folder, ["some.lock"])
    assert " --target " in machine.ran[-2]
    assert machine.ran[-1].startswith(f"{folder / 'uv' / 'bin' / 'uv'} pip install")


@pytest.mark.parametrize("failing", ["--target", "uv pip install"])
def test_pip_installs_where_uv_is_not_to_be_had_or_fails(
    failing: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(failing.replace("uv pip", f"{folder / 'uv' / 'bin' / 'uv'} pip"))
    monkeypatch.setattr(install, "_run", machine)
    install.install(folder, ["--requirement", "some.lock"])
    assert machine.ran[-1] == " ".join([*install.pip(folder / "bin" / "python"), "--requirement", "some.lock"])


def test_pip_comes_with_python_where_an_environment_has_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine("find_spec", f"{folder / 'uv' / 'bin' / 'uv'} pip")
    monkeypatch.setattr(install, "_run", machine)
    install.install(folder, ["some.lock"])
    assert machine.ran[-2:] == [
        f"{folder / 'bin' / 'python'} -m ensurepip",
        " ".join([*install.pip(folder / "bin" / "python"), "some.lock"]),
    ]


def test_what_neither_can_install_is_said_in_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_run", Machine("install"))
    with pytest.raises(SystemExit, match=r"Neither uv nor pip could install some\.lock"):
        install.install(folder, ["some.lock"])
