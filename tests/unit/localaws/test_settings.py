"""Settings: from the environment, or refused with what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from localaws.settings import Settings, SettingsError, from_environment


def test_the_defaults_are_port_4566_and_a_folder_in_the_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SCONES_PORT", raising=False)
    monkeypatch.delenv("SCONES_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    settings = from_environment()
    assert (settings.endpoint, settings.home) == ("http://127.0.0.1:4566", tmp_path / ".scones")


def test_port_and_home_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCONES_PORT", "5000")
    monkeypatch.setenv("SCONES_HOME", str(tmp_path / "a/../b"))
    settings = from_environment()
    assert (settings.port, settings.home) == (5000, tmp_path / "b")
    assert settings.pid_file == tmp_path / "b/localaws.pid"
    assert settings.jobs == tmp_path / "b/jobs"
    assert settings.access_log == tmp_path / "b/access.jsonl"


@pytest.mark.parametrize(("given", "enforced"), [("true", True), ("false", False), ("", False)])
def test_iam_is_enforced_only_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, given: str, *, enforced: bool
) -> None:
    monkeypatch.setenv("SCONES_ENFORCE_IAM", given)
    assert from_environment().enforce_iam is enforced


def test_another_word_than_true_or_false_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_ENFORCE_IAM", "yes")
    with pytest.raises(SettingsError, match="SCONES_ENFORCE_IAM is 'yes'; it must be true or false"):
        from_environment()


@pytest.mark.parametrize(("given", "existing"), [("new", False), ("existing", True), ("", False)])
def test_the_account_is_new_unless_it_is_said_to_be_an_existing_customers(
    monkeypatch: pytest.MonkeyPatch, given: str, *, existing: bool
) -> None:
    monkeypatch.setenv("SCONES_ACCOUNT", given)
    assert from_environment().existing_customer is existing


def test_another_account_than_new_or_existing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_ACCOUNT", "old")
    with pytest.raises(SettingsError, match="SCONES_ACCOUNT is 'old'; it must be new or existing"):
        from_environment()


def test_another_isolation_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_ISOLATION", "docker")
    with pytest.raises(SettingsError, match="SCONES_ISOLATION is 'docker'; it must be namespaces or paths, or be left"):
        from_environment()


@pytest.mark.parametrize("port", ["", "http", "80", "65536", "-1", "4566.0", "²"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("SCONES_PORT", port)
    with pytest.raises(SettingsError, match="it must be a number from 1024 to 65535"):
        from_environment()


def test_two_homes_share_nothing() -> None:
    one, two = Settings(port=5000, home=Path("a")), Settings(port=5001, home=Path("b"))
    assert one.endpoint != two.endpoint
    assert not {one.pid_file, one.jobs} & {two.pid_file, two.jobs}


@pytest.mark.parametrize(("given", "opened"), [("true", True), ("false", False), ("", False)])
def test_a_local_aws_is_open_only_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, given: str, *, opened: bool
) -> None:
    monkeypatch.setenv("SCONES_OPEN", given)
    assert from_environment().open_to_all is opened
    monkeypatch.setenv("SCONES_OPEN", "yes")
    with pytest.raises(SettingsError, match="SCONES_OPEN is 'yes'; it must be true or false"):
        from_environment()


def test_an_engine_that_does_not_exist_is_refused_before_the_local_aws_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_ENGINE", "portable")
    assert from_environment().engine == "portable"
    monkeypatch.setenv("SCONES_ENGINE", "torch")
    with pytest.raises(SettingsError, match="SCONES_ENGINE is 'torch', and there are mxnet and portable"):
        from_environment()


def test_a_home_keeps_its_port_until_another_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCONES_HOME", str(tmp_path))
    monkeypatch.delenv("SCONES_PORT", raising=False)
    from_environment().port_file.write_text("4703")
    assert from_environment().port == 4703
    monkeypatch.setenv("SCONES_PORT", "4704")
    assert from_environment().port == 4704


def test_training_takes_the_cores_that_are_named_or_as_many_as_openmp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setenv("SCONES_TRAINING_CORES", "5")
    assert from_environment().training_cores == 5
    monkeypatch.delenv("SCONES_TRAINING_CORES")
    assert from_environment().training_cores == 2


def test_another_number_of_cores_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_TRAINING_CORES", "all")
    with pytest.raises(SettingsError, match="SCONES_TRAINING_CORES is 'all', and must be a whole number from 1"):
        from_environment()
