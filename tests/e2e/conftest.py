"""One local AWS for the session, on a port of its own, with the stack deployed and a small drawn sample in raw/."""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from console import training_time
from tests.e2e.laptop import Laptop, free_port

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shuffle these tests where E2E_SEED is set: the files, and the tests of each; a file's fixtures are made once."""
    seed = os.environ.get("E2E_SEED")
    if not seed:
        return
    shuffled = [item for item in items if item.path.parent == _HERE]
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    files = sorted({item.path for item in shuffled})
    chance.shuffle(files)
    shuffled.sort(key=lambda item: item.nodeid)
    chance.shuffle(shuffled)
    shuffled.sort(key=lambda item: files.index(item.path))
    items[:] = [item for item in items if item.path.parent != _HERE] + shuffled


@pytest.fixture(scope="session", autouse=True)
def measured_rates() -> Iterator[None]:
    """The machine trains a net as fast on one local AWS as on the next, and for so many epochs: measure it once."""
    measure = training_time._measure_rate
    lasting = {"epochs", "learning_rate", "lr_scheduler_step", "lr_scheduler_factor"}

    @functools.cache
    def measure_once(wanted: frozenset[tuple[str, Any]]) -> training_time.Rate | None:
        return measure(dict(wanted))

    def recall(hyperparameters: Mapping[str, Any]) -> training_time.Rate | None:
        return measure_once(frozenset(item for item in hyperparameters.items() if item[0] not in lasting))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_time, "_measure_rate", recall)
        yield


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """The shared local AWS."""
    made = Laptop(free_port(), tmp_path_factory.mktemp("laptop"))
    made.scones("up")
    yield made
    made.scones("down")


@pytest.fixture(scope="session")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A local AWS whose stack nobody else needs: it may be changed, failed and removed."""
    made = Laptop(free_port(), tmp_path_factory.mktemp("spare"))
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
