"""The command as a whole: usage, targets, exit codes, and one sentence for each failure."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from console.__main__ import COMMANDS, main
from console.errors import CommandError, explain


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(name in said for name in COMMANDS)


def test_no_command_is_wrong_usage() -> None:
    assert main([]) == 2


def test_an_unknown_command_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bake"])
    assert ended.value.code == 2


def test_a_target_that_does_not_exist_is_refused_also_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCONES_TARGET", "moon")
    with pytest.raises(SystemExit) as ended:
        main(["status"])
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["up", "down", "demo"])
def test_commands_of_the_local_aws_refuse_another_target(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--target", "aws"]) == 2
    assert capsys.readouterr().err.startswith(f"scones {command}: ")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListThings"), "AWS refused ListThings"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "scones up"),
        (NoCredentialsError(), "AWS_PROFILE"),
        (CommandError("Nothing to do."), "Nothing to do."),
        (PermissionError(13, "Permission denied", "/root/x"), "/root/x cannot be used: Permission denied."),
    ],
)
def test_a_failure_that_a_user_can_meet_is_a_sentence(error: Exception, words: str) -> None:
    assert words in str(explain(error))


def test_a_defect_of_ours_is_not_hidden_in_a_sentence() -> None:
    assert explain(ZeroDivisionError()) is None
