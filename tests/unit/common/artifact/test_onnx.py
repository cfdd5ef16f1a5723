"""A model as ONNX answers what MXNet answers, and what no network of the algorithm has alone is told by arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest

from common.artifact.graph import Graph, Node
from common.artifact.model import Model
from common.artifact.onnx import build_onnx
from common.artifact.protobuf import Message
from common.artifact.session import Session, _count_threads
from common.artifact.symbol import parse_symbol
from tests.artifacts import build_graph, build_parameters
from tests.judge import Judge, draw_images

IMAGES = draw_images(5, (3, 8, 8))


@pytest.fixture(scope="module")
def judge() -> Judge:
    pytest.importorskip("localaws.algorithms.image_classification.mxnet_network")
    return Judge()


@pytest.mark.parametrize(
    ("layers", "side", "multi_label"), [(20, 28, False), (20, 28, True), (18, 40, False), (50, 32, False)]
)
def test_a_network_answers_as_mxnet_does(judge: Judge, layers: int, side: int, multi_label: bool) -> None:
    network = judge.draw(layers, side, multi_label=multi_label)
    images = draw_images(6, (3, side, side))
    answers = Session(network.model).answer(images)
    np.testing.assert_allclose(answers, network.answer(images), atol=1e-5)
    assert np.ptp(answers[:, 0]) > 0.1, "the images differ, so must the answers"


def test_a_network_of_everything_that_is_allowed_answers_as_mxnet_does(judge: Judge) -> None:
    mx = judge.mx
    body = mx.sym.Convolution(
        mx.sym.Variable("data"), num_filter=4, kernel=(3, 2), stride=(1, 2), pad=(1, 0), dilate=(2, 1), name="c"
    )
    body = mx.sym.Pooling(body, kernel=(2, 2), stride=(2, 1), pad=(1, 1), pool_type="avg", name="p")
    body = mx.sym.Cast(mx.sym.BatchNorm(body, name="b"), dtype="float32", name="same")
    body = mx.sym.Pooling(body, kernel=(1, 1), global_pool=True, pool_type="max", name="g")
    body = mx.sym.FullyConnected(body, num_hidden=5, no_bias=True, name="n")
    body = mx.sym.FullyConnected(body, num_hidden=3, name="f")
    network = judge.draw_symbol(mx.sym.SoftmaxOutput(body, name="softmax"), (3, 8, 8), "f")
    np.testing.assert_allclose(Session(network.model).answer(IMAGES), network.answer(IMAGES), atol=1e-5)


def test_weights_of_float16_and_float64_answer_as_those_of_float32() -> None:
    parameters = {name: array.astype(np.float16).astype(np.float32) for name, array in build_parameters().items()}
    expected = Session(Model(build_graph(), parameters, (3, 8, 8), 1)).answer(IMAGES)
    for kind in (np.float16, np.float64):
        same = {name: array.astype(kind) for name, array in parameters.items()}
        np.testing.assert_array_equal(Session(Model(build_graph(), same, (3, 8, 8), 1)).answer(IMAGES), expected)


def test_answers_do_not_depend_on_what_shares_the_batch() -> None:
    session = Session(Model(build_graph(), build_parameters(), (3, 8, 8), 1))
    alone = np.concatenate([session.answer(image[np.newaxis]) for image in IMAGES])
    np.testing.assert_allclose(session.answer(IMAGES), alone, atol=1e-6)
    np.testing.assert_allclose(alone[:, 1], 1 / (1 + np.exp(-0.04 * (IMAGES.mean(axis=(1, 2, 3)) - 128))), atol=1e-5)


def test_a_label_that_the_file_has_not_is_not_asked_for() -> None:
    nodes = build_graph().nodes
    graph = Graph((*nodes[:6], Node("SoftmaxOutput", "softmax", (5,))), 6)
    assert Session(Model(graph, build_parameters(), (3, 8, 8), 1)).answer(IMAGES).shape == (5, 2)


def test_the_file_says_what_it_takes_and_carries_notes() -> None:
    written = build_onnx(Model(build_graph(4), build_parameters(4), (3, 8, 8), 1), {"labels": "a,b,c,d"})
    session = onnxruntime.InferenceSession(written, providers=["CPUExecutionProvider"])
    (given,), (answered,) = session.get_inputs(), session.get_outputs()
    assert (given.name, given.shape, given.type) == ("data", ["batch", 3, 8, 8], "tensor(float)")
    assert (answered.name, answered.shape) == ("softmax", ["batch", 4])
    assert session.get_modelmeta().custom_metadata_map == {"labels": "a,b,c,d"}
    assert session.get_modelmeta().producer_name == "scones"


def test_a_message_is_written_as_the_specification_s_examples_are() -> None:
    assert Message().add(1, 150).to_bytes() == bytes.fromhex("089601")
    assert Message().add(2, "testing").to_bytes() == bytes.fromhex("120774657374696e67")
    assert Message().add(3, Message().add(1, 150)).to_bytes() == bytes.fromhex("1a03089601")


def test_one_thread_answers_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, count in (("", 1), ("0", 1), ("4,2", 1), ("3", 3)):
        monkeypatch.setenv("OMP_NUM_THREADS", given)
        assert _count_threads() == count


def test_a_graph_that_was_read_and_one_that_was_built_are_the_same_file(judge: Judge) -> None:
    network: Any = judge.draw(20, 28)
    again = Model(parse_symbol(network.symbol.tojson()), network.model.parameters, (3, 28, 28), 1)
    assert build_onnx(again) == build_onnx(network.model)


def test_nothing_is_written_that_no_operator_reads(judge: Judge, capfd: pytest.CaptureFixture[str]) -> None:
    onnxruntime.InferenceSession(build_onnx(judge.draw(20, 28).model), providers=["CPUExecutionProvider"])
    assert "Removing initializer" not in capfd.readouterr().err
