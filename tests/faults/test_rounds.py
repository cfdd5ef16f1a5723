"""A few rounds of each kill, as continuous integration plays them; `make faults` plays them at length."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.laptop import Laptop, free_port
from tests.faults.rounds import play
from tests.faults.site import Site

SEED = 1
# Of this seed's rounds one for each victim: an instance, the local AWS, a worker, a job.
ROUNDS = (0, 1, 5, 8)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A local AWS of these tests' own, as it is killed."""
    made = Site(Laptop(free_port(), tmp_path_factory.mktemp("faults")))
    made.prepare()
    yield made
    made.laptop.scones("down", "--wipe")


@pytest.mark.e2e
@pytest.mark.parametrize("number", ROUNDS)
def test_after_a_kill_under_load_nothing_is_lost_or_done_twice(site: Site, number: int) -> None:
    played = play(site, number, SEED)
    assert played.broken == [], played
