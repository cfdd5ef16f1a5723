"""An artifact as a file of ONNX, which ONNX Runtime answers with and other programs read.

Members and their numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; operators, of the set below:
https://onnx.ai/onnx/operators/. Numbers are float32 throughout: casts to float16, which are for GPUs, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from common.artifact.graph import Node
from common.artifact.model import Model
from common.artifact.operators import OPERATORS
from common.artifact.params import Array
from common.artifact.protobuf import Message
from common.artifact.shapes import INPUT, Shape

_IR_VERSION = 8
_OPERATOR_SET = 17
_FLOAT = 1  # of TensorProto.DataType
_KINDS = {float: (1, 2), int: (2, 3), tuple: (7, 8)}  # AttributeProto.AttributeType, and the member that has the value
_UNNAMED = "/"  # no name of an artifact has it, so that names made here are new

Setting = int | float | tuple[int, ...]


def build_onnx(model: Model, notes: Mapping[str, str] | None = None) -> bytes:
    """Write a model as ONNX, with notes on it as metadata.

    Its input `data` is float32 (batch, channels, height, width) from 0 to 255; its one output has float32 probabilities
    (batch, classes), in the order of the classes' numbers, and the name that the network has for it.
    """
    writer = _Writer(model)
    nodes = [written for node in model.graph.nodes[: model.graph.output + 1] for written in writer.write(node)]
    graph = Message().add(1, *nodes).add(2, "network")
    graph.add(5, *(_describe_array(name, array) for name, array in writer.arrays.items()))
    graph.add(11, _describe_value(INPUT, model.input_shape))
    graph.add(12, _describe_value(model.graph.nodes[model.graph.output].name, (model.classes,)))
    document = Message().add(1, _IR_VERSION).add(2, "scones").add(7, graph)
    document.add(8, Message().add(1, "").add(2, _OPERATOR_SET))
    document.add(14, *(Message().add(1, key).add(2, value) for key, value in (notes or {}).items()))
    return document.to_bytes()


class _Writer:
    """Writes nodes one by one, and collects the arrays that they read."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._names: list[str] = []
        self.arrays: dict[str, Array] = {}

    def write(self, node: Node) -> Iterator[Message]:
        """Yield what a node is in ONNX: nothing, an operator, or two."""
        data = [self._names[place] for place in node.inputs[: len(node.inputs) and OPERATORS[node.operator].data]]
        # What copies and casts is its input under another name.
        self._names.append(data[0] if node.operator in ("_copy", "Cast") else node.name)
        match node.operator:
            case "Convolution":
                settings = _window(node) | {"dilations": node.pair("dilate", 1)}
                yield _operate("Conv", [*data, *self._collect(node)], node.name, settings)
            case "BatchNorm":
                settings = {"epsilon": node.number("eps", 1e-3)}
                yield _operate("BatchNormalization", [*data, *self._collect_norm(node)], node.name, settings)
            case "Activation":
                yield _operate("Relu", data, node.name)
            case "Pooling":
                yield _pool(node, data)
            case "elemwise_add":
                yield _operate("Add", data, node.name)
            case "Flatten":
                yield _operate("Flatten", data, node.name, {"axis": 1})
            case "FullyConnected":
                flat = f"{node.name}{_UNNAMED}flat"
                yield _operate("Flatten", data, flat, {"axis": 1})
                yield _operate("Gemm", [flat, *self._collect(node)], node.name, {"transB": 1})
            case "SoftmaxOutput":
                yield _operate("Softmax", data, node.name, {"axis": 1})
            case "LogisticRegressionOutput":
                yield _operate("Sigmoid", data, node.name)

    def _collect(self, node: Node, first: int = 1) -> list[str]:
        """Collect a node's parameters, from its input `first` on; return their names."""
        graph = self._model.graph
        names = [graph.nodes[place].name for place in node.inputs[first:]]
        self.arrays |= {name: self._model.parameters[graph.get_key(name)] for name in names}
        return names

    def _collect_norm(self, node: Node) -> list[str]:
        """Collect a normalization's parameters; a fixed gamma is one, whatever the file says."""
        if not node.flag("fix_gamma", default=True):
            return self._collect(node)
        fixed, others = f"{node.name}{_UNNAMED}gamma", self._collect(node, first=2)
        self.arrays[fixed] = np.ones_like(self.arrays[others[0]])
        return [fixed, *others]


def _pool(node: Node, data: Sequence[str]) -> Message:
    mean = node.attributes.get("pool_type", "max") == "avg"
    if node.flag("global_pool", default=False):
        return _operate("GlobalAveragePool" if mean else "GlobalMaxPool", data, node.name)
    if mean:  # MXNet counts the zeros around an image
        return _operate("AveragePool", data, node.name, _window(node) | {"count_include_pad": 1})
    return _operate("MaxPool", data, node.name, _window(node))


def _window(node: Node) -> dict[str, Setting]:
    pads = node.pair("pad", 0)
    return {"kernel_shape": node.pair("kernel", 1), "strides": node.pair("stride", 1), "pads": (*pads, *pads)}


def _operate(
    operator: str, inputs: Sequence[str], output: str, settings: Mapping[str, Setting] | None = None
) -> Message:
    """Describe an operator (NodeProto) with one output, which it is also named for."""
    node = Message().add(1, *inputs).add(2, output).add(3, output).add(4, operator)
    for name, value in (settings or {}).items():
        kind, member = _KINDS[type(value)]
        attribute = Message().add(1, name).add(member, *(value if isinstance(value, tuple) else (value,)))
        node.add(5, attribute.add(20, kind))
    return node


def _describe_array(name: str, array: Array) -> Message:
    """Describe an array (TensorProto) by its dimensions and its values."""
    values = np.ascontiguousarray(array, "<f4").tobytes()
    return Message().add(1, *array.shape).add(2, _FLOAT).add(8, name).add(9, values)


def _describe_value(name: str, shape: Shape) -> Message:
    """Describe an input or output (ValueInfoProto) of any number of images."""
    sizes = [Message().add(2, "batch"), *(Message().add(1, size) for size in shape)]
    tensor = Message().add(1, _FLOAT).add(2, Message().add(1, *sizes))
    return Message().add(1, name).add(2, Message().add(1, tensor))
