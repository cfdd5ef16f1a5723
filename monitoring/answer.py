"""What the model said: how sure it was, and of what."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

FEATURES = ("confidence", "answer_entropy")


@dataclass(frozen=True)
class Answer:
    """The probabilities of one answer, in the order of the labels."""

    probabilities: tuple[float, ...]

    @property
    def predicted(self) -> int:
        """The number of the likeliest class."""
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    def measure(self) -> dict[str, float]:
        """Confidence (the highest probability) and the answer's entropy in bits."""
        entropy = -sum(value * math.log2(value) for value in self.probabilities if value > 0)
        return {"confidence": max(self.probabilities), "answer_entropy": entropy}


def parse(text: str, classes: int) -> Answer:
    """Read a JSON list of probabilities; raise ValueError for anything else."""
    values = json.loads(text)
    if not isinstance(values, list) or len(values) != classes:
        raise ValueError(f"an answer must be a list of {classes} probabilities")
    probabilities = tuple(float(value) for value in values)
    if not all(0 <= value <= 1 for value in probabilities) or abs(sum(probabilities) - 1) > 0.01:
        raise ValueError("probabilities are from 0 to 1 and sum to 1")
    return Answer(probabilities)
