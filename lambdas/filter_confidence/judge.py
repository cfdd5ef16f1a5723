"""Is the model sure enough? Yes: the answer stands. No: a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from filter_confidence.confidence import unit_number
from filter_confidence.errors import BadPicture, BadRequest, NotFound
from filter_confidence.review import Review

Item = dict[str, Any]


@dataclass(frozen=True)
class Judge:
    """Judges what classify_image answered by one threshold."""

    threshold: float
    review: Review

    def one(self, item: Item) -> Item:
        """Add `passed` and the threshold, and below it the `review_uri` of the image's copy. Raises Refusal."""
        passed = unit_number(item.get("confidence"), "confidence") >= self.threshold
        judged = {**item, "passed": passed, "threshold": self.threshold}
        if not passed:
            judged["review_uri"] = self.review.add(item.get("image_uri"), str(item.get("inference_id")), item)
        return judged

    def batch(self, items: object, assignments: Mapping[str, str]) -> list[Item]:
        """Judge each item and add its status, and to those that pass the assignment of their label."""
        if not isinstance(items, list):
            raise BadRequest(f"items is of type {type(items).__name__}: give the list that classify_image answered.")
        return [self._one_of_many(item, assignments) for item in items]

    def _one_of_many(self, item: Item, assignments: Mapping[str, str]) -> Item:
        if item.get("status") == "REFUSED":
            return item
        try:
            judged = self.one(item)
        except (BadPicture, NotFound) as refusal:
            return {
                "status": "REFUSED",
                "image_uri": item.get("image_uri"),
                "error": type(refusal).__name__,
                "cause": str(refusal),
            }
        if not judged.pop("passed"):
            return {"status": "NEEDS_REVIEW", **judged}
        label = str(item.get("label"))
        if label not in assignments:
            raise BadRequest(f"The label {label!r} has no assignment; known are {', '.join(assignments)}.")
        return {"status": "CLASSIFIED", **judged, "assignment": assignments[label]}
