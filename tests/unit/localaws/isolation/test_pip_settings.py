"""The user's pip settings in a program that does not see the user's home."""

from __future__ import annotations

from pathlib import Path

import pytest

from localaws.isolation import pip_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(pip_settings, "_OF_THE_MACHINE", ())
    return tmp_path


def write(home: Path, text: str) -> Path:
    file = home / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_the_user_s_settings_are_found_and_named_by_the_variable(home: Path) -> None:
    file = write(home, "[global]\nindex-url = https://mirror.example/simple\n")
    assert pip_settings.find_file({}) == file
    assert pip_settings.list_variables({}) == {"PIP_CONFIG_FILE": "/var/pip.conf"}
    assert pip_settings.list_variables({"PIP_CONFIG_FILE": "/dev/null"}) == {}


def test_settings_that_tell_a_password_stay_with_the_user(home: Path) -> None:
    write(home, "[global]\nindex-url = https://me:hunter2hunter2@mirror.example/simple\n")
    assert pip_settings.find_file({}) is None
    assert pip_settings.list_variables({}) == {}


@pytest.mark.parametrize(
    "text",
    ["-----BEGIN PRIVATE KEY-----\nMIIB\n", "[global]\nindex-url = https://me:hunter2hunter2@mirror.example/x\n"],
)
def test_a_file_with_a_secret_is_not_shown_though_a_variable_names_it(home: Path, text: str) -> None:
    (home / "file").write_text(text)
    (home / "certificates.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIBabcd+/==\n-----END CERTIFICATE-----\n")
    given = {"PIP_CONFIG_FILE": f"{home}/file", "PIP_CERT": f"{home}/certificates.pem"}
    assert pip_settings.list_places(given) == [home / "certificates.pem"]


def test_without_settings_there_is_nothing(home: Path) -> None:
    assert (pip_settings.find_file({}), pip_settings.list_variables({})) == (None, {})


def test_folders_of_this_machine_that_settings_name_can_be_read(home: Path) -> None:
    for name in ("wheels", "index/simple", "more"):
        (home / name).mkdir(parents=True)
    write(
        home,
        f"[global]\nfind-links =\n    {home}/wheels\n    https://x/y\nextra-index-url = file://{home}/index/simple\n",
    )
    given = {"PIP_FIND_LINKS": f"{home}/more {home}/absent", "FOLDER": str(home)}
    assert pip_settings.list_places(given) == [home / "wheels", home / "index", home / "more"]
