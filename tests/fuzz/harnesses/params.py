"""Untrusted parameters of an artifact."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from common.artifact.errors import BadArtifact
from common.artifact.params import format_params, parse_params

SEEDS = [
    format_params({"arg:fc1_weight": np.ones((2, 3), np.float32), "arg:fc1_bias": np.zeros(2, np.float16)}),
    format_params({"arg:conv0_weight": np.ones((2, 3, 1, 1)), "aux:bn0_moving_mean": np.zeros(2, np.float32)}),
    format_params({}),
]


def one_input(data: bytes) -> None:
    """Parameters are refused, or read to what is written and read again the same: no more than there was."""
    with suppress(BadArtifact):
        read = parse_params(data)
        assert sum(array.nbytes for array in read.values()) < len(data)
        again = parse_params(format_params(read))
        assert all(again[name].tobytes() == array.tobytes() for name, array in read.items())
