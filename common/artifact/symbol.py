"""A network's file (`*-symbol.json`): MXNet's symbol JSON of a ResNet, read into a graph and written as MXNet does.

Members of the document, and of a node: https://github.com/apache/tvm/blob/v0.5/nnvm/src/pass/saveload_json.cc;
the layout is that of https://github.com/dmlc/dmlc-core/blob/main/include/dmlc/json.h. Older names of `attrs`:
https://github.com/apache/mxnet/blob/1.9.1/src/nnvm/legacy_json_util.cc.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from common.artifact.errors import BadArtifact
from common.artifact.graph import BATCH_NORM_STATISTICS, VARIABLE, Graph, Node
from common.artifact.operators import NOTES, OPERATORS, Operator

MOST_BYTES = 4 << 20  # that of 200 layers has 0.5 MB
MOST_NODES = 4_000  # 200 layers are 1,687 nodes
_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)
_VERSION = "mxnet_version"
_MOST_IN_A_LINE = 10


def parse_symbol(content: str | bytes) -> Graph:
    """Read a symbol: known operators with known attributes, each node after those that it reads, one output.

    What MXNet notes on variables is kept where it is known, and else left out. Raises BadArtifact.
    """
    if len(content) > MOST_BYTES:
        raise BadArtifact(f"it has more than the {MOST_BYTES:,} bytes that are allowed")
    given = parse_json(content)
    if not isinstance(given, dict) or not isinstance(given.get("nodes"), list):
        raise BadArtifact("it is not a symbol: it has no list of nodes")
    if not 0 < len(given["nodes"]) <= MOST_NODES:
        raise BadArtifact(f"it has {len(given['nodes']):,} nodes, where 1 to {MOST_NODES:,} are allowed")
    nodes: list[Node] = []
    for node in given["nodes"]:
        nodes.append(_parse_node(node, nodes))
    if len({node.name for node in nodes}) < len(nodes):
        raise BadArtifact("two of its nodes have one name")
    heads = given.get("heads")
    if not isinstance(heads, list) or len(heads) != 1:
        raise BadArtifact("it has several outputs or none, where one is allowed")
    return Graph(tuple(nodes), _parse_input(heads[0], len(nodes)), _parse_version(given.get("attrs")))


def parse_json(content: str | bytes) -> Any:  # noqa: ANN401 - what others wrote
    """Read JSON; raises BadArtifact for anything else."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadArtifact(f"it is not JSON, or JSON nested too deeply ({error})") from error


def format_symbol(graph: Graph) -> str:
    """Write a graph as MXNet 1.9.1's `Symbol.tojson` does, to its last blank."""
    outputs = [0]
    for node in graph.nodes:
        outputs.append(outputs[-1] + _count_outputs(node))
    document = {
        "nodes": [_describe(node) for node in graph.nodes],
        "arg_nodes": [place for place, node in enumerate(graph.nodes) if node.is_variable],
        "node_row_ptr": outputs,
        "heads": [[graph.output, 0, 0]],
    }
    if graph.version is not None:
        document["attrs"] = {_VERSION: ["int", graph.version]}
    return _lay_out(document, 0)


def _parse_node(node: object, before: list[Node]) -> Node:
    """Return what is known of a node, given those before it."""
    if not isinstance(node, dict) or not isinstance(node.get("inputs"), list):
        raise BadArtifact(f"its node {len(before)} has not the form of one")
    operator, name = node.get("op"), node.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadArtifact(
            f"its node {len(before)} has the name {str(name)[:60]!r}, where letters, digits, _, . and - are"
        )
    inputs = tuple(_parse_input(given, len(before)) for given in node["inputs"])
    if operator == VARIABLE:
        if inputs:
            raise BadArtifact(f"its variable {name!r} has inputs")
        return Node(VARIABLE, name, (), _parse_notes(node, name))
    known = OPERATORS.get(operator) if isinstance(operator, str) else None
    if known is None:
        raise BadArtifact(f"it holds the operator {str(operator)[:60]!r}, where a ResNet has {', '.join(OPERATORS)}")
    if len(inputs) not in known.inputs or any(not before[place].is_variable for place in inputs[known.data :]):
        raise BadArtifact(f"its {operator} {name!r} takes other inputs than {known.data} and its own parameters")
    return Node(str(operator), name, inputs, _parse_attributes(node, known, name))


