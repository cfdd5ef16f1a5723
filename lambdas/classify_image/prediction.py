"""What the endpoint's bytes mean."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from classify_image.errors import BadAnswer


@dataclass(frozen=True)
class Prediction:
    """One probability a label, in the labels' order."""

    labels: tuple[str, ...]
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        return max(self.probabilities)

    @property
    def label(self) -> str:
        return self.labels[self.probabilities.index(self.confidence)]


def parse(body: bytes, labels: Sequence[str]) -> Prediction:
    """Read the JSON list that the built-in image classification answers; raises BadAnswer."""
    try:
        answer = json.loads(body)
    except ValueError:
        raise BadAnswer(f"The endpoint answered {body[:80]!r}, which is not JSON: see its log.") from None
    if not isinstance(answer, list) or len(answer) != len(labels) or not all(_is_probability(one) for one in answer):
        raise BadAnswer(f"The endpoint answered {str(answer)[:80]}, where {len(labels)} probabilities are expected.")
    return Prediction(tuple(labels), tuple(float(one) for one in answer))


def _is_probability(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and -1e-6 <= value <= 1.001
    )
