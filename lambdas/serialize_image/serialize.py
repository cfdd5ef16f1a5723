"""One image, or a batch of them, from what was sent to what the endpoint is asked with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from PIL import Image

from common import images
from common.images import MOST_KEPT_PIXELS, BadImage, Limits, encode_png, resize_and_crop, scale_down
from common.s3 import S3Address
from common.workflow import DECODING, BadPicture, Item, Refusal, Storage, check_batch, each, refuse
from serialize_image.request import parse
from serialize_image.settings import Settings

INLINE, SERIALIZED = "incoming-inference", "serialized"
"""Prefixes: images that came inline (not `incoming/`, which is for training), and what the endpoint is asked with."""
MOST_PACKED_BYTES = 8 * 1024 * 1024
"""Of a batch's images in one object, which classify_image and filter_confidence read whole."""
MOST_COPIED_PIXELS = 64 * 64
"""Of an image whose copy for review lies in that object too: a larger one takes longer to encode than to read again."""


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
        answer, pngs = self._serialize(event, image_size)
        target = S3Address(self.settings.bucket, f"{SERIALIZED}/{answer['inference_id']}.png")
        self.storage.write(target, pngs["serialized_bytes"])
        return {**answer, "serialized_uri": target.uri}

    def batch(self, items: object, image_size: int) -> list[Item]:
        """Serialize each of a list of events; one that is refused says so by its name and stops no other.

        The images lie in a few objects, one behind the other, as an object each would take most of a batch's time:
        `serialized_bytes` of an item is where its image begins in the object, and where it ends. `review_bytes` is the
        same of a small image's copy, all pixels and nothing else, which filter_confidence puts under review/.
        """
        # S3 consoles make "folders": empty objects whose key ends in a slash, listed with the images.
        files = [item for item in check_batch(items) if not str(item.get("image_uri")).endswith("/")]
        answers: list[Item] = []
        pack = _Pack()
        for answer, pngs in each(files, lambda item: self._one_of_many(item, image_size)):
            answers.append(answer)
            for name, png in pngs.items():
                pack.add(answer, name, png)
            if pack.size >= MOST_PACKED_BYTES:
                self._write_packed(pack)
                pack = _Pack()
        if pack.size:
            self._write_packed(pack)
        return answers

    def _one_of_many(self, item: Item, image_size: int) -> tuple[Item, dict[str, bytes]]:
        try:
            return self._serialize(item, image_size, for_review=True)
        except Refusal as refusal:
            return refuse(item, refusal), {}

    def _write_packed(self, pack: _Pack) -> None:
        """Put images into one object, under its digest so that another try writes the same."""
        content = b"".join(pack.parts)
        target = S3Address(self.settings.bucket, f"{SERIALIZED}/{hashlib.sha256(content).hexdigest()}.images")
        self.storage.write(target, content, content_type="application/octet-stream")
        for answer in pack.answers:
            answer["serialized_uri"] = target.uri

    def _serialize(self, event: Item, image_size: int, *, for_review: bool = False) -> tuple[Item, dict[str, bytes]]:
        """The image's id and address, and PNGs: what the endpoint is asked with, and a small image's copy for review.

        They are named as their places in a batch's object are.
        """
        request = parse(event)
        source = request.source
        content = source if isinstance(source, bytes) else self._read(source)
        with DECODING:
            image = decode(content, self.settings.limits)
            pngs = {"serialized_bytes": encode_png(resize_and_crop(image, image_size, image_size))}
            if for_review and image.width * image.height <= MOST_COPIED_PIXELS:
                pngs["review_bytes"] = encode_png(image)
        if isinstance(source, bytes):
            source = self._keep(request.inference_id, image)
        return {"inference_id": request.inference_id, "image_uri": source.uri}, pngs

    def _read(self, address: S3Address) -> bytes:
        return self.storage.read(address, self.settings.limits.most_bytes)

    def _keep(self, inference_id: str, image: Image.Image) -> S3Address:
        """Put an image that came inline where a person can look at it: its pixels, and nothing else of what came."""
        address = S3Address(self.settings.bucket, f"{INLINE}/{inference_id}.png")
        self.storage.write(address, encode_png(scale_down(image, MOST_KEPT_PIXELS)))
        return address


@dataclass
class _Pack:
    """Images that shall lie one behind the other in an object, and the answers that name them."""

    parts: list[bytes] = field(default_factory=list)
    answers: list[Item] = field(default_factory=list)
    size: int = 0

    def add(self, answer: Item, name: str, png: bytes) -> None:
        """Take an image, and say in the answer under `name` where it begins and where it ends."""
        begin, self.size = self.size, self.size + len(png)
        answer[name] = [begin, self.size]
        self.parts.append(png)
        self.answers.append(answer)


def decode(data: bytes, limits: Limits) -> Image.Image:
    """Decode a PNG or JPEG (known by its content) to upright RGB on white; raises BadPicture."""
    try:
        return images.read(data, limits)
    except BadImage as error:
        raise BadPicture(str(error)) from error
