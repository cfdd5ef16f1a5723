"""What a further step of a pipeline costs, beside a bare process: many rounds, and no peers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.alternation import alternate, seconds
from benchmarks.figures import Measured, Series
from benchmarks.local import LocalAws
from benchmarks.topics.pipeline import BARE, OURS, build_run, run_bare

WHAT = "a further step"
_FEW, _MANY = 5, 45


def measure(quick: bool) -> Measured:
    """Few and many steps in turn; what is between them is that of the further ones."""
    with LocalAws() as local:
        candidates = {
            OURS: partial(_further, build_run(local, _FEW), build_run(local, _MANY)),
            BARE: partial(_further, partial(run_bare, _FEW), partial(run_bare, _MANY)),
        }
        for warm in candidates.values():
            warm()
        found = alternate(candidates, 7 if quick else 21)
    return Measured("steps", OURS, tuple(Series(WHAT, who, "ms", values) for who, values in found.items()), ())


def _further(few: Callable[[], None], many: Callable[[], None]) -> float:
    """Milliseconds."""
    first = seconds(few)
    return 1000 * (seconds(many) - first) / (_MANY - _FEW)
