"""Images in curated/, as PrepareData reads them."""

from __future__ import annotations

from contextlib import suppress

from common.jobs import Refusal
from processing.curated import load
from tests.fuzz.corpus import pictures, repaired
from tests.fuzz.scratch import file

SEEDS = pictures()


def one_input(data: bytes) -> None:
    """A curated image is decoded or refused."""
    with suppress(Refusal), file("bicycle.png", repaired(data)) as path:
        load(path)
