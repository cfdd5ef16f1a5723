"""A pickle that is said to hold an XGBoost model: its bytes are found, or it is refused, and nothing is executed."""

from __future__ import annotations

import pickle
from contextlib import suppress

from localaws.algorithms.xgboost.artifact import find_model

SEEDS = [
    pickle.dumps({"handle": bytearray(b"a model"), "feature_names": None}, protocol=protocol) for protocol in (2, 4, 5)
]


def one_input(data: bytes) -> None:
    """The model's bytes are found or the pickle is refused."""
    with suppress(ValueError):
        find_model(data)
