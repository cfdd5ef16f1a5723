"""One serialized image, or a batch of them, to what the model says about it."""

from __future__ import annotations

from dataclasses import dataclass

from classify_image.endpoint import Endpoint, parse
from classify_image.settings import Settings
from common.workflow import BadRequest, Item, Refusal, Storage, check_batch, parse_address, refuse

MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Classifier:
    """Classifies images that serialize_image made."""

    settings: Settings
    storage: Storage
    endpoint: Endpoint

    def one(self, item: Item, endpoint_name: str | None, model_version: object) -> Item:
        """Add label, confidence, probabilities and model_version to what serialize_image answered."""
        inference_id = item.get("inference_id")
        if not isinstance(inference_id, str) or not inference_id:
            raise BadRequest("The request has no inference_id: give what serialize_image answered.")
        address = parse_address(item.get("serialized_uri"), "serialized_uri")
        image = self.storage.read(address, MOST_BYTES)
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
        return [self._one_of_many(item, endpoint_name, model_version) for item in check_batch(items)]

    def _one_of_many(self, item: Item, endpoint_name: str | None, model_version: object) -> Item:
        if item.get("status") == "REFUSED":
            return item
        try:
            return self.one(item, endpoint_name, model_version)
        except Refusal as refusal:
            return refuse(item, refusal)
