"""MXNet on the CPU, made ready for import.

numpy 1.24 dropped the alias `numpy.bool` that MXNet 1.9.1 reads while it is imported, and one OpenMP thread
is quicker than several on a busy machine; the environment may say otherwise.
"""

import os

import numpy as np

np.bool = bool  # type: ignore[attr-defined]
os.environ.setdefault("OMP_NUM_THREADS", "1")

import mxnet as mx  # noqa: E402 - both settings must come first

__all__ = ["mx"]
