"""Reading artifacts that come from outside."""

import io
import tarfile
from pathlib import Path

import pytest

from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.artifact import read_artifact
from tests.artifacts import write_artifact


def write_files(directory: Path, *epochs: int) -> None:
    for epoch in epochs:
        write_artifact(directory, epoch=epoch)


def test_the_last_of_several_epochs_is_read(tmp_path: Path) -> None:
    write_files(tmp_path, 2, 10, 9)
    artifact = read_artifact(tmp_path)
    assert (artifact.epoch, artifact.input_shape) == (10, (3, 28, 28))


def test_an_archive_is_read_without_following_its_paths(tmp_path: Path) -> None:
    write_files(tmp_path / "made", 1)
    (tmp_path / "given").mkdir()
    with tarfile.open(tmp_path / "given" / "model.tar.gz", "w:gz") as archive:
        for path in (tmp_path / "made").iterdir():
            archive.add(path, arcname=f"a/folder/{path.name}")
        member = tarfile.TarInfo("escaped.txt")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"no"))
    assert read_artifact(tmp_path / "given").epoch == 1
    assert not list(tmp_path.rglob("escaped.txt"))


def test_an_empty_directory_is_refused_with_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match=r"No model artifact was found.*image-classification-symbol\.json"):
        read_artifact(tmp_path)


@pytest.mark.parametrize("name", ["image-classification-symbol.json", "model-shapes.json"])
def test_a_broken_file_is_refused(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, 1)
    (tmp_path / name).write_text("{")
    with pytest.raises(ClientError, match="cannot be read"):
        read_artifact(tmp_path)


def test_truncated_parameters_are_refused(tmp_path: Path) -> None:
    write_files(tmp_path, 1)
    path = tmp_path / "image-classification-0001.params"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ClientError, match="cannot be read"):
        read_artifact(tmp_path)
