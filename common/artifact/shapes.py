"""How large a network's input is (`model-shapes.json`) and what it computes from that: each value, each parameter.

The arithmetic is that of MXNet's operators, with its `valid` convention for windows:
https://mxnet.apache.org/versions/1.9.1/api/python/docs/api/symbol/op/index.html.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

from common.artifact.errors import BadArtifact
from common.artifact.graph import Graph, Node
from common.artifact.operators import ANSWERS, OPERATORS
from common.artifact.params import Array
from common.artifact.symbol import parse_json

Shape = tuple[int, ...]

INPUT = "data"
MOST_BYTES = 1 << 16
SIDES = range(8, 1025)
CHANNELS = (1, 3)
MOST_VALUES = 1 << 25
"""In one value of the network for one image: 134 MB, and 8 GB for the largest batch, of 64."""


def parse_input_shape(content: bytes) -> tuple[int, int, int]:
    """Read (channels, height, width) of `[{"shape": [1, 3, 28, 28], "name": "data"}]`; raises BadArtifact."""
    try:
        shape = parse_json(content)[0]["shape"][-3:]
        channels, height, width = (int(size) for size in shape)
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise BadArtifact("it does not give the network's input shape") from error
    if channels not in CHANNELS or height not in SIDES or width not in SIDES:
        raise BadArtifact(
            f"it gives images of {channels}x{height}x{width}, where 1 or 3 channels and sides of "
            f"{SIDES.start} to {SIDES.stop - 1} are allowed"
        )
    return channels, height, width


def infer_shapes(graph: Graph, parameters: Mapping[str, Array], input_shape: Shape) -> list[Shape]:
    """Infer each node's shape for one image, without the batch; of variables only the input has one.

    Raises BadArtifact where a parameter is missing or has another shape, where a window does not fit, and where a value
    is larger than `MOST_VALUES`: nothing of the network has been allocated then.
    """
    shapes: list[Shape] = []
    for node in graph.nodes:
        shapes.append(input_shape if node.name == INPUT else ())
        if node.is_variable:
            continue
        known = OPERATORS[node.operator]
        given = [shapes[place] for place in node.inputs[: known.data]]
        if () in given:
            raise BadArtifact(f"{node.name!r} reads a variable that is not the input {INPUT!r}")
        shapes[-1], wanted = _RULES[node.operator](node, given)
        if min(shapes[-1], default=0) < 1:
            raise BadArtifact(f"the window of {node.name!r} does not fit the values of the shape {given[0]}")
        if prod(shapes[-1]) > MOST_VALUES:
            raise BadArtifact(
                f"the layer {node.name!r} has {prod(shapes[-1]):,} values an image, where {MOST_VALUES:,} are allowed"
            )
        _check_parameters(graph, node, wanted, parameters)
    output = graph.nodes[graph.output].operator
    if output not in ANSWERS:
        raise BadArtifact(f"its output is that of {output}, where {' or '.join(ANSWERS)} is needed")
    return shapes


def _check_parameters(graph: Graph, node: Node, wanted: Sequence[Shape], parameters: Mapping[str, Array]) -> None:
    places = node.inputs[OPERATORS[node.operator].data :]
    if node.operator in ANSWERS:
        return  # a label, which nothing reads here
    if len(places) != len(wanted):
        raise BadArtifact(f"{node.name!r} has {len(places)} parameters, where its attributes make {len(wanted)}")
    for place, shape in zip(places, wanted, strict=True):
        name = graph.nodes[place].name
        given = parameters.get(graph.get_key(name))
        if given is None:
            raise BadArtifact(f"its parameters lack {name}")
        if given.shape != shape:
            raise BadArtifact(f"its parameter {name} has the shape {given.shape}, where the network has {shape}")


def _slide(node: Node, shape: Shape, channels: int) -> Shape:
    """Return the shape of what a window of the node makes of (channels, height, width)."""
    settings = [node.pair(*given) for given in (("kernel", 1), ("stride", 1), ("pad", 0), ("dilate", 1))]
    sides = (
        (side + 2 * pad - dilate * (kernel - 1) - 1) // stride + 1
        for side, kernel, stride, pad, dilate in zip(shape[1:], *settings, strict=True)
    )
    return (channels, *sides)


def _convolve(node: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    _check_image(node, given[0])
    filters = int(node.number("num_filter", 0))
    bias = [] if node.flag("no_bias", default=False) else [(filters,)]
    return _slide(node, given[0], filters), [(filters, given[0][0], *node.pair("kernel", 1)), *bias]


def _normalize(_: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    return given[0], [given[0][:1]] * 4


def _pool(node: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    _check_image(node, given[0])
    if node.flag("global_pool", default=False):
        return (given[0][0], 1, 1), []
    if any(pad >= kernel for pad, kernel in zip(node.pair("pad", 0), node.pair("kernel", 1), strict=True)):
        raise BadArtifact(f"the window of {node.name!r} is not larger than what surrounds the image")
    return _slide(node, given[0], given[0][0]), []


def _add(node: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    if given[0] != given[1]:
        raise BadArtifact(f"{node.name!r} adds values of the shapes {given[0]} and {given[1]}")
    return given[0], []


def _flatten(_: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    return (prod(given[0]),), []


def _multiply(node: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    if len(given[0]) > 1 and not node.flag("flatten", default=True):
        raise BadArtifact(f"{node.name!r} does not flatten values of the shape {given[0]}")
    hidden = int(node.number("num_hidden", 0))
    bias = [] if node.flag("no_bias", default=False) else [(hidden,)]
    return (hidden,), [(hidden, prod(given[0])), *bias]


def _answer(node: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    if len(given[0]) != 1:
        raise BadArtifact(f"{node.name!r} reads values of the shape {given[0]}, where one a class is needed")
    return given[0], []


def _keep(_: Node, given: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    return given[0], []


def _check_image(node: Node, shape: Shape) -> None:
    if len(shape) != 3:
        raise BadArtifact(
            f"{node.name!r} reads values of the shape {shape}, where channels, height and width are needed"
        )


_RULES: Mapping[str, Callable[[Node, Sequence[Shape]], tuple[Shape, list[Shape]]]] = {
    "_copy": _keep,
    "Cast": _keep,
    "Convolution": _convolve,
    "BatchNorm": _normalize,
    "Activation": _keep,
    "Pooling": _pool,
    "elemwise_add": _add,
    "Flatten": _flatten,
    "FullyConnected": _multiply,
    "SoftmaxOutput": _answer,
    "LogisticRegressionOutput": _answer,
}
