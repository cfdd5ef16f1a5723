"""Questions, and who answers where nobody is at a terminal."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from console.deployment.terminal import Consent, type_the_name
from console.errors import CommandError
from localaws.command.consent import agree


class _Input:
    """Standard input, at a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def _sit(monkeypatch: pytest.MonkeyPatch, *answers: str, terminal: bool = True) -> list[str]:
    asked: list[str] = []
    left = list(answers)

    def answer(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    monkeypatch.setattr(sys, "stdin", _Input(terminal=terminal))
    monkeypatch.setattr("builtins.input", answer)
    return asked


@pytest.mark.parametrize(("answer", "agreed"), [("y", True), ("YES", True), ("n", False), ("", False)])
def test_a_person_is_asked(answer: str, agreed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    _sit(monkeypatch, answer)
    assert Consent(yes=False, local=True)([], []) is agreed


def test_the_end_of_input_agrees_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys, "stdin", _Input(terminal=True))
    monkeypatch.setattr("builtins.input", end)
    assert not Consent(yes=False, local=True)([], [])
    assert not agree(["A run is lost."], "Go on?", yes=False)


def test_who_has_agreed_is_not_asked_again_in_the_same_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _sit(monkeypatch, "y")
    consent = Consent(yes=False, local=False)
    assert [consent([], []), consent([], [])] == [True, True]
    assert len(asked) == 1


def test_without_a_terminal_the_laptop_agrees_and_aws_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    _sit(monkeypatch, terminal=False)
    assert Consent(yes=False, local=True)([], [])
    with pytest.raises(CommandError, match="--yes"):
        Consent(yes=False, local=False)([], [])
    assert Consent(yes=True, local=False)([], [])


def test_what_is_dangerous_is_named_also_to_who_has_agreed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _sit(monkeypatch, terminal=False)
    Consent(yes=True, local=False)([], ["The bucket goes."])
    assert capsys.readouterr().out == "Careful: The bucket goes.\n"


def test_a_removal_takes_the_projects_name(monkeypatch: pytest.MonkeyPatch) -> None:
    _sit(monkeypatch, "scones", "yes")
    type_the_name("scones", yes=False)
    with pytest.raises(CommandError, match="Nothing was removed"):
        type_the_name("scones", yes=False)


def test_a_removal_without_a_terminal_takes_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Any = _sit(monkeypatch, terminal=False)
    with pytest.raises(CommandError) as refused:
        type_the_name("scones", yes=False)
    assert refused.value.exit_code == 2
    type_the_name("scones", yes=True)
    assert asked == []
