"""`python -m seedcode` as a whole: what it offers, wrong usage, and one sentence for each failure."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from seedcode.__main__ import list_commands, main
from seedcode.commands import deploy
from seedcode.errors import StackError


def test_every_command_has_a_sentence() -> None:
    commands = list_commands()
    assert "deploy" in commands
    assert all(sentence and not sentence.startswith("`") for sentence in commands.values())


def test_no_command_is_wrong_usage() -> None:
    assert main([]) == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StackError("The stack rolled back."), "seedcode deploy: The stack rolled back."),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListThings"), "AWS refused ListThings"),
    ],
)
def test_a_failure_is_one_sentence(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "run", _raising(error))
    assert main(["deploy"]) == 1
    assert words in capsys.readouterr().err


def _raising(error: Exception) -> Callable[[object], int]:
    def run(_: object) -> int:
        raise error

    return run
