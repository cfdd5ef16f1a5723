"""One terminal: what a command leaves behind is there for the next, and questions get the reader's answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.terminal import Terminal, TerminalError, missing


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path, os.environ, lambda _: None) as made:
        yield made


def test_what_is_exported_and_where_it_went_stays(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    terminal.export({"WORDS": "with 'quotes' and $signs"})
    assert terminal.run("export HERE=there; cd below; quiet=1") == (0, "")
    assert terminal.run('echo "$WORDS $HERE $quiet"; pwd') == (
        0,
        f"with 'quotes' and $signs there 1\n{tmp_path}/below\n",
    )


def test_a_command_s_exit_code_and_both_its_outputs_are_answered(terminal: Terminal) -> None:
    assert terminal.run("echo out; echo err >&2; (exit 3)") == (3, "out\nerr\n")


def test_a_question_is_asked_at_a_terminal_and_answered(terminal: Terminal) -> None:
    asks = "import sys; assert sys.stdin.isatty() and not sys.stdout.isatty(); print(input('Sure? [y/N] ') + '!')"
    code, printed = terminal.run(f'python3 -c "{asks}"', answers=["y"])
    assert (code, printed) == (0, "Sure? [y/N] y!\n")


def test_a_command_that_does_not_end_or_ends_the_shell_is_named(terminal: Terminal) -> None:
    with pytest.raises(TerminalError, match="`sleep 9` did not end in time"):
        terminal.run("sleep 9", seconds=0.3)


def test_a_command_that_ends_the_shell_is_named(terminal: Terminal) -> None:
    with pytest.raises(TerminalError, match="`exit 1` ended the shell"):
        terminal.run("exit 1")


@pytest.mark.parametrize(
    ("shows", "lacking"),
    [
        (["...", "arn:aws:sns:eu:123456789012:people:..."], None),
        (["1  Approved ... 0.9"], None),
        (["people", "arn:aws"], "arn:aws"),
        (["arn:...deleted"], "arn:...deleted"),
    ],
)
def test_lines_that_a_page_shows_are_looked_for_in_their_order(shows: list[str], lacking: str | None) -> None:
    printed = "arn:aws:sns:eu:000000000000:people:5f\n1   Approved  compact  0.9\n"
    assert missing(shows, printed) == lacking
