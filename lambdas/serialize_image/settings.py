"""The function's environment, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much one picture may take: bytes as it is stored, and pixels once it is decoded (3 bytes each)."""

    most_bytes: int = 20 * 1024 * 1024
    most_pixels: int = 25_000_000


@dataclass(frozen=True)
class Settings:
    """Where serialized images go."""

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
