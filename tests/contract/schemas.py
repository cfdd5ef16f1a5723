"""The SDK checks its configuration's schema at each look-up, for most of a definition's time: here it does once."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

from jsonschema import Draft202012Validator


@contextmanager
def checked_once() -> Iterator[None]:
    """Let each schema be checked the first time that it is used."""
    checked: dict[int, object] = {}
    check = Draft202012Validator.check_schema

    @functools.wraps(check)
    def check_once(schema: object, *given: object, **more: object) -> None:
        if id(schema) not in checked:
            check(schema, *given, **more)
            checked[id(schema)] = schema  # kept, so that nothing else gets its id

    Draft202012Validator.check_schema = check_once
    try:
        yield
    finally:
        Draft202012Validator.check_schema = check
