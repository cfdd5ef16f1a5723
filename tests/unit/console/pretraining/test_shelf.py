"""Weights count when they are whole: file and note belong together, for the maker and for the local AWS alike."""

from pathlib import Path

import pytest

from console.pretraining.shelf import MODEL, NOTE, Weights, find, keep
from localaws.jobs import pretrained

NET = {"num_layers": 18, "image_shape": "3,64,64"}
ASKED = {"use_pretrained_model": "1", "num_layers": "18", "image_shape": "3, 64, 64"}


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """Kept weights in the home of a local AWS."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "image-classification-0001.params").write_bytes(b"parameters")
    return keep(files, tmp_path / "pretrained" / "18-layers-3x64x64", NET)


def test_what_was_kept_is_found_by_its_maker_and_by_a_job_of_its_net(weights: Weights, tmp_path: Path) -> None:
    assert find(weights.folder) == weights
    assert pretrained.environment(tmp_path, ASKED) == {"SCONES_PRETRAINED_DIR": str(weights.folder)}


@pytest.mark.parametrize("other", [{"num_layers": "34"}, {"image_shape": "3,32,32"}, {"use_pretrained_model": "0"}])
def test_a_job_of_another_net_or_without_the_wish_gets_none(
    weights: Weights, tmp_path: Path, other: dict[str, str]
) -> None:
    assert pretrained.environment(tmp_path, ASKED | other) == {}


def test_a_file_that_is_not_its_notes_is_used_by_nobody(weights: Weights, tmp_path: Path) -> None:
    weights.model.write_bytes(weights.model.read_bytes()[:-1])
    assert find(weights.folder) is None
    assert pretrained.environment(tmp_path, ASKED) == {}


@pytest.mark.parametrize("missing", [MODEL, NOTE])
def test_half_a_pair_is_used_by_nobody(weights: Weights, tmp_path: Path, missing: str) -> None:
    (weights.folder / missing).unlink()
    assert find(weights.folder) is None
    assert pretrained.environment(tmp_path, ASKED) == {}
