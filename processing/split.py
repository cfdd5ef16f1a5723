"""Decide which picture is for training, for validation and for the final test, from labels and digests alone.

The decision is a pure function of the set of pictures: instances that see different shares of the curated
pictures agree on the archive's, and the first instance repeats the decision over all of them.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from common.jobs import Refusal
from processing.labels import CLASSES
from processing.picture import CURATED, TEST, Picture

TRAINING, VALIDATION, TESTING = "train", "validation", "test"
SPLITS = (TRAINING, VALIDATION, TESTING)


@dataclass
class Duplicates:
    """Pictures left out because their pixels are listed already, and how many of them had another label."""

    equal_to_test: int = 0
    within_training: int = 0
    with_other_label: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """Pictures by split, each split in its listed order."""

    splits: dict[str, list[Picture]]
    duplicates: Duplicates

    def places(self) -> dict[tuple[str, int], str]:
        """The split of each listed picture, by its name and label."""
        return {(each.name, each.label): split for split, pictures in self.splits.items() for each in pictures}


def plan(pictures: Iterable[Picture], share: float, seed: int) -> Plan:
    """Split pictures: the published test set stays whole, the rest loses its duplicates and is cut in two.

    Of the archive, exactly `share` of each class (rounded, at least one) is for validation. A curated picture
    draws by its own pixels, so it keeps its side however many others join it and whichever instance reads it.
    """
    ordered = sorted(pictures, key=_precedence)
    test = [picture for picture in ordered if picture.origin == TEST]
    pool, duplicates = _without_duplicates(test, [each for each in ordered if each.origin != TEST])
    validation = _validation(pool, share, seed)
    train = [picture for picture in pool if picture.digest not in validation]
    held = [picture for picture in pool if picture.digest in validation]
    splits = {TRAINING: train, VALIDATION: held, TESTING: test}
    mixed = {split: sorted(chosen, key=lambda each: _rank(each, seed)) for split, chosen in splits.items()}
    return Plan(mixed, duplicates)


def draw(digest: str, seed: int) -> float:
    """A number in [0, 1) that depends on the picture's pixels and the seed only."""
    return int(hashlib.sha256(f"{seed}:{digest}".encode()).hexdigest()[:13], 16) / 16**13


def _precedence(picture: Picture) -> tuple[bool, str, int]:
    """The order in which the first of equal pictures wins: the archive before curated ones, then by name."""
    return picture.origin == CURATED, picture.name, picture.label


def _rank(picture: Picture, seed: int) -> tuple[float, str]:
    """Listed order: mixed by the seed, so that a reader who takes pictures in turn meets both classes."""
    return draw(picture.digest, seed), picture.name


def _without_duplicates(test: list[Picture], pool: list[Picture]) -> tuple[list[Picture], Duplicates]:
    tested = {picture.digest for picture in test}
    labels = {picture.digest: picture.label for picture in test}
    unique: list[Picture] = []
    removed = Duplicates()
    for picture in pool:
        if picture.digest not in labels:
            labels[picture.digest] = picture.label
            unique.append(picture)
            continue
        removed.equal_to_test += picture.digest in tested
        removed.within_training += picture.digest not in tested
        removed.with_other_label += picture.label != labels[picture.digest]
    return unique, removed


def _validation(pool: list[Picture], share: float, seed: int) -> set[str]:
    chosen = {each.digest for each in pool if each.origin == CURATED and draw(each.digest, seed) < share}
    for vehicle in CLASSES:
        published = [each for each in pool if each.origin != CURATED and each.label == vehicle.label]
        if len(published) < 2:
            raise Refusal(
                f"train.bin holds {len(published)} distinct {vehicle.name}, where at least 2 are needed to "
                "validate on one and train on the other: give an archive with more pictures."
            )
        published.sort(key=lambda each: _rank(each, seed))
        count = min(max(round(share * len(published)), 1), len(published) - 1)
        chosen |= {each.digest for each in published[:count]}
    return chosen
