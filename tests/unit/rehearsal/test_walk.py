"""Where the page leads astray, the failure names its line and step, the command and what it said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.page import ByHand, Command, Step, parse
from tests.rehearsal.replaced import Replacement
from tests.rehearsal.terminal import Terminal
from tests.rehearsal.walk import Forgetful, Walk, WalkError

PAGE = """## 1. Greet

```console
$ echo hello
hello
$ login
```

**By hand:** wave.

## 2. Part

```console
{command}
```
"""
TABLE = (Replacement("login", "echo signed in as {who}", "a browser"),)


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    waved: list[ByHand] = []
    with Terminal(tmp_path, os.environ, lambda _: None) as terminal:
        yield Walk(terminal, TABLE, {"who": "me"}, lambda _: {}, waved.append, lambda _, __: None, lambda _: None)
    assert [one.text for one in waved] == ["wave."]


def test_every_act_is_done_and_timed_and_what_was_replaced_is_known(walk: Walk) -> None:
    times: list[tuple[int, int]] = []

    class Watched(Forgetful):
        def finish(self, step: Step, act: Command | ByHand, seconds: float) -> None:
            assert seconds >= 0
            times.append((step.number, act.line))

    walk.journal = Watched()
    walk.follow(parse(PAGE.format(command="$ true")))
    assert times == [(1, 4), (1, 6), (1, 9), (2, 14)]
    assert walk.used == list(TABLE)


def test_a_command_that_fails_is_told_with_its_last_words(walk: Walk) -> None:
    with pytest.raises(
        WalkError, match=r"docs/aws.md line 14, step 2 \(Part\): `echo no; false` ended with 1 .*\n    no"
    ):
        walk.follow(parse(PAGE.format(command="$ echo no; false")))


def test_a_command_that_does_not_show_what_the_page_shows_is_told(walk: Walk) -> None:
    with pytest.raises(WalkError, match=r"line 14, step 2 \(Part\): `echo no` does not show 'bye'"):
        walk.follow(parse(PAGE.format(command="$ echo no\nbye")))


def test_what_an_act_should_have_led_to_is_asked_after_it(walk: Walk) -> None:
    def nothing(act: object, printed: str) -> None:
        if printed == "no\n":
            raise WalkError("nobody is there any more")

    walk.achieved = nothing
    with pytest.raises(WalkError, match=r"line 14, step 2 \(Part\): nobody is there"):
        walk.follow(parse(PAGE.format(command="$ echo no")))
