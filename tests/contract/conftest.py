"""What holds for every contract test: the SDK's own schema is checked once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from localaws import process
from localaws.settings import Settings
from pipelines.sdk.schemas import checked_once
from tests.contract.site import Site, store_ended
from tests.e2e.laptop import free_port


@pytest.fixture(scope="session", autouse=True)
def schemas() -> Iterator[None]:
    with checked_once():
        yield


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A local AWS with things to list."""
    settings = Settings(free_port(), tmp_path_factory.mktemp("site"))
    store_ended(settings)
    process.start(settings)
    try:
        made = Site(settings)
        made.fill()
        yield made
    finally:
        process.stop(settings)
