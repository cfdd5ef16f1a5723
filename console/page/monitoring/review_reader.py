"""The images that wait for review, the first few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.errors import CommandError
from console.intake import review
from console.intake.review import WaitingImage
from console.intake.store import Store
from console.page import storage
from console.page.source import Source

MOST = 12
_LARGEST = 16 * 1024 * 1024
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Queue:
    """The oldest that wait, and whether there are more."""

    images: tuple[WaitingImage, ...]
    more: bool


class _Store(Store):
    """A store that fetches an image's metadata once: it does not change while the image waits."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._source = source

    def metadata(self, keys: Sequence[str]) -> list[dict[str, str]]:
        return [self._source.once(("metadata", key), lambda key=key: self._metadata(key)) for key in keys]  # type: ignore[misc]


def fetch_queue(source: Source) -> Queue:
    """Fetch the queue."""
    found = review.list_waiting(_Store(source), MOST + 1)
    return Queue(tuple(found[:MOST]), len(found) > MOST)


def label(source: Source, key: str, choice: str) -> str:
    """Label an image, which moves it."""
    return review.label(Store(source), key, choice)


def fetch_image(source: Source, key: str) -> tuple[bytes, str]:
    """A waiting image's bytes and media type; nothing else of the bucket is shown, and nothing but PNG and JPEG."""
    content = storage.fetch(source, f"s3://{source.project.bucket}/{key}", _LARGEST) if _waits(key) else None
    kind = next((kind for start, kind in _KINDS.items() if content and content.startswith(start)), None)
    if content is None or kind is None:
        raise CommandError(f"{key!r} is no PNG or JPEG that waits under {review.REVIEW}.")
    return content, kind


def _waits(key: str) -> bool:
    return key.startswith(review.REVIEW) and ".." not in key.split("/")
