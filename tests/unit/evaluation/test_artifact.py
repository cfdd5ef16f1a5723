"""Artifacts that are whole, and those that are not."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.artifact import model
from common.artifact.params import format_params
from evaluation.__main__ import main
from evaluation.artifact import load_artifact
from tests.artifacts import build_parameters, write_artifact, write_parameters


@pytest.fixture
def refused(ready: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Run EvaluateModel, see that it fails with nothing written, and return its sentence."""

    def run() -> str:
        assert main(arguments) == 1
        sentence = (ready / "message").read_text()
        assert capsys.readouterr().err.endswith(sentence + "\n")
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert not (ready / "output").exists()
        return sentence

    return run


def rewrite(ready: Path, change: Callable[[tarfile.TarFile], None]) -> None:
    """Make model.tar.gz anew, with members of our choice."""
    with tarfile.open(ready / "model/model.tar.gz", "w:gz") as tar:
        change(tar)


def test_of_several_epochs_the_last_is_taken(net: Path, packed: Callable[[Path], Path]) -> None:
    params = (net / "image-classification-0003.params").read_bytes()
    (net / "image-classification-0012.params").write_bytes(params)
    (net / "image-classification-0007.params").write_bytes(b"broken")
    read = load_artifact(packed(net).parent).model
    assert (read.epoch, read.input_shape, read.classes) == (12, (3, 28, 28), 2)
    assert format_params(read.parameters) == params


def test_the_digest_is_that_of_the_archive_as_it_came(net: Path, packed: Callable[[Path], Path]) -> None:
    archive = packed(net)
    assert load_artifact(archive.parent).sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()


def test_foreign_files_are_passed_over(ready: Path, net: Path) -> None:
    def change(tar: tarfile.TarFile) -> None:
        for file in net.iterdir():
            tar.add(file, arcname=f"./{file.name}")
        info = tarfile.TarInfo("code/escaped.txt")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"hello"))

    rewrite(ready, change)
    assert load_artifact(ready / "model").model.epoch == 3


def test_an_artifact_without_parameters_is_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str]
) -> None:
    (net / "image-classification-0003.params").unlink()
    packed(net)
    assert "no image-classification-NNNN.params is there, where" in refused()


@pytest.mark.parametrize("name", ["image-classification-symbol.json", "model-shapes.json"])
def test_an_artifact_without_its_description_is_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str], name: str
) -> None:
    (net / name).unlink()
    packed(net)
    assert f"no {name} is there, where" in refused()


def test_a_missing_artifact_is_refused(ready: Path, refused: Callable[[], str]) -> None:
    (ready / "model/model.tar.gz").unlink()
    assert "holds no model.tar.gz" in refused()


def test_a_truncated_artifact_is_refused(ready: Path, refused: Callable[[], str]) -> None:
    path = ready / "model/model.tar.gz"
    path.write_bytes(path.read_bytes()[:-200])
    assert "cannot be used, as it is truncated" in refused()


def test_a_link_in_the_artifact_is_refused(ready: Path, refused: Callable[[], str]) -> None:
    def change(tar: tarfile.TarFile) -> None:
        info = tarfile.TarInfo("model-shapes.json")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)

    rewrite(ready, change)
    assert "'model-shapes.json', a symbolic link, where only files and directories are allowed" in refused()


def test_a_member_of_many_gigabytes_is_refused_by_its_header(
    ready: Path, monkeypatch: pytest.MonkeyPatch, refused: Callable[[], str]
) -> None:
    monkeypatch.setattr(model, "LIMITS", replace(model.LIMITS, file_bytes=100))
    assert (ready / "model/model.tar.gz").exists()
    assert "bytes, where 100 are allowed for a file" in refused()


@pytest.mark.parametrize("shapes", [[], {}, [{"shape": [1]}], [{"shape": ["a", 3, 4]}], "text"])
def test_a_shape_that_cannot_be_read_is_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str], shapes: object
) -> None:
    (net / "model-shapes.json").write_text(json.dumps(shapes))
    packed(net)
    assert "does not give the network's input shape" in refused()


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ([1, 3, 4, 28], "sides of 8 to 1024 are allowed"),
        ([1, 3, 28, 100_000], "sides of 8 to 1024 are allowed"),
    ],
)
def test_a_shape_that_no_net_of_ours_has_is_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str], shape: list[int], said: str
) -> None:
    (net / "model-shapes.json").write_text(json.dumps([{"shape": shape}]))
    packed(net)
    assert said in refused()


def test_a_net_for_grey_images_is_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str]
) -> None:
    write_artifact(net, shape=(1, 28, 28))
    packed(net)
    assert "asks for 1 channel, where 3 are needed" in refused()


def test_parameters_that_are_no_parameters_are_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str]
) -> None:
    (net / "image-classification-0003.params").write_bytes(b"not parameters at all")
    packed(net)
    assert "it is not a file of MXNet's parameters" in refused()


def test_parameters_of_another_net_are_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str]
) -> None:
    write_parameters(net, 3, {"arg:other": np.zeros(1, np.float32)})
    packed(net)
    assert "its parameters lack fc_weight" in refused()


def test_parameters_of_another_size_are_refused(
    net: Path, packed: Callable[[Path], Path], refused: Callable[[], str]
) -> None:
    write_parameters(net, 3, build_parameters(classes=5))
    packed(net)
    assert "its parameter fc_weight has the shape (5, 3), where the network has (2, 3)" in refused()
