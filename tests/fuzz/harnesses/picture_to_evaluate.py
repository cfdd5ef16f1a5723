"""Images of the test set, as EvaluateModel reads them."""

from __future__ import annotations

from contextlib import suppress

from common.jobs import Refusal
from evaluation.split import Split
from tests.fuzz.corpus import pictures, repaired
from tests.fuzz.scratch import file

SEEDS = pictures()


def one_input(data: bytes) -> None:
    """A test image is decoded or refused."""
    with suppress(Refusal), file("one.png", repaired(data)) as path:
        Split("test", path.parent, [path.name], [0]).open(path.name)
