"""Hostile symbols and parameters: MXNet would jump to addresses and allocate by shapes, so its loaders get none."""

from __future__ import annotations

import ast
import json
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.artifact.errors import BadArtifact
from common.artifact.params import load_params
from common.artifact.symbol import parse_symbol
from common.jobs import Refusal
from evaluation.artifact import load_artifact
from evaluation.network import Network
from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.artifact import read_artifact

CHECKOUT = Path(__file__).parents[2]
PREFIX = "image-classification"
Node = dict[str, Any]


def _graph(*nodes: Node, **more: object) -> bytes:
    """Two classes from the mean of an image, with nodes between the input and the mean."""
    before = len(nodes)
    tail = [
        {"op": "Pooling", "name": "pool", "attrs": {"kernel": "(7, 7)", "pool_type": "avg", "global_pool": "True"}},
        {"op": "Flatten", "name": "flat"},
        {"op": "null", "name": "fc_weight"},
        {"op": "null", "name": "fc_bias"},
        {"op": "FullyConnected", "name": "fc", "attrs": {"num_hidden": "2"}},
        {"op": "null", "name": "softmax_label"},
        {"op": "SoftmaxOutput", "name": "softmax"},
    ]
    sources = [[before], [before + 1], [], [], [before + 2, before + 3, before + 4], [], [before + 5, before + 6]]
    for node, inputs in zip(tail, sources, strict=True):
        node["inputs"] = [[place, 0, 0] for place in inputs]
    every = [{"op": "null", "name": "data", "inputs": []}, *nodes, *tail]
    whole = {
        "nodes": every,
        "arg_nodes": [],
        "heads": [[len(every) - 1, 0, 0]],
        "attrs": {"mxnet_version": ["int", 10901]},
    }
    return json.dumps(whole | more).encode()


def _node(op: object, inputs: object = ((0, 0, 0),), name: object = "hostile", **attributes: object) -> Node:
    return {"op": op, "name": name, "attrs": attributes, "inputs": inputs}


CALLING = {
    "_Native": _node("_Native", info="0x4141414141", need_top_grad="False"),
    "_NDArray": _node("_NDArray", info="0x4141414141"),
    "Custom": _node("Custom", op_type="whatever"),
    "_CustomFunction": _node("_CustomFunction", num_args="1", num_outs="1"),
    "_foreach": _node("_foreach", num_args="1"),
    "_subgraph_op": _node("_subgraph_op"),
    "_cvimread": _node("_cvimread", filename="/etc/passwd"),
    "_npi_normal": _node("_npi_normal"),
    "reshape": _node("reshape", shape="(4294967296, 4294967296)"),
}
SYMBOLS: dict[str, bytes] = {f"the operator {name}": _graph(node) for name, node in CALLING.items()}
SYMBOLS |= {
    "a list for an operator": _graph(_node(["_copy"])),
    "a hidden subgraph": _graph({**_node("_copy"), "subgraphs": [{"nodes": []}]} | {"op": "_cond"}),
    "an operator under a second key": _graph(_node("_copy")).replace(
        b'"op": "_copy"', b'"op": "_copy", "op": "_Native"'
    ),
    "an attribute that it has not": _graph(_node("_copy", info="0x41")),
    "an old attribute that it has not": _graph(
        {"op": "_copy", "name": "x", "param": {"info": "1"}, "inputs": [[0, 0]]}
    ),
    "a filter for each of a million": _graph(
        {"op": "null", "name": "w", "inputs": []},
        _node("Convolution", [[0, 0, 0], [1, 0, 0]], kernel="(3, 3)", num_filter="1000000", no_bias="True"),
    ),
    "a kernel of thousands": _graph(_node("Pooling", kernel="(9999, 9999)", pool_type="max")),
    "a number below zero": _graph(_node("Pooling", kernel="(3, 3)", pad="(-1, -1)", pool_type="max")),
    "an attribute that is a number": _graph(_node("Activation", act_type=5)),
    "an attribute of a million letters": _graph(_node("Activation", act_type="r" * 1_000_000)),
    "a node that takes itself": _graph(_node("_copy", [[1, 0, 0]])),
    "a node that takes a later one": _graph(_node("_copy", [[3, 0, 0]])),
    "a node before the first": _graph(_node("_copy", [[-1, 0, 0]])),
    "an output that no node has": _graph(_node("_copy", [[0, 9, 0]])),
    "a connection of true": _graph(_node("_copy", [[False, 0, 0]])),
    "inputs that are none": _graph(_node("_copy", None)),
    "too many inputs": _graph(_node("_copy", [[0, 0, 0], [0, 0, 0]])),
    "a layer as a weight": _graph(
        _node("_copy"),
        _node("Convolution", [[1, 0, 0], [1, 0, 0]], "c", kernel="(3, 3)", num_filter="8", no_bias="True"),
    ),
    "one name twice": _graph(_node("_copy", name="data")),
    "a name that is none": _graph(_node("_copy", name="a\n\x1b[2J")),
    "5,000 nodes": _graph(*(_node("_copy", name=f"n{number}") for number in range(5_000))),
    "no output": _graph(heads=[]),
    "an output that is not there": _graph(heads=[[99, 0, 0]]),
    "no nodes": _graph(nodes=[]),
    "nodes that are none": _graph(nodes=[1, None, []]),
    "a list": b"[]",
    "a hundred thousand brackets": b"[" * 100_000,
    "five megabytes": b'{"nodes": [' + b" " * (5 << 20) + b"]}",
    "half of it": _graph()[:200],
    "a number of 10,000 digits": b'{"nodes": [' + b"9" * 10_000 + b"]}",
    "noise": bytes(range(256)),
}


