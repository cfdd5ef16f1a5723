"""What is not done as the page says stands in one table, and every line of the table is for a command."""

from __future__ import annotations

import re

import pytest

from tests.rehearsal.page import PAGE, Command, parse
from tests.rehearsal.replaced import REPLACED, replaced

COMMANDS = [
    act.text for step in parse(PAGE.read_text(encoding="utf-8")) for act in step.acts if isinstance(act, Command)
]
KNOWN = {"bin": "/bin", "archive": "/a.tar.gz", "python": "3.12", "backend": ""}


@pytest.mark.parametrize("line", REPLACED, ids=lambda one: one.command)
def test_each_line_of_the_table_is_for_a_command_of_the_page_and_has_a_reason(line: object) -> None:
    [one] = [entry for entry in REPLACED if entry is line]
    assert any(re.fullmatch(one.command, command) for command in COMMANDS), one.command
    assert one.reason


def test_what_the_table_does_not_name_is_run_as_it_is() -> None:
    assert replaced("scones --target aws approve 1", REPLACED, KNOWN) == ("scones --target aws approve 1", None)


def test_a_comment_behind_a_command_is_none_of_it() -> None:
    text, by = replaced("aws sso login   # opens a browser", REPLACED, KNOWN)
    assert (text, by is not None) == ("", True)


def test_only_a_few_of_the_page_s_commands_are_replaced() -> None:
    assert sum(replaced(command, REPLACED, KNOWN)[1] is not None for command in COMMANDS) <= len(REPLACED) + 1
