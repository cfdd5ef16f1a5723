"""An untrusted network with parameters, as ONNX Runtime answers for it."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from common.artifact.errors import BadArtifact
from common.artifact.graph import Graph, Node
from common.artifact.model import Model
from common.artifact.session import Session
from common.artifact.symbol import format_symbol, parse_symbol
from tests.artifacts import build_graph

_CONVOLUTION = {"kernel": "(3, 3)", "num_filter": "4", "pad": "(1, 1)", "no_bias": "True"}
_POOLING = {"kernel": "(2, 2)", "stride": "(2, 2)", "pool_type": "max"}
_DENSE = {"num_hidden": "2"}
_NODES = (
    Node("null", "data"),
    Node("null", "weight", (), _CONVOLUTION),
    Node("Convolution", "conv", (0, 1), _CONVOLUTION),
    *(Node("null", name) for name in ("gamma", "beta", "mean", "var")),
    Node("BatchNorm", "bn", (2, 3, 4, 5, 6), {"fix_gamma": "False"}),
    Node("Activation", "relu", (7,), {"act_type": "relu"}),
    Node("elemwise_add", "add", (8, 2)),
    Node("Pooling", "pool", (9,), _POOLING),
    Node("null", "fc_weight", (), _DENSE),
    Node("null", "fc_bias", (), _DENSE),
    Node("FullyConnected", "fc", (10, 11, 12), _DENSE),
    Node("SoftmaxOutput", "softmax", (13,)),
)
SEEDS = [format_symbol(graph).encode() for graph in (Graph(_NODES, len(_NODES) - 1), build_graph())]
_SHAPES = {"arg:weight": (4, 3, 3, 3), "arg:fc_weight": (2, 64), "arg:fc_bias": (2,)}
_SHAPES |= dict.fromkeys(("arg:gamma", "arg:beta", "aux:mean", "aux:var"), (4,))
_PARAMETERS = {name: np.ones(shape, np.float32) for name, shape in _SHAPES.items()}
_MOST_VALUES = 1 << 20


def one_input(data: bytes) -> None:
    """A network is refused, or ONNX Runtime takes it as it was checked and answers as many classes."""
    with suppress(BadArtifact):
        model = Model(parse_symbol(data), _PARAMETERS, (3, 8, 8), 1)
        if sum(int(np.prod(shape)) for shape in model.shapes) < _MOST_VALUES:
            assert Session(model).answer(np.zeros((1, 3, 8, 8), np.float32)).shape == (1, model.classes)