def _array(
    shape: tuple[int, ...], data: bytes = b"", magic: int = 0xF993FAC9, storage: int = 0, kind: int = 0, device: int = 1
) -> bytes:
    head = struct.pack("<Iii", magic, storage, len(shape)) + struct.pack(f"<{len(shape)}q", *shape)
    return head + struct.pack("<iii", device, 0, kind) + data


def _parameters(*arrays: bytes, names: tuple[bytes, ...] = (b"arg:fc_weight",), count: int | None = None) -> bytes:
    listed = b"".join(struct.pack("<Q", len(name)) + name for name in names)
    number = len(arrays) if count is None else count
    return struct.pack("<QQQ", 0x112, 0, number) + b"".join(arrays) + struct.pack("<Q", len(names)) + listed


ONE = _array((2, 3), bytes(24))
PARAMETERS: dict[str, bytes] = {
    "a terabyte": _parameters(_array((1 << 38,))),
    "a size that overflows to nothing": _parameters(_array((1 << 32, 1 << 32))),
    "a size that overflows to what is there": _parameters(_array(((1 << 62) + 1, 4), bytes(16))),
    "a size below zero": _parameters(_array((-2, -3), bytes(24))),
    "a size of zero": _parameters(_array((0,))),
    "no dimension": _parameters(_array(())),
    "a thousand dimensions": _parameters(_array((1,) * 1_000, bytes(4))),
    "a sparse array": _parameters(_array((2, 3), bytes(24), storage=1)),
    "an older format": _parameters(_array((2, 3), bytes(24), magic=0xF993FAC8)),
    "integers": _parameters(_array((2, 3), bytes(24), kind=4)),
    "a type that is none": _parameters(_array((2, 3), bytes(24), kind=99)),
    "a device that is none": _parameters(_array((2, 3), bytes(24), device=77)),
    "more arrays than there are": _parameters(ONE, count=3_000),
    "arrays without end": _parameters(ONE, count=1 << 60),
    "fewer names than arrays": _parameters(ONE, ONE),
    "a name twice": _parameters(ONE, ONE, names=(b"arg:a", b"arg:a")),
    "a name of no kind": _parameters(ONE, names=(b"fc_weight",)),
    "a name that steers the terminal": _parameters(ONE, names=(b"arg:\x1b[2J",)),
    "a name without end": _parameters(ONE)[:-21] + struct.pack("<Q", 1 << 60) + b"arg:fc_weight",
    "something after its names": _parameters(ONE) + b"more",
    "half of it": _parameters(ONE)[:40],
    "nothing": b"",
    "a pickle": b"\x80\x04}\x94.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid artifact."""
    (tmp_path / f"{PREFIX}-symbol.json").write_bytes(_graph())
    arrays = (_array((2, 3), bytes(24)), _array((2,), bytes(8)))
    (tmp_path / f"{PREFIX}-0001.params").write_bytes(_parameters(*arrays, names=(b"arg:fc_weight", b"arg:fc_bias")))
    (tmp_path / "model-shapes.json").write_text('[{"shape": [1, 3, 28, 28], "name": "data"}]')
    return tmp_path


def _evaluate(folder: Path) -> None:
    with tarfile.open(folder / "model.tar.gz", "w:gz") as packed:
        for path in sorted(folder.glob("*model-shapes.json")) + sorted(folder.glob(f"{PREFIX}-*")):
            packed.add(path, path.name)
    Network(load_artifact(folder), 2)


READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "EvaluateModel": (_evaluate, Refusal),
    "the algorithm": (read_artifact, ClientError),
}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_made_hostile_here_is_good_as_it_stands(folder: Path, reader: str) -> None:
    READERS[reader][0](folder)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", SYMBOLS)
