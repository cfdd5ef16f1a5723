"""A whole artifact from a folder and from an archive, and the shapes of what its network computes."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.artifact import model
from common.artifact.errors import BadArtifact
from common.artifact.graph import Graph, Node
from common.artifact.model import Model, load_model, read_model
from common.artifact.shapes import MOST_VALUES, infer_shapes, parse_input_shape
from tests.artifacts import build_graph, build_parameters, write_artifact

DATA = Node("null", "data")
FC = build_graph().nodes[2:]


def _pack(folder: Path, prefix: str = "") -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, f"{prefix}{path.name}")
    packed.seek(0)
    return packed


def test_a_folder_and_its_archive_hold_the_same_model(tmp_path: Path) -> None:
    write_artifact(tmp_path, classes=3, epoch=7)
    loaded = load_model(tmp_path)
    assert (loaded.epoch, loaded.input_shape, loaded.classes) == (7, (3, 28, 28), 3)
    for prefix in ("", "./", "a/folder/"):
        packed = read_model(_pack(tmp_path, prefix))
        assert packed.graph == loaded.graph == build_graph(3)
        assert all((packed.parameters[name] == array).all() for name, array in loaded.parameters.items())


def test_the_epoch_counts_as_a_number(tmp_path: Path) -> None:
    for epoch in (9999, 10_000, 2):
        write_artifact(tmp_path, epoch=epoch)
    assert load_model(tmp_path).epoch == read_model(_pack(tmp_path)).epoch == 10_000


def test_an_earlier_epoch_may_be_broken_and_the_last_may_not(tmp_path: Path) -> None:
    write_artifact(tmp_path, epoch=5)
    (tmp_path / "image-classification-0002.params").write_bytes(b"broken")
    assert load_model(tmp_path).epoch == 5
    (tmp_path / "image-classification-0006.params").write_bytes(b"broken")
    with pytest.raises(BadArtifact, match=r"image-classification-0006\.params cannot be used"):
        read_model(_pack(tmp_path))


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    write_artifact(tmp_path / "a")
    write_artifact(tmp_path / "b")
    with pytest.raises(BadArtifact, match="is there twice"):
        read_model(_pack(tmp_path))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadArtifact, match=r"no image-classification-symbol\.json, model-shapes\.json, image-class"):
        load_model(tmp_path)


def test_parameters_of_another_network_make_no_model() -> None:
    with pytest.raises(BadArtifact, match="its parameters lack fc_bias"):
        Model(build_graph(), {"arg:fc_weight": np.zeros((2, 3))}, (3, 8, 8), 1)
    with pytest.raises(BadArtifact, match=r"its parameter fc_weight has the shape \(2, 1\), where the network has"):
        Model(build_graph(), build_parameters(channels=1), (3, 8, 8), 1)


@pytest.mark.parametrize("given", [b"[]", b"{}", b"[1]", b'[{"shape": [1]}]', b'[{"shape": ["a", 3, 4]}]', b"[" * 9999])
def test_a_shape_that_is_none_is_refused(given: bytes) -> None:
    with pytest.raises(BadArtifact, match=r"input shape|not JSON"):
        parse_input_shape(given)


def _infer(*nodes: Node, **parameters: tuple[int, ...]) -> None:
    """Infer what a graph computes that answers by the last of its nodes."""
    arrays = {f"arg:{name}": np.zeros(shape, np.float32) for name, shape in parameters.items()}
    infer_shapes(Graph((DATA, *nodes), len(nodes)), arrays, (3, 8, 8))


WINDOW = {"kernel": "(3, 3)", "pool_type": "max"}


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([Node("Pooling", "p", (0,), WINDOW | {"kernel": "(9, 9)"})], "the window of 'p' does not fit"),
        ([Node("Pooling", "p", (0,), WINDOW | {"pad": "(3, 3)"})], "is not larger than what surrounds the image"),
        ([Node("Flatten", "f", (0,)), Node("Pooling", "p", (1,), WINDOW)], r"'p' reads values of the shape \(192,\)"),
        ([Node("Pooling", "p", (0,), WINDOW), Node("elemwise_add", "a", (0, 1))], "'a' adds values of the shapes"),
        ([Node("null", "w"), Node("_copy", "c", (1,))], "'c' reads a variable that is not the input 'data'"),
        ([Node("SoftmaxOutput", "s", (0,))], "'s' reads values of the shape .* where one a class is needed"),
        ([Node("Flatten", "f", (0,))], "its output is that of Flatten, where SoftmaxOutput or Logistic"),
        ([Node("null", "w"), Node("Convolution", "c", (0, 1), {"num_filter": "2"})], "'c' has 1 parameters, where"),
    ],
)
def test_what_no_network_computes_is_refused(nodes: list[Node], said: str) -> None:
    with pytest.raises(BadArtifact, match=said):
        _infer(*nodes)


def test_a_value_too_large_is_refused_before_it_is_computed() -> None:
    attributes = {"kernel": "(1, 1)", "pad": "(99, 99)", "num_filter": "9999", "no_bias": "True"}
    with pytest.raises(BadArtifact, match=f"'c' has 424,317,564 values an image, where {MOST_VALUES:,} are allowed"):
        _infer(Node("null", "w"), Node("Convolution", "c", (0, 1), attributes))


def test_a_member_beyond_the_limits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_artifact(tmp_path)
    (tmp_path / "model-shapes.json").write_bytes(b" " * 70_000)
    with pytest.raises(BadArtifact, match=r"model-shapes\.json cannot be used, as it has 70,000 bytes, where 65,536"):
        load_model(tmp_path)
    monkeypatch.setattr(model, "LIMITS", replace(model.LIMITS, members=2))
    with pytest.raises(Exception, match="more than the 2 members"):
        read_model(_pack(tmp_path))


def test_what_trained_a_model_is_told_by_a_file_that_aws_s_algorithm_does_not_write(tmp_path: Path) -> None:
    write_artifact(tmp_path)
    assert load_model(tmp_path).engine == "sagemaker"
    (tmp_path / "training-engine.json").write_text('{"engine": "portable"}')
    assert load_model(tmp_path).engine == read_model(_pack(tmp_path)).engine == "portable"


@pytest.mark.parametrize("content", ['{"engine": "<b>"}', '{"engine": null}', "[]", "{"])
def test_an_engine_that_does_not_exist_is_refused(tmp_path: Path, content: str) -> None:
    write_artifact(tmp_path)
    (tmp_path / "training-engine.json").write_text(content)
    with pytest.raises(BadArtifact, match=r"training-engine\.json cannot be used, as it "):
        load_model(tmp_path)
