"""A baseline is found by its schema's number, so the number follows the features, in the image and in the function."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


from common.monitoring import BASELINE_SCHEMA
from monitoring import features, statistics
from monitoring.running_statistics import RunningStatistics

# A schema's number, and the digest of what a baseline of it holds. A new number gets a line; no line is ever changed.
KNOWN = {2: "a9a643be48c12a3f"}


def outline(value: Any) -> Any:
    """The members of a document without their values; of lists of documents each one's."""
    if isinstance(value, dict):
        return {name: outline(item) for name, item in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [outline(item) | {"name": item.get("name")} for item in value]
    return type(value).__name__


def digest() -> str:
    held = outline(statistics.document(RunningStatistics(), ["bicycle", "motorcycle"], 28))
    layout = [features.NUMBERS, features.WORDS, features.DRIFTING, features.SHAPES, statistics.BINS, held]
    return hashlib.sha256(json.dumps(layout, sort_keys=True).encode()).hexdigest()[:16]


def test_a_change_of_what_a_baseline_holds_comes_with_a_new_number_of_its_schema() -> None:
    assert digest() == KNOWN.get(BASELINE_SCHEMA), (
        f"What a baseline holds has changed: let common.monitoring.BASELINE_SCHEMA be {max(KNOWN) + 1} and write down "
        f"{max(KNOWN) + 1}: {digest()!r} here. Live versions are then measured again."
    )
