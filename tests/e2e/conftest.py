"""One local AWS for the session, on a port of its own, with the stack deployed and a small drawn sample in raw/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop, free_port


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """The shared local AWS."""
    made = Laptop(free_port(), tmp_path_factory.mktemp("laptop"))
    made.scones("up")
    yield made
    made.scones("down")


@pytest.fixture(scope="session")
def sample(laptop: Laptop) -> str:
    """The S3 address of a small drawn sample."""
    return laptop.sample()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Laptop]:
    """A local AWS of one test's own, as it is killed, with a small drawn sample in raw/."""
    made = Laptop(free_port(), tmp_path)
    made.scones("up")
    made.sample()
    yield made
    made.scones("down", "--wipe")
