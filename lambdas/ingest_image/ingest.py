"""One image, or all that wait, from incoming/ to where they belong.

Everything is done in an order that stands a second delivery, a late one and two at a time: the incoming object goes
last, what is written has a name made of its content, and an object that is gone was dealt with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from common.labels import LABELS
from ingest_image import keys
from ingest_image.clean import clean, name
from ingest_image.errors import BatchUnfinished, Refusal
from ingest_image.settings import Settings
from ingest_image.storage import Storage, Stored

RESERVE_MILLISECONDS = 20_000
"""What one more image may take, S3's patience included."""


@dataclass(frozen=True)
class Outcome:
    """What became of an object: curated, duplicate, quarantined (with the reason) or gone; and where it lies."""

    what: str
    key: str
    target: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Ingest:
    """Takes images in, under the settings' limits."""

    settings: Settings
    storage: Storage

    def one(self, key: str) -> Outcome:
        """Take one image in; what fails for a passing reason is raised, for the event to be delivered again."""
        stored = self.storage.read(key, self.settings.limits.most_bytes)
        if stored is None:
            return Outcome("gone", key)
        label, file = keys.split(key)
        try:
            outcome = self._curate(key, label, clean(_content(stored, self.settings), self.settings.limits))
        except Refusal as refusal:
            target = keys.quarantine(refusal.reason, label, file)
            self.storage.put_aside(key, target, stored.etag, str(refusal))
            outcome = Outcome("quarantined", key, target, refusal.reason)
        self.storage.remove(key, stored.etag)
        return outcome

    def rest(self, remaining: Callable[[], int]) -> Counter[str]:
        """Take in all that waits; raises BatchUnfinished when `remaining` milliseconds run short."""
        done: Counter[str] = Counter()
        for key in self.storage.waiting():
            if remaining() < RESERVE_MILLISECONDS:
                raise BatchUnfinished(
                    f"{done.total()} images were taken in, and more wait under {keys.INCOMING}: "
                    "the next delivery goes on."
                )
            done[self.one(key).what] += 1
        return done

    def _curate(self, source: str, label: str, png: bytes) -> Outcome:
        digest = name(png)
        target = keys.curated(_known(label), digest)
        self._check_rivals(label, digest)
        if self.storage.find(target):
            return Outcome("duplicate", source, target)
        self.storage.curate(target, png, source)
        try:
            # Once more: the same image may have come under both labels at once.
            self._check_rivals(label, digest)
        except Refusal:
            self.storage.withdraw(target)
            raise
        return Outcome("curated", source, target)

    def _check_rivals(self, label: str, digest: str) -> None:
        for other in LABELS:
            if other != label and self.storage.find(keys.curated(other, digest)):
                raise Refusal("conflicting-label", f"The same image is curated as {other}: a person must decide.")


def _content(stored: Stored, settings: Settings) -> bytes:
    if stored.content is None:
        most = settings.limits.most_bytes
        raise Refusal("too-large", f"The file has {stored.size:,} bytes, and {most:,} are allowed.")
    return stored.content


def _known(label: str) -> str:
    if label not in LABELS:
        raise Refusal("unknown-label", f"The label is {label!r}, and {' or '.join(LABELS)} is allowed.")
    return label
