"""Symbols of the algorithm's networks are read whole and written byte for byte; others are refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from common.artifact.errors import BadArtifact
from common.artifact.graph import Graph, Node
from common.artifact.symbol import format_symbol, parse_symbol

DEPTHS = [(20, 28), (32, 28), (44, 28), (56, 28), (110, 28), (164, 28)]
DEPTHS += [(18, 32), (34, 32), (50, 32), (101, 32), (152, 32), (200, 32), (18, 224), (50, 224)]


@pytest.fixture(scope="module")
def mx() -> Any:
    return pytest.importorskip("localaws.algorithms.image_classification.mxnet_network").mx


def _document(*nodes: dict[str, Any], **more: Any) -> str:
    every = [{"op": "null", "name": "data", "inputs": []}, *nodes]
    return json.dumps({"nodes": every, "heads": [[len(every) - 1, 0, 0]], **more})


@pytest.mark.parametrize(("layers", "side"), DEPTHS)
def test_mxnet_writes_the_same_bytes_for_every_depth(mx: Any, layers: int, side: int) -> None:
    from tests.mxnet_resnet import add_probabilities, build_logits

    for multi_label in (False, True):
        written = add_probabilities(build_logits(7, layers, side), multi_label=multi_label).tojson()
        assert format_symbol(parse_symbol(written)) == written


def test_mxnet_reads_what_is_written_as_the_same_network(mx: Any) -> None:
    from tests.mxnet_resnet import add_probabilities, build_logits

    made = add_probabilities(build_logits(7, 18, 64), multi_label=False)
    graph = parse_symbol(made.tojson())
    read = mx.sym.load_json(format_symbol(graph))
    assert read.list_arguments() == made.list_arguments()
    assert read.list_auxiliary_states() == made.list_auxiliary_states()
    assert graph.statistics == set(made.list_auxiliary_states())
    assert read.get_internals().infer_shape(data=(2, 3, 64, 64)) == made.get_internals().infer_shape(
        data=(2, 3, 64, 64)
    )


def test_an_attribute_that_is_missing_has_mxnet_s_default() -> None:
    node = Node("Convolution", "c", (0, 1), {"kernel": "(3, 5)", "no_bias": "1"})
    assert node.pair("kernel", 1) == (3, 5)
    assert node.pair("stride", 1) == (1, 1)
    assert node.flag("no_bias", default=False)
    assert not node.flag("cudnn_off", default=False)
    assert node.number("eps", 1e-3) == 1e-3


@pytest.mark.parametrize("key", ["attrs", "attr", "param"])
def test_attributes_are_read_under_the_names_that_mxnet_has_given_them(key: str) -> None:
    cast = {"op": "Cast", "name": "cast", key: {"dtype": "float16"}, "inputs": [[0, 0]]}
    graph = parse_symbol(_document(cast, attrs={"mxnet_version": ["int", 10300]}))
    assert graph == Graph((Node("null", "data"), Node("Cast", "cast", (0,), {"dtype": "float16"})), 1, 10300)


def test_a_note_that_is_not_known_is_left_out_of_a_variable() -> None:
    notes = {"__shape__": "(1073741824, 1073741824)", "kernel": "(3, 3)", "__init__": '["zero", {}]'}
    weight = {"op": "null", "name": "w", "attrs": notes, "inputs": []}
    assert parse_symbol(_document(weight)).nodes[1].attributes == {"kernel": "(3, 3)", "__init__": '["zero", {}]'}


@pytest.mark.parametrize("operator", ["_Native", "_NDArray", "Custom", "_foreach", "softmax"])
def test_an_operator_that_no_resnet_has_is_refused_by_its_name(operator: str) -> None:
    with pytest.raises(BadArtifact, match=f"the operator '{operator}', where a ResNet has _copy, Cast, Convolution"):
        parse_symbol(_document({"op": operator, "name": "x", "inputs": [[0, 0, 0]]}))


def test_an_attribute_that_no_operator_has_is_refused_by_its_name() -> None:
    with pytest.raises(BadArtifact, match="'x' has 'info' of '0x41', which no ResNet of the algorithm has"):
        parse_symbol(_document({"op": "_copy", "name": "x", "attrs": {"info": "0x41"}, "inputs": [[0, 0, 0]]}))


def test_statistics_that_are_missing_are_refused() -> None:
    with pytest.raises(BadArtifact, match="its BatchNorm 'bn' takes other inputs"):
        parse_symbol(_document({"op": "BatchNorm", "name": "bn", "inputs": [[0, 0, 0]] * 3}))
