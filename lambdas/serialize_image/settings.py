"""The function's environment, read once."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much one picture may take: bytes as it is stored, and pixels once it is decoded (3 bytes each)."""

    most_bytes: int = 20 * 1024 * 1024
    most_pixels: int = 25_000_000


@dataclass(frozen=True)
class Settings:
    """Where serialized pictures go, and the side in pixels of the model's square input."""

    bucket: str
    image_size: int = 28
    limits: Limits = Limits()

    @classmethod
    def from_environment(cls) -> Settings:
        """Read BUCKET, and IMAGE_SIZE, MAX_BYTES and MAX_PIXELS where they are set."""
        return cls(
            bucket=os.environ["BUCKET"],
            image_size=int(os.environ.get("IMAGE_SIZE", cls.image_size)),
            limits=Limits(
                most_bytes=int(os.environ.get("MAX_BYTES", Limits.most_bytes)),
                most_pixels=int(os.environ.get("MAX_PIXELS", Limits.most_pixels)),
            ),
        )
