"""Is the model sure enough? Yes: the answer stands. No: a person decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from common.workflow import BadPicture, BadRequest, Item, NotFound, Packed, check_batch, each, refuse
from filter_confidence.review import Review


@dataclass(frozen=True)
class Filter:
    """Compares the confidence of what classify_image answered with one threshold."""

    threshold: float
    review: Review

    def one(self, item: Item, read: Callable[[Item], bytes] | None = None) -> Item:
        """Add `passed` and the threshold, and below it the `review_uri` of the image's copy, which `read` answers.

        Without `read` the copy is made of the image itself. Raises Refusal.
        """
        passed = parse_fraction(item.get("confidence"), "confidence") >= self.threshold
        answer = {**item, "passed": passed, "threshold": self.threshold}
        if not passed:
            answer["review_uri"] = self.review.add(item.get("image_uri"), item, read and read(item))
        return answer

    def batch(self, items: object, assignments: Mapping[str, str]) -> list[Item]:
        """Add to each item its status, and to those that pass the assignment of their label."""
        packed = Packed(self.review.storage)
        return list(each(check_batch(items), lambda item: self._one_of_many(item, assignments, packed)))

    def _one_of_many(self, item: Item, assignments: Mapping[str, str], packed: Packed) -> Item:
        if item.get("status") == "REFUSED":
            return item

        def read(item: Item) -> bytes:
            return packed.read(item, "review_bytes")

        try:
            answer = self.one(item, read if "review_bytes" in item else None)
        except (BadPicture, NotFound) as refusal:
            return refuse(item, refusal)
        for name in ("serialized_uri", "review_bytes"):  # which only the functions need
            answer.pop(name, None)
        if not answer.pop("passed"):
            return {"status": "NEEDS_REVIEW", **answer}
        label = str(item.get("label"))
        if label not in assignments:
            raise BadRequest(f"The label {label!r} has no assignment; known are {', '.join(assignments)}.")
        return {"status": "CLASSIFIED", **answer, "assignment": assignments[label]}


def parse_fraction(value: object, name: str) -> float:
    """Read a number from 0 to 1, which may come as text from a template; raises BadRequest, also for NaN."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and 0 <= number <= 1):
        raise BadRequest(f"{name} is {str(value)[:40]!r}: give a number from 0 to 1.")
    return number
