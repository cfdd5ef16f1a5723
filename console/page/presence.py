"""Whether what an address names is there, known before the page is answered, so that the status of HTTP says it too."""

from __future__ import annotations

import re
from typing import Any

from console.page.context import Context
from console.page.execution.reader import Execution
from console.page.execution.topic import execution
from console.page.poller import Topic
from console.page.version.topic import version

_NUMBER = re.compile("[1-9][0-9]{0,9}")
"""What a version can be called; an Integer of SageMaker has no more digits."""


def find_subject(context: Context, path: str) -> Topic[Any] | None:
    """The topic of the one run or version that a path names, whose value is None where there is none; else None."""
    match path.strip("/").split("/"):
        case ["execution" | "dataset", identifier, *_]:
            return execution(context, identifier)
        case ["version", number, *_] if _NUMBER.fullmatch(number):
            return version(context, int(number))
    return None


async def is_absent(context: Context, path: str, seconds: float) -> bool:
    """Whether no version can have the name, or AWS says in so many seconds that there is no such run, step, version."""
    subject = find_subject(context, path)
    if subject is None:
        return path.strip("/").startswith("version/")  # whose name is no number
    reading = await context.poller.first(subject, seconds)
    return reading.at is not None and (reading.value is None or _lacks_step(reading.value, path))


def _lacks_step(subject: object, path: str) -> bool:
    match path.strip("/").split("/"):
        case ["execution", _, step]:
            return isinstance(subject, Execution) and subject.step(step) is None
    return False
