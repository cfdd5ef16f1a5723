"""What holds for every contract test: the SDK's own schema is checked once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.schemas import checked_once


@pytest.fixture(scope="session", autouse=True)
def schemas() -> Iterator[None]:
    with checked_once():
        yield
