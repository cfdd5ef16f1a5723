"""Decide which image is for training, for validation and for the final test, from labels and digests alone.

The decision is a pure function of the set of images: instances that see different shares of the curated
images agree on the archive's, and the first instance repeats the decision over all of them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from common.jobs import Refusal
from processing.image import CURATED, TEST, LabelledImage
from processing.labels import CLASSES

TRAINING, VALIDATION, TESTING = "train", "validation", "test"
SPLITS = (TRAINING, VALIDATION, TESTING)


@dataclass
class Duplicates:
    """Images left out because their pixels are listed already, and how many of them had another label."""

    equal_to_test: int = 0
    within_training: int = 0
    with_other_label: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """Images by split, each split in its listed order."""

    splits: dict[str, list[LabelledImage]]
    duplicates: Duplicates

    def places(self) -> dict[tuple[str, int], str]:
        """The split of each listed image, by its name and label."""
        return {(each.name, each.label): split for split, images in self.splits.items() for each in images}


def plan(images: Iterable[LabelledImage], share: float, seed: int) -> Plan:
    """Split images: the published test set stays whole, the rest loses its duplicates and is cut in two.

    Of the archive, exactly `share` of each class (rounded, at least one) is for validation. A curated image
    draws by its own pixels, so it keeps its side however many others join it and whichever instance reads it.
    """
    ordered = sorted(images, key=_precedence)
    test = [image for image in ordered if image.origin == TEST]
    pool, duplicates = _without_duplicates(test, [each for each in ordered if each.origin != TEST])
    draws = {image.digest: draw(image.digest, seed) for image in (*test, *pool)}
    # Mixed by the seed, so that a reader who takes images in turn meets both classes.
    test, pool = (sorted(chosen, key=lambda each: (draws[each.digest], each.name)) for chosen in (test, pool))
    validation = _validation(pool, share, draws)
    train = [image for image in pool if image.digest not in validation]
    held = [image for image in pool if image.digest in validation]
    return Plan({TRAINING: train, VALIDATION: held, TESTING: test}, duplicates)


def draw(digest: str, seed: int) -> float:
    """A number in [0, 1) that depends on the image's pixels and the seed only."""
    return (int.from_bytes(hashlib.sha256(f"{seed}:{digest}".encode()).digest()[:7], "big") >> 4) / 2**52


def _precedence(image: LabelledImage) -> tuple[bool, str, int]:
    """The order in which the first of equal images wins: the archive before curated ones, then by name."""
    return image.origin == CURATED, image.name, image.label


def _without_duplicates(test: list[LabelledImage], pool: list[LabelledImage]) -> tuple[list[LabelledImage], Duplicates]:
    tested = {image.digest for image in test}
    labels = {image.digest: image.label for image in test}
    unique: list[LabelledImage] = []
    removed = Duplicates()
    for image in pool:
        if image.digest not in labels:
            labels[image.digest] = image.label
            unique.append(image)
            continue
        removed.equal_to_test += image.digest in tested
        removed.within_training += image.digest not in tested
        removed.with_other_label += image.label != labels[image.digest]
    return unique, removed


def _validation(pool: list[LabelledImage], share: float, draws: Mapping[str, float]) -> set[str]:
    """Digests of the images to validate on; of those published, the first of the mixed pool."""
    chosen = {each.digest for each in pool if each.origin == CURATED and draws[each.digest] < share}
    for vehicle in CLASSES:
        published = [each for each in pool if each.origin != CURATED and each.label == vehicle.label]
        if len(published) < 2:
            raise Refusal(
                f"train.bin holds {len(published)} distinct {vehicle.name}, where at least 2 are needed to "
                "validate on one and train on the other: give an archive with more images."
            )
        count = min(max(round(share * len(published)), 1), len(published) - 1)
        chosen |= {each.digest for each in published[:count]}
    return chosen
