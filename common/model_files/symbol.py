"""Read a symbol (`*-symbol.json`) of a ResNet, and write down again only what was understood of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.model_files.errors import BadModel, load_json, naming

MOST_BYTES = 4 << 20  # that of 200 layers has 0.5 MB
MOST_NODES = 4_000  # 200 layers are 1,687 nodes
_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)
_VERSION = "mxnet_version"

_FLAG = r"True|False|0|1"
_FRACTION = r"\d{1,3}(\.\d{1,20})?(e-?\d{1,2})?"
_PAIR = r"[(\[]\d{1,2}, ?\d{1,2}[)\]]"
_WORD = r"[a-z_]{1,20}"


@dataclass(frozen=True)
class _Operator:
    """How many inputs an operator may have, how many of them must be values of the graph, and its attributes."""

    inputs: range
    data: int
    attributes: Mapping[str, str]


_CONVOLUTION = {
    **{"kernel": _PAIR, "stride": _PAIR, "pad": _PAIR, "dilate": _PAIR},
    **{"num_filter": r"[1-9]\d{0,3}", "no_bias": _FLAG, "workspace": r"\d{1,5}", "cudnn_off": _FLAG},
}
_BATCH_NORM = {
    **{"eps": _FRACTION, "momentum": _FRACTION, "fix_gamma": _FLAG, "use_global_stats": _FLAG, "cudnn_off": _FLAG},
}
_POOLING = {"kernel": _PAIR, "stride": _PAIR, "pad": _PAIR, "pool_type": "max|avg", "global_pool": _FLAG}
_DENSE = {"num_hidden": r"[1-9]\d{0,4}", "no_bias": _FLAG, "flatten": _FLAG}
_SOFTMAX = {"grad_scale": _FRACTION, "normalization": _WORD, "smooth_alpha": _FRACTION}

OPERATORS: Mapping[str, _Operator] = {
    "_copy": _Operator(range(1, 2), 1, {}),
    "Cast": _Operator(range(1, 2), 1, {"dtype": "float16|float32"}),
    "Convolution": _Operator(range(2, 4), 1, _CONVOLUTION),
    "BatchNorm": _Operator(range(3, 6), 1, _BATCH_NORM),
    "Activation": _Operator(range(1, 2), 1, {"act_type": "relu"}),
    "Pooling": _Operator(range(1, 2), 1, _POOLING),
    "elemwise_add": _Operator(range(2, 3), 2, {}),
    "Flatten": _Operator(range(1, 2), 1, {}),
    "FullyConnected": _Operator(range(2, 4), 1, _DENSE),
    "SoftmaxOutput": _Operator(range(1, 3), 1, _SOFTMAX),
    "LogisticRegressionOutput": _Operator(range(1, 3), 1, {"grad_scale": _FRACTION}),
}
"""What the algorithm's nets are made of; MXNet has some thousand more, a few of which call what the file tells them."""


def read_symbol(path: Path) -> str:
    """Return a checked symbol as the JSON text that MXNet may load (`mx.sym.load_json`); raises BadModel.

    It is a ResNet: known operators with known attributes, each node after those that it takes, one output.
    """
    with naming(path):
        return json.dumps(_check(load_json(path, MOST_BYTES)))


def _check(given: object) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("nodes"), list):
        raise BadModel("it is not a symbol: it has no list of nodes")
    if not 0 < len(given["nodes"]) <= MOST_NODES:
        raise BadModel(f"it has {len(given['nodes']):,} nodes, where 1 to {MOST_NODES:,} are allowed")
    nodes: list[dict[str, Any]] = []
    for node in given["nodes"]:
        nodes.append(_check_node(node, nodes))
    if len({node["name"] for node in nodes}) < len(nodes):
        raise BadModel("two of its nodes have one name")
    heads = given.get("heads")
    if not isinstance(heads, list) or len(heads) != 1:
        raise BadModel("it has several outputs or none, where one is allowed")
    known = {
        "nodes": nodes,
        "arg_nodes": [place for place, node in enumerate(nodes) if node["op"] == "null"],
        "heads": [_check_input(heads[0], len(nodes))],
    }
    return known | _version(given.get("attrs"))


def _check_node(node: object, before: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what is known of a node, given those before it."""
    if not isinstance(node, dict) or not isinstance(node.get("inputs"), list):
        raise BadModel(f"its node {len(before)} has not the form of one")
    operator, name = node.get("op"), node.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadModel(f"its node {len(before)} has the name {str(name)[:60]!r}, where letters, digits, _, . and - are")
    inputs = [_check_input(given, len(before)) for given in node["inputs"]]
    if operator == "null":  # a variable: what MXNet notes on it is for drawing first values, which are given here
        if inputs:
            raise BadModel(f"its variable {name!r} has inputs")
        return {"op": "null", "name": name, "inputs": []}
    known = OPERATORS.get(operator) if isinstance(operator, str) else None
    if known is None:
        raise BadModel(f"it holds the operator {str(operator)[:60]!r}, where a ResNet has {', '.join(OPERATORS)}")
    if len(inputs) not in known.inputs or any(before[given[0]]["op"] != "null" for given in inputs[known.data :]):
        raise BadModel(f"its {operator} {name!r} takes other inputs than {known.data} and its own parameters")
    return {"op": operator, "name": name, "attrs": _check_attributes(node, known, name), "inputs": inputs}


def _check_input(given: object, before: int) -> list[int]:
    """Return an input as node, output and version: the first output of a node before."""
    if not isinstance(given, list) or len(given) not in (2, 3) or not all(type(part) is int for part in given):
        raise BadModel("a connection in it has not the form of one")
    if not 0 <= given[0] < before or given[1] != 0 or given[-1] not in (0, 1):
        raise BadModel(f"a connection in it leads to {given}, where the first output of a node before it is allowed")
    return [*given[:2], *given[2:]] if len(given) == 3 else [*given, 0]


def _check_attributes(node: Mapping[str, Any], known: _Operator, name: str) -> dict[str, str]:
    """Return an operator's attributes; MXNet has called them `param` and `attr` before `attrs`."""
    given = node.get("attrs", node.get("attr", node.get("param", {})))
    if not isinstance(given, dict):
        raise BadModel(f"the attributes of {name!r} have not the form of attributes")
    for key, value in given.items():
        pattern = known.attributes.get(key)
        if pattern is None or not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise BadModel(
                f"{name!r} has {str(key)[:60]!r} of {str(value)[:60]!r}, which no ResNet of the algorithm has"
            )
    return dict(given)


def _version(attributes: object) -> dict[str, Any]:
    """Return which MXNet wrote it, by which a later one reads it, as `{"attrs": {"mxnet_version": ["int", 10300]}}`."""
    given = attributes.get(_VERSION) if isinstance(attributes, dict) else None
    known = isinstance(given, list) and len(given) == 2 and type(given[1]) is int and 800 <= given[1] < 20_000
    return {"attrs": {_VERSION: ["int", given[1]]}} if known and given else {}
