"""An untrusted symbol and parameters, as they are checked before MXNet reads them."""

from __future__ import annotations

import json
import struct
from contextlib import suppress

from common.model_files import BadModel, check_parameters, read_input_shape, read_symbol
from tests.fuzz.scratch import file

_NODES = [
    {"op": "null", "name": "data", "inputs": []},
    {"op": "Pooling", "name": "pool", "attrs": {"kernel": "(7, 7)", "pool_type": "avg"}, "inputs": [[0, 0, 0]]},
    {"op": "Flatten", "name": "flat", "inputs": [[1, 0, 0]]},
]
_SYMBOL = {"nodes": _NODES, "arg_nodes": [0], "heads": [[2, 0, 0]], "attrs": {"mxnet_version": ["int", 10901]}}
_ARRAY = struct.pack("<Iii2qiii", 0xF993FAC9, 0, 2, 1, 2, 1, 0, 0) + bytes(8)
_NAMES = struct.pack("<QQ", 1, 5) + b"arg:a"
SEEDS = [
    json.dumps(_SYMBOL).encode(),
    struct.pack("<QQQ", 0x112, 0, 1) + _ARRAY + _NAMES,
    b'[{"shape": [1, 3, 28, 28], "name": "data"}]',
]


def one_input(data: bytes) -> None:
    """A file passes and has only what is allowed, or is refused."""
    with file("model", data) as path:
        for check in (check_parameters, read_input_shape):
            with suppress(BadModel):
                check(path)
        with suppress(BadModel):
            known = json.loads(read_symbol(path))
            assert all(place < number for number, node in enumerate(known["nodes"]) for place, *_ in node["inputs"])
