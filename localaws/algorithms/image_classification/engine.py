"""MXNet on a CPU, imported in one place so that it is always imported in the same way.

MXNet 1.9.1 still reads ``numpy.bool``, which numpy removed in 1.24: the alias has to stand before the import.
One OpenMP thread is the default, because two were measured to be many times slower on a busy machine.
"""

import os

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MXNET_SUBGRAPH_VERBOSE", "0")
vars(np).setdefault("bool", bool)

import mxnet as mx  # noqa: E402  (the settings above must come first)

__all__ = ["mx"]
