"""Labelled images: `ingest_image`."""

from __future__ import annotations

from contextlib import suppress

from ingest_image.clean import clean
from ingest_image.errors import Refusal

from common.images import Limits
from tests.fuzz.corpus import pictures, repaired

SEEDS = pictures()
_LIMITS = Limits(most_pixels=1_000_000)


def one_input(data: bytes) -> None:
    """An image is curated, or quarantined with a reason."""
    with suppress(Refusal):
        clean(repaired(data), _LIMITS)
