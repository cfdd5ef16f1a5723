"""An untrusted symbol of an artifact."""

from __future__ import annotations

import json
from contextlib import suppress

from common.artifact.errors import BadArtifact
from common.artifact.symbol import format_symbol, parse_symbol

_NODES = [
    {"op": "null", "name": "data", "inputs": []},
    *({"op": "null", "name": f"bn_{name}", "inputs": []} for name in ("gamma", "beta", "mean", "var")),
    {"op": "BatchNorm", "name": "bn", "attrs": {"eps": "2e-05"}, "inputs": [[at, 0, int(at > 2)] for at in range(5)]},
    {"op": "Pooling", "name": "pool", "attrs": {"kernel": "(7, 7)", "pool_type": "avg"}, "inputs": [[5, 0, 0]]},
    {"op": "Flatten", "name": "flat", "inputs": [[6, 0, 0]]},
    {"op": "null", "name": "label", "attrs": {"__init__": '["zero", {}]'}, "inputs": []},
    {"op": "SoftmaxOutput", "name": "softmax", "param": {"grad_scale": "1"}, "inputs": [[7, 0], [8, 0]]},
]
_SYMBOL = {"nodes": _NODES, "arg_nodes": [0], "heads": [[9, 0, 0]], "attrs": {"mxnet_version": ["int", 10901]}}
SEEDS = [json.dumps(_SYMBOL).encode(), format_symbol(parse_symbol(json.dumps(_SYMBOL))).encode()]


def one_input(data: bytes) -> None:
    """A symbol is refused, or read to a graph that is written and read again the same; no node reads a later one."""
    with suppress(BadArtifact):
        graph = parse_symbol(data)
        assert all(place < number for number, node in enumerate(graph.nodes) for place in node.inputs)
        assert parse_symbol(format_symbol(graph)) == graph
