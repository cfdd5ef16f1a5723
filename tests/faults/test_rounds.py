"""A few rounds, one for each victim, for CI; `make faults` runs many."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.e2e.laptop import Laptop, free_port
from tests.faults.rounds import play
from tests.faults.settling import PATIENCE
from tests.faults.site import Site, until
from tests.faults.strikes import workers

SEED = 1
# Of this seed's rounds one for each victim: an instance, the local AWS, a worker, a job.
ROUNDS = (0, 3, 5, 8)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A local AWS for these tests alone, because it is killed."""
    made = Site(Laptop(free_port(), tmp_path_factory.mktemp("faults")))
    made.prepare()
    yield made
    made.laptop.scones("down", "--wipe")


@pytest.mark.e2e
@pytest.mark.parametrize("number", ROUNDS)
def test_after_a_kill_under_load_nothing_is_lost_or_done_twice(site: Site, number: int) -> None:
    played = play(site, number, SEED)
    assert played.broken == [], played


@pytest.mark.e2e
def test_an_approval_is_not_lost_with_the_process_of_its_function(site: Site) -> None:
    """The process is stopped before the call, and killed in the middle of it."""
    version = next(arn for arn in site.versions() if arn != site.approved)
    stopped = workers(site, "scones-deploy-model")
    assert stopped, "deploy_model has deployed a version, so its process is there"
    for process in stopped:
        os.kill(process.pid, signal.SIGSTOP)
    site.approve(version)
    assert until(lambda: bool(site.calls_under_way()), PATIENCE), "the event has reached no function"
    for process in stopped:
        os.kill(process.pid, signal.SIGKILL)
    assert site.until_live(PATIENCE), site.live()
    assert until(lambda: not site.calls_under_way(), 10)
