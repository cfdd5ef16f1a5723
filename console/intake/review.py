"""Images under review/: the model's guess, and the label of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote

from common.labels import LABELS
from common.s3 import parse_s3_address
from console.errors import CommandError
from console.formats import moment
from console.intake.images import INCOMING
from console.intake.ingestion import CURATED
from console.intake.store import Store

REVIEW = "review/"
NEITHER = "neither"
CHOICES = (*LABELS, NEITHER)


@dataclass(frozen=True)
class WaitingImage:
    """An image that the model was not sure of."""

    key: str
    guess: str | None
    confidence: float | None
    version: str | None
    since: datetime

    @property
    def summary(self) -> str:
        if self.guess is None or self.confidence is None:
            return "What the model guessed is not known."
        return f"Version {self.version} took it for a {self.guess}, and was {self.confidence:.0%} sure."


def list_waiting(store: Store, most: int | None = None) -> list[WaitingImage]:
    """What waits for a person, oldest first; the first few, where a number is given."""
    entries = sorted(store.entries(REVIEW), key=lambda entry: (entry.modified, entry.key))[:most]
    words = store.metadata([entry.key for entry in entries])
    return [_parse(entry.key, entry.modified, word) for entry, word in zip(entries, words, strict=True)]


@dataclass(frozen=True)
class LabelledImage:
    """Where an image lies that a person has labelled before."""

    key: str
    label: str
    since: datetime


def label(store: Store, address: str, choice: str) -> str:
    """Label an image, which moves it, or correct its label; answers its new key.

    Raises CommandError where there is no such image, and where it has this label already.
    """
    key = _key(address)
    file = PurePosixPath(key).name
    target = f"quarantine/{NEITHER}/{file}" if choice == NEITHER else f"{INCOMING}{choice}/{file}"
    if store.exists(key):
        store.move(key, target)
        return target
    found = find_labelled(store, file)
    if found is None:
        raise CommandError(f"{key} does not wait for a person; see what does with `scones label --list`.")
    if found.label == choice:
        raise CommandError(
            f"{key} was labelled {choice} at {moment(found.since)} already; another label corrects that."
        )
    # ingest_image refuses an image that is curated under another label, and begins as soon as it is there.
    store.replace(found.key, target)
    return target


def find_labelled(store: Store, file: str) -> LabelledImage | None:
    """Where an image of this name under review/ has gone: on its way to curated/, there, or put aside; None if not."""
    places = {f"{INCOMING}{name}/{file}": name for name in LABELS} | {f"quarantine/{NEITHER}/{file}": NEITHER}
    for place, name in places.items():
        for entry in store.entries(place):
            if entry.key == place:
                return LabelledImage(place, name, entry.modified)
    curated = list(store.entries(CURATED))
    for entry, words in zip(curated, store.metadata([entry.key for entry in curated]), strict=True):
        origin = unquote(words.get("source", ""))  # what ingest_image wrote on it: the key that it came from
        if origin in places and entry.key.startswith(f"{CURATED}{places[origin]}/"):
            return LabelledImage(entry.key, places[origin], entry.modified)
    return None


def _key(address: str) -> str:
    """A key under review/, given as such or as an S3 address."""
    place = parse_s3_address(address)
    key = place.key if place else address
    if not key.startswith(REVIEW) or key.endswith("/"):
        raise CommandError(f"{address} is no image under {REVIEW}; see what waits there with `scones label --list`.")
    return key


def _parse(key: str, since: datetime, words: dict[str, str]) -> WaitingImage:
    confidence = words.get("confidence")
    return WaitingImage(
        key, words.get("label"), float(confidence) if confidence else None, words.get("model-version"), since
    )
