"""A baseline is found by its schema's number, so the number follows the features, in the image and in the function."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from refresh_workflow import baseline

from monitoring import features, statistics
from monitoring.tally import Tally

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
    held = outline(statistics.document(Tally(), ["bicycle", "motorcycle"], 28))
    layout = [features.NUMBERS, features.WORDS, features.DRIFTING, features.SHAPES, statistics.BINS, held]
    return hashlib.sha256(json.dumps(layout, sort_keys=True).encode()).hexdigest()[:16]


def test_a_change_of_what_a_baseline_holds_comes_with_a_new_number_of_its_schema() -> None:
    assert digest() == KNOWN.get(features.SCHEMA), (
        f"What a baseline holds has changed: raise monitoring.features.SCHEMA and refresh_workflow.baseline.SCHEMA, "
        f"and write down {features.SCHEMA + 1}: {digest()!r} here. Live versions are then measured again."
    )


def test_the_function_looks_for_baselines_of_the_schema_that_the_image_measures() -> None:
    assert baseline.SCHEMA == features.SCHEMA
