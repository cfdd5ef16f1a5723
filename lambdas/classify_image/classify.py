"""One serialized image, or a batch of them, to what the model says about it."""

from __future__ import annotations

from collections.abc import Callable
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

    def one(
        self, item: Item, endpoint_name: str | None, model_version: object, read: Callable[[Item], bytes] | None = None
    ) -> Item:
        """Add label, confidence, probabilities and model_version to what serialize_image answered."""
        inference_id = item.get("inference_id")
        if not isinstance(inference_id, str) or not inference_id:
            raise BadRequest("The request has no inference_id: give what serialize_image answered.")
        image = self._read(item) if read is None else read(item)
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
        packed = _Packed(self._read)
        return [self._one_of_many(item, endpoint_name, model_version, packed) for item in check_batch(items)]

    def _one_of_many(self, item: Item, endpoint_name: str | None, model_version: object, packed: _Packed) -> Item:
        if item.get("status") == "REFUSED":
            return item
        try:
            return self.one(item, endpoint_name, model_version, packed.read)
        except Refusal as refusal:
            return refuse(item, refusal)

    def _read(self, item: Item) -> bytes:
        return self.storage.read(parse_address(item.get("serialized_uri"), "serialized_uri"), MOST_BYTES)


class _Packed:
    """Reads the images of a batch, of which many lie in one object: that is read once, when the first is asked for."""

    def __init__(self, read: Callable[[Item], bytes]) -> None:
        self._read = read
        self._uri: object = None
        self._content = b""

    def read(self, item: Item) -> bytes:
        """The image of an item; raises Refusal."""
        place = item.get("serialized_bytes")
        if place is None:
            return self._read(item)
        if self._uri is None or item.get("serialized_uri") != self._uri:
            self._content, self._uri = self._read(item), item["serialized_uri"]
        match place:
            case [int(begin), int(end)] if 0 <= begin < end <= len(self._content):
                return self._content[begin:end]
        raise BadRequest(f"serialized_bytes is {str(place)[:80]}: give what serialize_image answered.")
