"""A page that leaves out a step, or has it too late, is refused at once and by the step's name."""

from __future__ import annotations

import re

import pytest

from tests.rehearsal.page import PAGE, PageError, Step, parse
from tests.rehearsal.steps import DECLARED, check

TEXT = PAGE.read_text(encoding="utf-8")


def _move(text: str, number: int, behind: int) -> str:
    """The page with one chapter behind another, numbered anew."""
    head, *chapters = text.split("\n## ")
    moved = chapters.pop(number - 1)
    chapters.insert(behind - 1, moved)
    steps = [chapter.partition(". ")[2] if chapter[0].isdigit() else "" for chapter in chapters]
    numbered = [f"{place}. {step}" if step else chapters[place - 1] for place, step in enumerate(steps, start=1)]
    return "\n## ".join([head, *numbered])


def _without(text: str, name: str) -> str:
    """The page without the lines of a declared act."""
    [known_by] = [one.known_by for one in DECLARED if one.name == name]
    found = next(act for step in parse(text) for act in step.acts if re.search(known_by, act.text))
    lines = text.splitlines()
    prefix = lines[found.line - 1][:2]
    if prefix == "$ ":
        lines[found.line - 1] = "$ true"
    else:
        lines[found.line - 1] = "Nothing is to be done."
    return "\n".join(lines)


def test_the_page_has_every_step_where_it_belongs() -> None:
    check(parse(TEXT))


@pytest.mark.parametrize("name", [one.name for one in DECLARED])
def test_a_page_without_a_step_is_refused_by_the_step_s_name(name: str) -> None:
    with pytest.raises(PageError, match=rf"\b{name}\b"):
        check(parse(_without(TEXT, name)))


@pytest.mark.parametrize(
    ("number", "behind", "sentence"),
    [
        (
            5,
            6,
            r"step 5 \(Push the code\): to push comes too early or lacks what it needs: bring data \(step 6 \(Bring",
        ),
        (4, 10, r"to send dusk comes too early or lacks what it needs: confirm the mail \(step 10"),
        (3, 12, r"to confirm the mail comes too early or lacks what it needs: deploy"),
        (8, 10, r"to classify comes too early or lacks what it needs: approve"),
        (13, 1, r"to take it down comes too early or lacks what it needs: deploy"),
    ],
)
def test_a_step_out_of_order_is_refused_with_where_the_other_stands(number: int, behind: int, sentence: str) -> None:
    moved: list[Step] = parse(_move(TEXT, number, behind))
    with pytest.raises(PageError, match=sentence):
        check(moved)
