"""The function's environment, read once, and the limits that an image is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from common.images import Limits

LEAST_SIDE = 28
LIMITS = Limits(least_side=LEAST_SIDE)


@dataclass(frozen=True)
class Settings:
    """The bucket that all prefixes are in, and what one image may take."""

    bucket: str
    limits: Limits = LIMITS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read BUCKET, and MAX_BYTES and MAX_PIXELS where they are set."""
        return cls(environment["BUCKET"], replace(Limits.from_environment(environment), least_side=LEAST_SIDE))
