"""The function's environment, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.labels import LABELS


@dataclass(frozen=True)
class Settings:
    """The endpoint that is asked where the event names none, and the labels in the model's order."""

    endpoint_name: str
    labels: tuple[str, ...] = LABELS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read ENDPOINT_NAME, and LABELS (a comma list) where it is set."""
        labels = environment.get("LABELS", ",".join(cls.labels))
        return cls(endpoint_name=environment["ENDPOINT_NAME"], labels=tuple(labels.split(",")))
