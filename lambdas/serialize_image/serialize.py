"""One picture, or a batch of them, from what was sent to what the endpoint is asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image

from common.images import MOST_KEPT_PIXELS, encode_png, scale_down
from serialize_image.errors import BadRequest, Refusal
from serialize_image.fit import to_png
from serialize_image.picture import read
from serialize_image.request import Address, parse
from serialize_image.settings import Settings
from serialize_image.storage import Storage

INLINE, SERIALIZED = "incoming-inference", "serialized"
"""Prefixes: pictures that came inline (not `incoming/`, which is for training), and what the endpoint is asked with."""

Item = dict[str, Any]


@dataclass(frozen=True)
class Serializer:
    """Serializes pictures under the settings' limits."""

    settings: Settings
    storage: Storage

    def one(self, event: Item, image_size: int) -> Item:
        """Serialize the image that the event names to a square of `image_size` pixels a side: its addresses and id.

        Raises Refusal.
        """
        request = parse(event)
        content = request.source if isinstance(request.source, bytes) else self._read(request.source)
        image = read(content, self.settings.limits)
        png = to_png(image, image_size)
        source = request.source
        if isinstance(source, bytes):
            source = self._keep(request.inference_id, image)
        target = Address(self.settings.bucket, f"{SERIALIZED}/{request.inference_id}.png")
        self.storage.write(target, png, "image/png")
        return {"inference_id": request.inference_id, "image_uri": source.uri, "serialized_uri": target.uri}

    def batch(self, items: object, image_size: int) -> list[Item]:
        """Serialize each of a list of events; one that is refused says so by its name and stops no other."""
        if not isinstance(items, list):
            raise BadRequest(f"items is of type {type(items).__name__}: give a list of requests.")
        # S3 consoles make "folders": empty objects whose key ends in a slash, listed with the pictures.
        return [self._one_of_many(item, image_size) for item in items if not str(item.get("image_uri")).endswith("/")]

    def _one_of_many(self, event: Item, image_size: int) -> Item:
        try:
            return self.one(event, image_size)
        except Refusal as refusal:
            return {
                "status": "REFUSED",
                "image_uri": event.get("image_uri"),
                "error": type(refusal).__name__,
                "cause": str(refusal),
            }

    def _read(self, address: Address) -> bytes:
        return self.storage.read(address, self.settings.limits.most_bytes)

    def _keep(self, inference_id: str, image: Image.Image) -> Address:
        """Put an image that came inline where a person can look at it: its pixels, and nothing else of what came."""
        address = Address(self.settings.bucket, f"{INLINE}/{inference_id}.png")
        self.storage.write(address, encode_png(scale_down(image, MOST_KEPT_PIXELS)), "image/png")
        return address
