"""Answers by ONNX Runtime: what evaluates a model, and what an endpoint of the local AWS serves it with."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt
import onnxruntime

from common.artifact.model import Model
from common.artifact.onnx import build_onnx
from common.artifact.shapes import INPUT

Floats = npt.NDArray[np.float32]

_ERRORS = 3  # of its levels of severity: warnings are about the machine, such as one without a GPU


class Session:
    """A model in memory that answers. Several threads may ask at once."""

    def __init__(self, model: Model) -> None:
        """Build the session; of the model itself nothing is kept."""
        options = onnxruntime.SessionOptions()
        # As many threads as OpenMP would have: by default one, as several spin, which is slow on a busy machine.
        options.intra_op_num_threads = _count_threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS
        self._session = onnxruntime.InferenceSession(build_onnx(model), options, providers=["CPUExecutionProvider"])

    def answer(self, images: Floats) -> Floats:
        """Turn images (count, channels, height, width), 0 to 255, into probabilities (count, classes)."""
        probabilities: Floats = self._session.run(None, {INPUT: np.ascontiguousarray(images, np.float32)})[0]
        return probabilities


def _count_threads() -> int:
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdecimal() and given != "0" else 1
