"""One serialized picture, or a batch of them, to what the model says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from classify_image.endpoint import Endpoint
from classify_image.errors import BadRequest, Refusal
from classify_image.prediction import parse
from classify_image.settings import Settings
from classify_image.storage import Storage

Item = dict[str, Any]


@dataclass(frozen=True)
class Classifier:
    """Classifies pictures that serialize_image made."""

    settings: Settings
    storage: Storage
    endpoint: Endpoint

    def one(self, item: Item, endpoint_name: str | None, model_version: object) -> Item:
        """Add label, confidence, probabilities and model_version to what serialize_image answered."""
        inference_id = item.get("inference_id")
        if not isinstance(inference_id, str) or not inference_id:
            raise BadRequest("The request has no inference_id: give what serialize_image answered.")
        picture = self.storage.read(item.get("serialized_uri"))
        body = self.endpoint.ask(endpoint_name or self.settings.endpoint_name, picture, inference_id)
        said = parse(body, self.settings.labels)
        return {
            "inference_id": inference_id,
            "image_uri": item.get("image_uri"),
            "label": said.label,
            "confidence": said.confidence,
            "probabilities": dict(zip(said.labels, said.probabilities, strict=True)),
            "model_version": model_version,
        }

    def batch(self, items: object, endpoint_name: str | None, model_version: object) -> list[Item]:
        """Classify each item; one refused here or before stays refused, an endpoint that fails fails the batch."""
        if not isinstance(items, list):
            raise BadRequest(f"items is of type {type(items).__name__}: give the list that serialize_image answered.")
        return [self._one_of_many(item, endpoint_name, model_version) for item in items]

    def _one_of_many(self, item: Item, endpoint_name: str | None, model_version: object) -> Item:
        if item.get("status") == "REFUSED":
            return item
        try:
            return self.one(item, endpoint_name, model_version)
        except Refusal as refusal:
            return {
                "status": "REFUSED",
                "image_uri": item.get("image_uri"),
                "error": type(refusal).__name__,
                "cause": str(refusal),
            }
