"""Images that are in two splits at once: what was trained on says little when it is asked again."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.trust.image_stats import ImageStats

BITS = 10
"""Near images differ in at most so many of the hash's 64 bits."""

DISTANCE = 6.0
"""And their thumbnails by so much of 255 on average: plain backgrounds make hashes alike by chance."""

NAMED = 20
CHUNK_CELLS = 1_000_000

Pairs = list[tuple[int, int]]


def check(stats: list[ImageStats]) -> dict[str, Any]:
    """The section `leakage`: of each two splits, equal and nearly equal images, the first few by name."""
    return {
        f"{second.split.name}_{first.split.name}": _between(first, second) for first, second in combinations(stats, 2)
    }


def warning(section: dict[str, Any]) -> str | None:
    """A sentence where test images are in the training set, pixel by pixel."""
    count = section["test_train"]["exact"]
    if not count:
        return None
    return (
        f"Warning: {count} of the test images are, pixel by pixel, in the training set as well, so the accuracy is "
        "flattered; see the report, and prepare the data again."
    )


def _between(first: ImageStats, second: ImageStats) -> dict[str, Any]:
    exact = _exact(first, second)
    equal = set(exact)
    near = [pair for pair in _near(first, second) if pair not in equal]
    return {
        "exact": len({later for _, later in exact}),
        "near": len({later for _, later in near}),
        "pairs": [
            {first.split.name: first.split.paths[one], second.split.name: second.split.paths[other], "kind": kind}
            for kind, pairs in (("exact", exact), ("near", near))
            for one, other in pairs[:NAMED]
        ][:NAMED],
    }


def _exact(first: ImageStats, second: ImageStats) -> Pairs:
    """Each image of the second split that is in the first, with the first one that it equals."""
    known, index = np.unique(first.digests, return_index=True)
    place = np.minimum(np.searchsorted(known, second.digests), len(known) - 1)
    found = np.flatnonzero(known[place] == second.digests)
    return [(int(index[place[other]]), int(other)) for other in found]


def _near(first: ImageStats, second: ImageStats) -> Pairs:
    """Pairs of alike images, found by their hashes and compared by their thumbnails; memory stays bounded."""
    return [pair for chunk in _alike(first.hashes, second.hashes) for pair in _compare(first, second, *chunk)]


def _alike(
    first: NDArray[np.uint64], second: NDArray[np.uint64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    rows = max(1, CHUNK_CELLS // len(first))
    for start in range(0, len(second), rows):
        apart = _ones(second[start : start + rows, None] ^ first[None, :])
        other, one = np.nonzero(apart <= BITS)
        yield one, other + start


def _compare(first: ImageStats, second: ImageStats, one: NDArray[np.int64], other: NDArray[np.int64]) -> Pairs:
    apart = np.abs(first.thumbs[one].astype(np.int16) - second.thumbs[other]).mean(axis=(1, 2, 3))
    close = np.flatnonzero(apart <= DISTANCE)
    return [(int(one[index]), int(other[index])) for index in close]


def _ones(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Count the bits that are set, in every number at once (numpy before 2.0 has no function for it)."""
    by_two, by_four, by_eight = (np.uint64(int(digits * 8, 16)) for digits in ("55", "33", "0f"))
    values = values - ((values >> np.uint64(1)) & by_two)
    values = (values & by_four) + ((values >> np.uint64(2)) & by_four)
    values = (values + (values >> np.uint64(4))) & by_eight
    counted: NDArray[np.uint64] = (values * np.uint64(0x0101010101010101)) >> np.uint64(56)
    return counted
