"""What the algorithm's networks are made of; MXNet has some thousand operators more.

A few of those call what the file tells them: `_Native` and `_NDArray` an address
(https://github.com/apache/mxnet/blob/1.9.1/src/operator/custom/native_op-inl.h), `Custom` code by its name. Attributes
and their defaults: https://mxnet.apache.org/versions/1.9.1/api/python/docs/api/symbol/op/index.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_FLAG = r"True|False|0|1"
_FRACTION = r"\d{1,3}(\.\d{1,20})?(e-?\d{1,2})?"
_PAIR = r"[(\[][1-9]\d?, ?[1-9]\d?[)\]]"
_PADS = r"[(\[]\d{1,2}, ?\d{1,2}[)\]]"
_WORD = r"[a-z_]{1,20}"


@dataclass(frozen=True)
class Operator:
    """How many inputs an operator may have, how many of them are values of the graph, and its attributes by pattern."""

    inputs: range
    data: int
    attributes: Mapping[str, str]


_CONVOLUTION = {
    **{"kernel": _PAIR, "stride": _PAIR, "pad": _PADS, "dilate": _PAIR},
    **{"num_filter": r"[1-9]\d{0,3}", "no_bias": _FLAG, "workspace": r"\d{1,5}", "cudnn_off": _FLAG},
}
_BATCH_NORM = {
    **{"eps": _FRACTION, "momentum": _FRACTION, "fix_gamma": _FLAG, "use_global_stats": _FLAG, "cudnn_off": _FLAG},
}
_POOLING = {"kernel": _PAIR, "stride": _PAIR, "pad": _PADS, "pool_type": "max|avg", "global_pool": _FLAG}
_DENSE = {"num_hidden": r"[1-9]\d{0,4}", "no_bias": _FLAG, "flatten": _FLAG}
_SOFTMAX = {"grad_scale": _FRACTION, "normalization": _WORD, "smooth_alpha": _FRACTION}

OPERATORS: Mapping[str, Operator] = {
    "_copy": Operator(range(1, 2), 1, {}),
    "Cast": Operator(range(1, 2), 1, {"dtype": "float16|float32"}),
    "Convolution": Operator(range(2, 4), 1, _CONVOLUTION),
    "BatchNorm": Operator(range(5, 6), 1, _BATCH_NORM),
    "Activation": Operator(range(1, 2), 1, {"act_type": "relu"}),
    "Pooling": Operator(range(1, 2), 1, _POOLING),
    "elemwise_add": Operator(range(2, 3), 2, {}),
    "Flatten": Operator(range(1, 2), 1, {}),
    "FullyConnected": Operator(range(2, 4), 1, _DENSE),
    "SoftmaxOutput": Operator(range(1, 3), 1, _SOFTMAX),
    "LogisticRegressionOutput": Operator(range(1, 3), 1, {"grad_scale": _FRACTION}),
}

ANSWERS = ("SoftmaxOutput", "LogisticRegressionOutput")
"""The operators that turn the last layer into probabilities; their second input is a label, which answering ignores."""

# MXNet notes on a variable what the operator has that it belongs to, and how its first values are drawn.
NOTES: Mapping[str, str] = {
    **{name: pattern for operator in OPERATORS.values() for name, pattern in operator.attributes.items()},
    "__init__": r'\["(zero|one)", \{\}\]',
}
