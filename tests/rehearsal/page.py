"""A page as a list of steps: the commands of its `console` blocks, their output, and what is done by hand.

A step is a chapter whose heading has a number (`## 4. Deploy the stack`); chapters without one are not followed. In a
`console` block a line that begins with `$ ` is a command, what follows it is what it shows (`...` stands for anything),
and what stands behind a known question is the reader's answer. A paragraph that begins with `**By hand:**` is for
hands and eyes. The link to permissions.md says whose rights the step needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "aws.md"
QUESTIONS = ("Execute this change set? [y/N] ", "to remove it: ")
BY_HAND = "**By hand:**"
ANYTHING = "..."

_HEADING = re.compile(r"## (?:(\d+)\. )?(.+)")
_RIGHTS = re.compile(r"\(permissions\.md#([a-z-]+)\)")
_FENCE = "```"


class PageError(Exception):
    """The page cannot be followed; the message says where and why."""


@dataclass(frozen=True)
class Command:
    """One command, the lines that the page shows below it, and what the reader answers to its questions."""

    line: int
    text: str
    shows: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ByHand:
    """An instruction that is no command, as the page words it."""

    line: int
    text: str


@dataclass(frozen=True)
class Step:
    """A numbered chapter; `rights` is the heading of permissions.md that it links to, as a fragment."""

    number: int
    title: str
    line: int
    rights: str | None
    acts: tuple[Command | ByHand, ...]

    @property
    def name(self) -> str:
        """How failures name the step."""
        return f"step {self.number} ({self.title})"


def parse(text: str) -> list[Step]:
    """Read a page; raises PageError where its steps are not numbered one by one or a block does not end."""
    steps: list[Step] = []
    for number, title, line, body in _chapters(text):
        if number != len(steps) + 1:
            raise PageError(f"Line {line}: step {number} ({title}) follows step {len(steps)}; number them one by one.")
        rights = next((found[1] for _, content in body if (found := _RIGHTS.search(content))), None)
        steps.append(Step(number, title, line, rights, tuple(_acts(body))))
    if not steps:
        raise PageError("The page has no numbered step; a step is a chapter such as `## 1. Sign in`.")
    return steps


def _chapters(text: str) -> Iterator[tuple[int, str, int, list[tuple[int, str]]]]:
    """Number, title, line and lines of each numbered chapter."""
    number, title, begins, body = 0, "", 0, list[tuple[int, str]]()
    inside = False
    for line, content in enumerate(text.splitlines(), start=1):
        inside ^= content.startswith(_FENCE)
        heading = None if inside else _HEADING.fullmatch(content)
        if heading:
            if number:
                yield number, title, begins, body
            number, title, begins, body = int(heading[1] or 0), heading[2], line, []
        else:
            body.append((line, content))
    if inside:
        raise PageError("A block of code does not end: the page has an odd number of ``` lines.")
    if number:
        yield number, title, begins, body


def _acts(body: list[tuple[int, str]]) -> Iterator[Command | ByHand]:
    lines = iter(body)
    for line, content in lines:
        if content.startswith(f"{_FENCE}console"):
            yield from _commands(lines)
        elif content.startswith(_FENCE):
            _skip(lines)
        elif content.startswith(BY_HAND):
            text = [content.removeprefix(BY_HAND).strip()]
            for _, more in lines:
                if not more.strip():
                    break
                text.append(more.strip())
            yield ByHand(line, " ".join(text))


def _skip(lines: Iterator[tuple[int, str]]) -> None:
    for _, content in lines:
        if content.startswith(_FENCE):
            return


def _commands(lines: Iterator[tuple[int, str]]) -> Iterator[Command]:
    """The commands of a block, up to its end."""
    begins, words, shows = 0, list[str](), list[str]()
    for line, content in lines:
        ends = content.startswith(_FENCE)
        if ends or content.startswith("$ "):
            if words:
                yield _command(begins, words, shows)
            if ends:
                return
            begins, words, shows = line, [content.removeprefix("$ ")], []
        elif words and not shows and words[-1].endswith("\\"):
            words.append(content)
        elif words:
            shows.append(content)
        elif content.strip():
            raise PageError(f"Line {line}: a console block begins with a command, a line that begins with `$ `.")


def _command(line: int, words: list[str], shows: list[str]) -> Command:
    shown, answers = [], []
    for text in shows:
        question = next((one for one in QUESTIONS if one in text), None)
        if question:
            before, _, answer = text.partition(question)
            shown.append(before + question.rstrip())
            answers.append(answer)
        elif text.strip():
            shown.append(text.rstrip())
    return Command(line, "\n".join(words), tuple(shown), tuple(answers))


# Where the page's `scones` is the project's name and not the command.
_NAME = re.compile(
    r"(?<=repos/)scones|(?<=role/)scones(?=-)|(?<=the stack )scones|(?<=The stack )scones|(?<=The project )scones"
    r"|(?<=Type )scones|(?<=remove it: )scones|(?<=  repository )scones|(?<=:)scones(?=-people)|\bscones(?=-vehicles)"
    r"|\bscones(?=-123456789012)",
    re.MULTILINE,
)


def renamed(text: str, name: str, region: str) -> str:
    """The page for a project of another name in another region than it is written for."""
    return _NAME.sub(name, text).replace("us-east-1", region)
