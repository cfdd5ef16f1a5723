"""One image, or a batch of them, from what was sent to what the endpoint is asked with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from common import images
from common.images import MOST_KEPT_PIXELS, BadImage, Limits, encode_png, resize_and_crop, scale_down
from common.s3 import S3Address
from common.workflow import BadPicture, Item, Refusal, Storage, check_batch, refuse
from serialize_image.request import parse
from serialize_image.settings import Settings

INLINE, SERIALIZED = "incoming-inference", "serialized"
"""Prefixes: images that came inline (not `incoming/`, which is for training), and what the endpoint is asked with."""
MOST_PACKED_BYTES = 8 * 1024 * 1024
"""Of a batch's images in one object, which classify_image reads whole."""


@dataclass(frozen=True)
class Serializer:
    """Serializes images under the settings' limits."""

    settings: Settings
    storage: Storage

    def one(self, event: Item, image_size: int) -> Item:
        """Serialize the image that the event names to a square of `image_size` pixels a side: its addresses and id.

        The endpoint's container resizes whatever it gets without a crop, so what it gets must have the model's size
        already: else the model is asked about other pixels than those its accuracy was measured on. Raises Refusal.
        """
        answer, png = self._serialize(event, image_size)
        target = S3Address(self.settings.bucket, f"{SERIALIZED}/{answer['inference_id']}.png")
        self.storage.write(target, png)
        return {**answer, "serialized_uri": target.uri}

    def batch(self, items: object, image_size: int) -> list[Item]:
        """Serialize each of a list of events; one that is refused says so by its name and stops no other.

        The images lie in a few objects, one behind the other, as an object each would take most of a batch's time:
        `serialized_bytes` of an item is where its image begins in the object, and where it ends.
        """
        # S3 consoles make "folders": empty objects whose key ends in a slash, listed with the images.
        files = [item for item in check_batch(items) if not str(item.get("image_uri")).endswith("/")]
        answers: list[Item] = []
        packed: list[tuple[Item, bytes]] = []
        for item in files:
            try:
                answer, png = self._serialize(item, image_size)
            except Refusal as refusal:
                answers.append(refuse(item, refusal))
                continue
            answers.append(answer)
            packed.append((answer, png))
            if sum(len(image) for _, image in packed) >= MOST_PACKED_BYTES:
                self._write_packed(packed)
                packed = []
        if packed:
            self._write_packed(packed)
        return answers

    def _write_packed(self, packed: Sequence[tuple[Item, bytes]]) -> None:
        """Put images into one object, under its digest so that another try writes the same, and say where each is."""
        content = b"".join(png for _, png in packed)
        target = S3Address(self.settings.bucket, f"{SERIALIZED}/{hashlib.sha256(content).hexdigest()}.images")
        self.storage.write(target, content, content_type="application/octet-stream")
        end = 0
        for answer, png in packed:
            begin, end = end, end + len(png)
            answer |= {"serialized_uri": target.uri, "serialized_bytes": [begin, end]}

    def _serialize(self, event: Item, image_size: int) -> tuple[Item, bytes]:
        """The image's id and address, and the PNG that the endpoint is asked with."""
        request = parse(event)
        content = request.source if isinstance(request.source, bytes) else self._read(request.source)
        image = decode(content, self.settings.limits)
        png = encode_png(resize_and_crop(image, image_size, image_size))
        source = request.source
        if isinstance(source, bytes):
            source = self._keep(request.inference_id, image)
        return {"inference_id": request.inference_id, "image_uri": source.uri}, png

    def _read(self, address: S3Address) -> bytes:
        return self.storage.read(address, self.settings.limits.most_bytes)

    def _keep(self, inference_id: str, image: Image.Image) -> S3Address:
        """Put an image that came inline where a person can look at it: its pixels, and nothing else of what came."""
        address = S3Address(self.settings.bucket, f"{INLINE}/{inference_id}.png")
        self.storage.write(address, encode_png(scale_down(image, MOST_KEPT_PIXELS)))
        return address


def decode(data: bytes, limits: Limits) -> Image.Image:
    """Decode a PNG or JPEG (known by its content) to upright RGB on white; raises BadPicture."""
    try:
        return images.read(data, limits)
    except BadImage as error:
        raise BadPicture(str(error)) from error