def test_a_hostile_symbol_is_refused(folder: Path, reader: str, name: str) -> None:
    (folder / f"{PREFIX}-symbol.json").write_bytes(SYMBOLS[name])
    read, refusal = READERS[reader]
    with pytest.raises(refusal, match=r"image-classification-symbol\.json cannot be used, as") as caught:
        read(folder)
    assert len(str(caught.value)) < 600
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("operator", CALLING)
def test_an_operator_that_no_resnet_has_is_refused_by_its_name(folder: Path, operator: str) -> None:
    with pytest.raises(BadArtifact, match=f"the operator '{operator}', where a ResNet has _copy, Cast, Convolution"):
        parse_symbol(SYMBOLS[f"the operator {operator}"])


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", PARAMETERS)
def test_hostile_parameters_are_refused(folder: Path, reader: str, name: str) -> None:
    (folder / f"{PREFIX}-0001.params").write_bytes(PARAMETERS[name])
    read, refusal = READERS[reader]
    with pytest.raises(refusal, match=r"image-classification-0001\.params cannot be used, as") as caught:
        read(folder)
    assert len(str(caught.value)) < 600
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", PARAMETERS)
def test_hostile_parameters_of_a_checkpoint_are_refused(folder: Path, name: str) -> None:
    (folder / "0001.params").write_bytes(PARAMETERS[name])
    with pytest.raises(BadArtifact):
        load_params(folder / "0001.params")


@pytest.mark.parametrize("reader", READERS)
def test_a_net_whose_values_fill_the_memory_is_refused(folder: Path, reader: str) -> None:
    weight: Node = {"op": "null", "name": "w", "inputs": []}
    wide = {"kernel": "(1, 1)", "stride": "(1, 1)", "pad": "(99, 99)", "num_filter": "8192", "no_bias": "True"}
    nodes = [weight, _node("Convolution", [[0, 0, 0], [1, 0, 0]], "c", **wide)]
    (folder / f"{PREFIX}-symbol.json").write_bytes(_graph(*nodes))
    (folder / "model-shapes.json").write_text('[{"shape": [1, 3, 1024, 1024], "name": "data"}]')
    read, refusal = READERS[reader]
    with pytest.raises(refusal, match=r"the layer 'c' has [0-9,]+ values an image"):
        read(folder)


LOADERS = {"load", "load_json", "load_checkpoint", "imports", "load_parameters", "load_params", "load_frombuffer"}


def test_mxnet_loads_nothing_that_others_wrote() -> None:
    for package in ("common", "processing", "evaluation", "monitoring", "localaws", "console", "seedcode", "pipelines"):
        for path in (CHECKOUT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in LOADERS:
                    assert not ast.unparse(called).startswith(("mx.", "mxnet.")), path
