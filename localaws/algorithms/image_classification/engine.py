"""Which engine trains: MXNet where it is installed, and the portable one elsewhere or where SCONES_ENGINE says so.

MXNet 1.9.1 has wheels for Linux and Intel Macs alone. This is the one place that imports it, and only when it
is asked for: the rest of the stand-in works without it.
"""

import os
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

VARIABLE = "SCONES_ENGINE"
MXNET = "mxnet"
PORTABLE = "portable"
ENGINES = (MXNET, PORTABLE)
_OPTIONAL = ("scipy", "sklearn")
"""What MXNet imports where it is installed, for quantization and the base of a class: more than its own time."""


class EngineError(ValueError):
    """An engine that does not exist or is not installed; the message is one sentence that says what to set."""


def choose_engine() -> str:
    """Name the engine that trains here. Raises EngineError for an unknown one and for an MXNet that is not there."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted and wanted not in ENGINES:
        raise EngineError(f"{VARIABLE} is '{wanted}', and there are {' and '.join(ENGINES)}: set one of them, or none")
    installed = _find_version(MXNET) is not None
    if wanted == MXNET and not installed:
        raise EngineError(
            f"{VARIABLE} is {MXNET}, which is not installed here: install mxnet 1.9.1 (it has wheels for "
            f"Linux and Intel Macs), or set {VARIABLE} to {PORTABLE}"
        )
    return wanted or (MXNET if installed else PORTABLE)


def describe_engine(engine: str) -> str:
    """Name an engine with the version of the library that computes."""
    library = MXNET if engine == MXNET else "numpy"
    return f"{engine} ({library} {_find_version(library)})"


def import_mxnet() -> ModuleType:
    """Import MXNet, always in the same way.

    MXNet 1.9.1 still reads ``numpy.bool``, which numpy removed in 1.24: the alias has to stand before the import.
    One OpenMP thread is the default, because two were measured to be many times slower on a busy machine.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MXNET_SUBGRAPH_VERBOSE", "0")
    vars(import_module("numpy")).setdefault("bool", bool)
    hidden = [name for name in _OPTIONAL if name not in sys.modules]
    try:
        for name in hidden:
            sys.modules[name] = None  # type: ignore[assignment] # as Python says that there is none of this name
        return import_module(MXNET)
    finally:
        for name in hidden:
            del sys.modules[name]


def _find_version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
