"""The JSONPath that batch transform's filters are written in: which parts of a record are kept.

The operators: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html. `$` is the record,
`.name`, `['name', 'other']`, `[0, -1]`, `[1:4]` and `*` lead on. Of other characters AWS says which one it does not
take, an underscore in a name among them: https://github.com/aws/aws-sdk/issues/184.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Step = Callable[[Any], Any]

_OF_ROWS = "$[]* ,:-"
_OF_OBJECTS = "$[]*. ,:-'"
_WORD = re.compile(r"[A-Za-z0-9-]+")
_NAME = r"'([^'\[\]]*)'"
_NAMES = re.compile(rf"\[\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\]")
_SLICE = r"-?\d*\s*:\s*-?\d*"
_PLACES = re.compile(rf"\[\s*(?:{_SLICE}|-?\d+)(?:\s*,\s*(?:{_SLICE}|-?\d+))*\s*\]")
_ALL = re.compile(r"\[\s*\*\s*\]|\.\*")


class NothingThere(Exception):
    """A path leads to nothing in a record."""


@dataclass(frozen=True)
class RecordPath:
    """A path that was read; `$` alone keeps all."""

    text: str
    steps: tuple[Step, ...]

    def select(self, record: Any) -> Any:  # noqa: ANN401 - JSON of any type
        """What the path leaves of a record; raises NothingThere."""
        try:
            for step in self.steps:
                record = step(record)
        except (KeyError, IndexError, TypeError) as error:
            raise NothingThere(self.text) from error
        return record


def parse_path(text: str, content_type: str) -> RecordPath:
    """Read a filter for records of a content type; raises ValueError with what is wrong."""
    allowed = _OF_ROWS if content_type == "text/csv" else _OF_OBJECTS
    for character in text:
        if character not in allowed and not (character.isascii() and character.isalnum()):
            operators = ", ".join(f"'{operator}'" for operator in allowed)
            raise ValueError(
                f'Unexpected "{character}" in JsonPath. Supported operators for "{content_type}" are [{operators}]'
            )
    if not text.startswith("$"):
        raise ValueError("JsonPath must start with $")
    steps, place = [], 1
    while place < len(text):
        step, place = _read_step(text, place)
        steps.append(step)
    return RecordPath(text, tuple(steps))


def _read_step(text: str, place: int) -> tuple[Step, int]:
    """One step of a path, and where the next begins."""
    # A dot may stand before a bracket, as in `$.field.['one','two']`.
    bracket = place + text[place:].startswith(".[")
    if found := _ALL.match(text, place):
        return _all_of, found.end()
    if found := _NAMES.match(text, bracket):
        return _members(re.findall(_NAME, found[0])), found.end()
    if found := _PLACES.match(text, bracket):
        return _elements([part.replace(" ", "") for part in found[0][1:-1].split(",")]), found.end()
    if text[place] == "." and (found := _WORD.match(text, place + 1)):
        return _members([found[0]]), found.end()
    raise ValueError(f'Unable to read JsonPath at "{text[place:]}"')


def _all_of(record: Any) -> Any:  # noqa: ANN401
    if not isinstance(record, (list, dict)):
        raise TypeError
    return list(record.values()) if isinstance(record, dict) else record


def _members(names: list[str]) -> Step:
    """A member of an object, or an object of several."""

    def select(record: Any) -> Any:  # noqa: ANN401
        if not isinstance(record, dict):
            raise TypeError
        return record[names[0]] if len(names) == 1 else {name: record[name] for name in names}

    return select


def _elements(places: list[str]) -> Step:
    """An element of an array, or an array of several."""

    def select(record: Any) -> Any:  # noqa: ANN401
        if not isinstance(record, list):
            raise TypeError
        if len(places) == 1 and ":" not in places[0]:
            return record[int(places[0])]
        chosen = []
        for place in places:
            if ":" in place:
                first, last = (int(end) if end else None for end in place.split(":"))
                chosen += record[first:last]
            else:
                chosen.append(record[int(place)])
        return chosen

    return select
