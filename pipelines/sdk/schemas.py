"""The SDKs check their configuration's schema against JSON Schema's own at each look-up: here once a process.

A look-up is a tenth of a second by that, four to a definition of SDK 2 and eight to one of SDK 3. What is looked up is
checked against the schema each time, as ever.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

from jsonschema import Draft202012Validator

_checked: dict[int, object] = {}  # the schema is kept, so that nothing else gets its id


@contextmanager
def checked_once() -> Iterator[None]:
    """Let each schema be checked the first time that it is used."""
    check = Draft202012Validator.check_schema

    @functools.wraps(check)
    def check_once(schema: object, *given: object, **more: object) -> None:
        if id(schema) not in _checked:
            check(schema, *given, **more)
            _checked[id(schema)] = schema

    Draft202012Validator.check_schema = check_once
    try:
        yield
    finally:
        Draft202012Validator.check_schema = check
