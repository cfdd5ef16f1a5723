"""One serialized image, or a batch of them, to what the model says about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from classify_image.endpoint import Endpoint, parse
from classify_image.settings import Settings
from common.workflow import BadRequest, Item, Packed, Refusal, Storage, check_batch, each, read_serialized, refuse

_FOR_REVIEW = ("serialized_uri", "review_bytes")
"""Of an item of a batch, for filter_confidence: where the copy lies that a person would see."""


@dataclass(frozen=True)
class Classifier:
    """Classifies images that serialize_image made."""

    settings: Settings
    storage: Storage
    endpoint: Endpoint

    def one(
        self, item: Item, endpoint_name: str | None, model_version: object, read: Callable[[Item], bytes] | None = None
    ) -> Item:
        """Add label, confidence, probabilities and model_version to what serialize_image answered."""
        inference_id = item.get("inference_id")
        if not isinstance(inference_id, str) or not inference_id:
            raise BadRequest("The request has no inference_id: give what serialize_image answered.")
        image = (read or self._read)(item)
        body = self.endpoint.ask(endpoint_name or self.settings.endpoint_name, image, inference_id)
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
        packed = Packed(self.storage)
        return list(
            each(check_batch(items), lambda item: self._one_of_many(item, endpoint_name, model_version, packed))
        )

    def _one_of_many(self, item: Item, endpoint_name: str | None, model_version: object, packed: Packed) -> Item:
        if item.get("status") == "REFUSED":
            return item

        def read(item: Item) -> bytes:
            return packed.read(item, "serialized_bytes") if "serialized_bytes" in item else self._read(item)

        try:
            answer = self.one(item, endpoint_name, model_version, read)
        except Refusal as refusal:
            return refuse(item, refusal)
        return answer | ({name: item[name] for name in _FOR_REVIEW} if "review_bytes" in item else {})

    def _read(self, item: Item) -> bytes:
        return read_serialized(self.storage, item)
