"""The function's environment, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.images import DEFAULT_LIMITS, Limits


@dataclass(frozen=True)
class Settings:
    """Where images for a person go, and what an image may take."""

    bucket: str
    limits: Limits = DEFAULT_LIMITS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read BUCKET, and MAX_BYTES and MAX_PIXELS where they are set."""
        return cls(bucket=environment["BUCKET"], limits=Limits.from_environment(environment))
