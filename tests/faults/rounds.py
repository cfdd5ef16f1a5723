"""One round: load, a kill at a random moment, the recovery, and what must hold then."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from tests.faults.checking import check, observe
from tests.faults.invariants import LOCAL_AWS, Strike
from tests.faults.load import Load
from tests.faults.settling import RUNS, settle
from tests.faults.site import Site
from tests.faults.strikes import STRIKES

AWAY = (BotoCoreError, ClientError)
LONGEST_DELAY = 1.5
# In one round of four the kill comes later, when what MiniStack keeps in memory must have been saved.
LATER, LATE = 0.25, 2.0


@dataclass
class Round:
    """What was done in a round, and the violations after it."""

    number: int
    victim: str
    delay: float
    struck: str = ""
    asked_again: int = 0
    causes: list[str] = field(default_factory=list)
    retried: int = 0
    approved_again: int = 0
    seconds: float = 0
    broken: list[str] = field(default_factory=list)


def play(site: Site, number: int, seed: int) -> Round:
    """Run the round of this seed and number."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - repeatable, not secret
    round_ = Round(number, chance.choice(sorted(STRIKES)), chance.uniform(0, LONGEST_DELAY))
    if random.Random(f"{seed} {number} late").random() < LATER:  # noqa: S311
        round_.delay += LATE
    began = time.monotonic()
    load = Load.drawn(site, f"round-{seed}-{number}", chance)
    with _begun(site, load):
        time.sleep(round_.delay)
        observed_at = time.time()
        seen = observe(site)
        struck = time.time()
        round_.struck = STRIKES[round_.victim](site, chance)
        if round_.victim == LOCAL_AWS:
            site.up()
        # What is saved or flushed by a clock comes late on a machine so busy that observing takes long.
        strike = Strike(round_.victim, struck, time.time(), behind=struck - observed_at)
    settled = settle(site, load)
    round_.retried, round_.approved_again = settled.retried, settled.approved_again
    round_.asked_again, round_.causes = settled.asked_again, settled.causes
    round_.broken = check(site, load, seen, strike)
    round_.seconds = time.monotonic() - began
    return round_


@contextmanager
def _begun(site: Site, load: Load) -> Iterator[None]:
    """Start all of a load in parallel; what the kill refused is sent again when settling."""
    work = [*[site.start_run] * RUNS, site.invoke, *load.work(site)]
    threads = [threading.Thread(target=_attempt, args=(call,)) for call in work]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def _attempt(call: Callable[[], object]) -> None:
    with suppress(*AWAY):
        call()