def _parse_input(given: object, before: int) -> int:
    """Return which node `[node, output, version]` leads to: the first output of one before."""
    if not isinstance(given, list) or len(given) not in (2, 3) or not all(type(part) is int for part in given):
        raise BadArtifact("a connection in it has not the form of one")
    if not 0 <= given[0] < before or given[1] != 0 or given[-1] not in (0, 1):
        raise BadArtifact(f"a connection in it leads to {given}, where the first output of a node before it is allowed")
    return int(given[0])


def _parse_attributes(node: Mapping[str, Any], known: Operator, name: str) -> dict[str, str]:
    given = _get_attributes(node, name)
    for key, value in given.items():
        if not _is_known(known.attributes, key, value):
            raise BadArtifact(
                f"{name!r} has {str(key)[:60]!r} of {str(value)[:60]!r}, which no ResNet of the algorithm has"
            )
    return given


def _parse_notes(node: Mapping[str, Any], name: str) -> dict[str, str]:
    return {key: value for key, value in _get_attributes(node, name).items() if _is_known(NOTES, key, value)}


def _get_attributes(node: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a node's attributes; MXNet called them `param` and `attr` before `attrs`."""
    given = node.get("attrs", node.get("attr", node.get("param", {})))
    if not isinstance(given, dict):
        raise BadArtifact(f"the attributes of {name!r} have not the form of attributes")
    return given


def _is_known(patterns: Mapping[str, str], key: str, value: object) -> bool:
    pattern = patterns.get(key)
    return pattern is not None and isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _parse_version(attributes: object) -> int | None:
    """Return which MXNet wrote it, as `{"mxnet_version": ["int", 10300]}`."""
    given = attributes.get(_VERSION) if isinstance(attributes, dict) else None
    known = isinstance(given, list) and len(given) == 2 and type(given[1]) is int and 800 <= given[1] < 20_000
    return given[1] if known and given else None


def _describe(node: Node) -> dict[str, Any]:
    """Return a node's members; an input that its operator writes to, as running statistics are, has the version 1."""
    written = BATCH_NORM_STATISTICS if node.operator == "BatchNorm" else len(node.inputs)
    inputs = [[place, 0, int(number >= written)] for number, place in enumerate(node.inputs)]
    attributes = {"attrs": dict(sorted(node.attributes.items()))} if node.attributes else {}
    return {"op": node.operator, "name": node.name, **attributes, "inputs": inputs}


def _count_outputs(node: Node) -> int:
    """Return how many outputs an operator has within MXNet: a BatchNorm its statistics too, a maximum a workspace."""
    if node.operator == "BatchNorm":
        return 3
    return 2 if node.operator == "Pooling" and node.attributes.get("pool_type", "max") == "max" else 1


def _lay_out(value: object, depth: int) -> str:
    """Write JSON as dmlc's writer lays it out: short lists of numbers and lone members in one line."""
    if isinstance(value, dict):
        return _join("{}", [f"{json.dumps(key)}: {_lay_out(inner, depth + 1)}" for key, inner in value.items()], depth)
    if isinstance(value, list):
        plain = not any(isinstance(inner, dict) for inner in value)
        numbers = all(isinstance(inner, int) for inner in value)
        inner = [_lay_out(each, depth + 1) for each in value]
        in_line = plain and (not numbers or len(value) <= _MOST_IN_A_LINE)
        return f"[{', '.join(inner)}]" if in_line else _join("[]", inner, depth, lone=False)
    return json.dumps(value)


def _join(brackets: str, parts: list[str], depth: int, *, lone: bool = True) -> str:
    if lone and len(parts) == 1:
        return f"{brackets[0]}{parts[0]}{brackets[1]}"
    blanks = "  " * depth
    return f"{brackets[0]}\n{blanks}  " + f", \n{blanks}  ".join(parts) + f"\n{blanks}{brackets[1]}"
