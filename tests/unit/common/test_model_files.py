"""Symbols and parameters of real nets pass, and what is passed on is the same net."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from common.model_files import BadModel, check_outputs, read_input_shape, read_symbol
from localaws.algorithms.image_classification.engine import mx
from localaws.algorithms.image_classification.resnet import add_probabilities, build_logits


def _symbol(folder: Path, symbol: mx.sym.Symbol) -> Path:
    path = folder / "symbol.json"
    symbol.save(str(path))
    return path


@pytest.mark.parametrize(("layers", "side"), [(20, 28), (110, 28), (18, 224), (50, 32), (200, 224)])
@pytest.mark.parametrize("multi_label", [False, True])
def test_the_algorithm_s_nets_pass_and_stay_what_they_are(
    tmp_path: Path, layers: int, side: int, multi_label: bool
) -> None:
    saved = add_probabilities(build_logits(7, layers, side), multi_label=multi_label)
    read = mx.sym.load_json(read_symbol(_symbol(tmp_path, saved)))
    assert read.list_arguments() == saved.list_arguments()
    assert read.list_auxiliary_states() == saved.list_auxiliary_states()
    assert read.list_outputs() == saved.list_outputs()
    shape = (2, 3, side, side)
    assert read.get_internals().infer_shape(data=shape) == saved.get_internals().infer_shape(data=shape)


def test_a_net_as_aws_s_algorithm_writes_it_passes(tmp_path: Path) -> None:
    """MXNet 1.3 wrote it, with a workspace on its convolutions and what layers are noted on their variables."""
    body = mx.sym.Cast(mx.sym.Variable("data"), dtype="float16")
    body = mx.sym.Convolution(
        body, num_filter=64, kernel=(7, 7), stride=(2, 2), pad=(3, 3), no_bias=True, workspace=256
    )
    body = mx.sym.Activation(mx.sym.BatchNorm(body, fix_gamma=False, eps=2e-5, momentum=0.9), act_type="relu")
    body = mx.sym.Pooling(body, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max")
    dense = mx.sym.FullyConnected(mx.sym.Flatten(body), num_hidden=2, name="fc")
    path = _symbol(tmp_path, mx.sym.SoftmaxOutput(mx.sym.Cast(dense, dtype="float32"), name="softmax"))
    given = json.loads(path.read_text())
    given["attrs"]["mxnet_version"] = ["int", 10300]
    for old in ("attr", "param"):
        renamed = [{old if key == "attrs" else key: value for key, value in node.items()} for node in given["nodes"]]
        path.write_text(json.dumps({**given, "nodes": renamed}))
        read = json.loads(read_symbol(path))
        assert read["attrs"] == given["attrs"]
        assert [node["op"] for node in read["nodes"]] == [node["op"] for node in given["nodes"]]
        assert {node["attrs"]["workspace"] for node in read["nodes"] if node["op"] == "Convolution"} == {"256"}


def test_notes_on_variables_and_what_mxnet_does_not_need_are_left_out(tmp_path: Path) -> None:
    path = _symbol(tmp_path, mx.sym.Variable("data", init=mx.init.Zero(), shape=(1 << 30, 1 << 30)))
    read = json.loads(read_symbol(path))
    assert read["nodes"] == [{"op": "null", "name": "data", "inputs": []}]
    assert set(read) == {"nodes", "arg_nodes", "heads", "attrs"}


@pytest.mark.parametrize(
    "given", ["[]", "{}", "[1]", '[{"shape": [1]}]', '[{"shape": ["a", 3, 4]}]', "[" * 9999, "1e999"]
)
def test_a_shape_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    (tmp_path / "model-shapes.json").write_text(given)
    with pytest.raises(BadModel, match=r"model-shapes\.json cannot be used"):
        read_input_shape(tmp_path / "model-shapes.json")


def test_values_of_eight_gigabytes_are_the_most() -> None:
    check_outputs([(64, 64, 512, 512), ()])
    with pytest.raises(BadModel, match="2,147,549,184 values a batch"):
        check_outputs([(1,), (1 << 16, (1 << 15) + 1)])
