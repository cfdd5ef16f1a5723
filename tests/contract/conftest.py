"""What holds for every contract test: the SDK's own schema is checked once."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator


@pytest.fixture(scope="session", autouse=True)
def schemas() -> Iterator[None]:
    """The SDK checks the schema of its configuration four times a definition, which is most of a definition's time."""
    checked: dict[int, object] = {}
    check = Draft202012Validator.check_schema

    @functools.wraps(check)
    def check_once(schema: object, *given: object, **more: object) -> None:
        if id(schema) not in checked:
            check(schema, *given, **more)
            checked[id(schema)] = schema  # kept, so that nothing else gets its id

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Draft202012Validator, "check_schema", check_once)
        yield
