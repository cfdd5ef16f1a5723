"""The function's environment, read once, and the limits that a picture is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.images import MOST_KEPT_PIXELS


@dataclass(frozen=True)
class Limits:
    """What one picture may take, as it comes and as it is kept.

    `most_kept_pixels` bounds what is curated: a PNG of so many pixels, whatever they show, has half the bytes that
    PrepareData takes, and no profile trains on larger pictures.
    """

    most_bytes: int = 20 * 1024 * 1024
    most_pixels: int = 25_000_000
    least_side: int = 28
    most_kept_pixels: int = MOST_KEPT_PIXELS


@dataclass(frozen=True)
class Settings:
    """The bucket that all prefixes are in."""

    bucket: str
    limits: Limits = Limits()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read BUCKET, and MAX_BYTES and MAX_PIXELS where they are set."""
        return cls(
            bucket=environment["BUCKET"],
            limits=Limits(
                most_bytes=int(environment.get("MAX_BYTES", Limits.most_bytes)),
                most_pixels=int(environment.get("MAX_PIXELS", Limits.most_pixels)),
            ),
        )
