"""The installation's key and the folder that holds it: made once, for its owner alone, and believed only where so."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest

from localaws import home, keys
from localaws.keys import Credentials
from localaws.settings import Settings, SettingsError
from localaws.store import Store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_has_aws_s_form_and_its_file_is_its_owner_s_alone(settings: Settings) -> None:
    made = keys.ensure(settings)
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", made.key)
    assert re.fullmatch(r"[\w-]{40}", made.secret)
    assert (mode(settings.key_file), mode(settings.home)) == (0o600, 0o700)
    assert [path.name for path in settings.home.iterdir()] == ["credentials"]


def test_a_key_stays_and_another_installation_has_another(settings: Settings, tmp_path: Path) -> None:
    made = keys.ensure(settings)
    assert keys.ensure(settings) == keys.load(settings) == made
    assert keys.ensure(Settings(home=tmp_path / "other")) != made


def test_the_file_is_one_that_aws_s_sdks_read(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    made = keys.ensure(settings)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(settings.key_file))
    found = boto3.session.Session().get_credentials().get_frozen_credentials()
    assert (found.access_key, found.secret_key) == (made.key, made.secret)


def test_those_who_need_the_key_at_once_get_the_same(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: keys.ensure(settings), range(40)))) == 1
    assert [path.name for path in settings.home.iterdir()] == ["credentials"]


def test_a_key_that_others_could_read_is_not_used(settings: Settings) -> None:
    keys.ensure(settings)
    settings.key_file.chmod(0o640)
    with pytest.raises(SettingsError, match=r"may be read by others \(mode 640.*delete the file"):
        keys.ensure(settings)


def test_a_key_of_another_user_or_behind_a_link_is_not_used(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.ensure(settings)
    monkeypatch.setattr(os, "geteuid", lambda: settings.home.stat().st_uid + 1)
    with pytest.raises(SettingsError, match="may be read by others"):
        keys.load(settings)
    settings.key_file.rename(tmp_path / "elsewhere")
    settings.key_file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="cannot be read"):
        keys.load(settings)


@pytest.mark.parametrize("text", ["", "words", "[default]\naws_access_key_id = AKIA\n"])
def test_a_file_that_holds_no_key_is_reported_of(settings: Settings, text: str) -> None:
    keys.ensure(settings)
    settings.key_file.write_text(text)
    with pytest.raises(SettingsError, match="its next start makes a new key"):
        keys.load(settings)


def test_a_secret_comes_into_no_log_by_chance() -> None:
    assert "hidden" not in f"{Credentials('AKIA', 'hidden', 'hidden')!r} {Credentials('AKIA', 'hidden')}"


def test_a_proof_is_good_for_its_key_port_and_question(settings: Settings) -> None:
    key = keys.ensure(settings)
    proof = keys.prove(key, 4566, "1")
    others = [keys.prove(key, 4567, "1"), keys.prove(key, 4566, "2"), keys.prove(Credentials(key.key, "x"), 4566, "1")]
    assert proof not in others
    assert proof == keys.prove(key, 4566, "1")


def test_a_home_that_was_open_is_closed_and_that_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    assert home.make(folder) is True
    assert mode(folder) == 0o700
    assert home.close(folder) is False
    assert "was open to the other users" in home.was_open(folder)


def test_whoever_makes_the_home_first_makes_it_its_owner_s_alone(tmp_path: Path) -> None:
    Store(tmp_path / "a" / "b" / "sagemaker.db").close()
    assert mode(tmp_path / "a" / "b") == 0o700


def test_a_folder_of_another_user_or_of_everybody_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(SettingsError, match="many share"):
        home.make(shared)
    assert mode(shared) == 0o1777
    with pytest.raises(SettingsError, match="is a file"):
        home.close(Path(__file__))
    monkeypatch.setattr(os, "geteuid", lambda: shared.stat().st_uid + 1)
    with pytest.raises(SettingsError, match="another user"):
        home.close(tmp_path)


UNPACKS = """
import sys
from pathlib import Path
from localaws import home
from localaws.ministack import configuration
from localaws.settings import Settings

settings = Settings(home=Path(sys.argv[1]))
home.make(settings.home)
home.keep_temporary_files(settings.home)
configuration.configure(settings)
from ministack.services import lambda_svc
print(lambda_svc._PROVIDED_CODE_CACHE, lambda_svc._DOCKER_EXTRACT_CACHE)
"""


def test_no_code_is_unpacked_where_others_could_wait_for_it(tmp_path: Path) -> None:
    (tmp_path / "home" / "tmp" / "ministack-provided-code-4566").mkdir(parents=True)
    words = [sys.executable, "-c", UNPACKS, str(tmp_path / "home")]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert [Path(folder).parent for folder in told] == [tmp_path / "home" / "tmp"] * 2
    assert (mode(tmp_path / "home" / "tmp"), list((tmp_path / "home" / "tmp").iterdir())) == (0o700, [])
