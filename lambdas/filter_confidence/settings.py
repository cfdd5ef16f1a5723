"""The function's environment, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Where pictures for a person go, and the threshold where the event gives none."""

    bucket: str
    threshold: str = "0.80"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read BUCKET, and CONFIDENCE_THRESHOLD where it is set."""
        return cls(bucket=environment["BUCKET"], threshold=environment.get("CONFIDENCE_THRESHOLD", cls.threshold))
