"""The function's environment, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much one image may take, as serialize_image has it: bytes as it is stored, and pixels once it is decoded."""

    most_bytes: int = 20 * 1024 * 1024
    most_pixels: int = 25_000_000


@dataclass(frozen=True)
class Settings:
    """Where images for a person go, the threshold where the event gives none, and what an image may take."""

    bucket: str
    threshold: str = "0.80"
    limits: Limits = Limits()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read BUCKET, and CONFIDENCE_THRESHOLD, MAX_BYTES and MAX_PIXELS where they are set."""
        return cls(
            bucket=environment["BUCKET"],
            threshold=environment.get("CONFIDENCE_THRESHOLD", cls.threshold),
            limits=Limits(
                most_bytes=int(environment.get("MAX_BYTES", Limits.most_bytes)),
                most_pixels=int(environment.get("MAX_PIXELS", Limits.most_pixels)),
            ),
        )
