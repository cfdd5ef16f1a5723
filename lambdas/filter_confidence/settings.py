"""The function's environment, read once."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Where pictures for a person go, and the threshold where the event gives none."""

    bucket: str
    threshold: str = "0.80"

    @classmethod
    def from_environment(cls) -> Settings:
        """Read BUCKET, and CONFIDENCE_THRESHOLD where it is set."""
        return cls(bucket=os.environ["BUCKET"], threshold=os.environ.get("CONFIDENCE_THRESHOLD", cls.threshold))
