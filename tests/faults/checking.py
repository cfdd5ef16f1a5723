"""What is read before and after a fault, and checked; what arrives a moment later is waited for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import accepted, invariants, reading
from tests.faults.accepted import Answer
from tests.faults.invariants import Approval, Runs, Strike
from tests.faults.load import Load
from tests.faults.pipeline import ANSWER
from tests.faults.site import Site, until

# The runs and images of earlier rounds that are checked again.
RUNS_KEPT, IMAGES_KEPT = 6, 12


@dataclass(frozen=True)
class Seen:
    """What was finished before the fault."""

    arns: tuple[str, ...]
    runs: Runs
    versions: tuple[str, ...]
    answers: dict[str, Answer]


def observe(site: Site) -> Seen:
    """Read what is finished."""
    arns = tuple(site.runs[-RUNS_KEPT:])
    answers = reading.answers(site, site.images[-IMAGES_KEPT:])
    return Seen(arns, reading.runs(site, arns), tuple(site.versions()), answers)


def check(site: Site, load: Load, seen: Seen, strike: Strike) -> list[str]:
    """A sentence for each violation."""
    approval = Approval(load.approved, load.acknowledged, load.before, site.approved)
    arns = tuple(site.runs[-RUNS_KEPT:])
    after = reading.runs(site, {*seen.arns, *arns})
    return [
        *invariants.runs(arns, seen.runs, after),
        *invariants.versions(seen.versions, site.versions(), len(site.runs)),
        *invariants.approval(approval),
        *_in_time(
            lambda: invariants.serving(reading.serving(site), site.approved, site.program, ANSWER),
        ),
        *accepted.images(load.images, strike),
        *accepted.answers(seen.answers, reading.answers(site, seen.answers), strike),
        *_intake(site, load),
        *_captures(site, load, strike),
    ]


def _intake(site: Site, load: Load) -> list[str]:
    letters = reading.dead_letters(site)
    found = _in_time(lambda: accepted.incoming(reading.incoming(site, load.incoming)))
    letters += reading.dead_letters(site)
    done = [item.key for item in reading.incoming(site, load.incoming) if "curated" in item.places]
    return [*found, *accepted.dead_letters(letters, done)]


def _captures(site: Site, load: Load, strike: Strike) -> list[str]:
    for answer in reading.answers(site, [image.name for image in load.images]).values():
        site.answered[json.loads(answer.output)["inference_id"]] = answer.ended
    found = _in_time(lambda: accepted.captures(reading.captured(site), strike))
    # A capture lost by a kill is reported once, or allowed once.
    ids = reading.captured(site).ids
    site.answered = {identity: moment for identity, moment in site.answered.items() if identity in ids}
    return found


def _in_time(checked: Callable[[], list[str]]) -> list[str]:
    """Check until nothing is found, for half a minute: events may still arrive."""
    until(lambda: not checked(), 30)
    return checked()
