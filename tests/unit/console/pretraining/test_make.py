"""A pretraining from archive to kept weights, with the real algorithm. tests/e2e/test_transfer.py ends one by force."""

import time
from pathlib import Path

import pytest

from console.errors import CommandError
from console.pretraining.make import make
from console.pretraining.request import Request, make_request
from console.pretraining.workbench import locked
from localaws.algorithms.image_classification.artifact import read_artifact
from pipelines.profiles import PROFILES
from tests.unit.console.pretraining.conftest import MakeArchive

NET = "20-layers-3x8x8"


def _request(batch: int) -> Request:
    tiny = {"ImageShape": "3,8,8", "MiniBatchSize": str(batch)}
    return make_request(PROFILES["pretrained"], "0" * 64, 1, 1, tiny)


def test_a_failure_is_reported_and_what_follows_it_has_a_head_of_two_classes_and_a_note_of_its_making(
    make_archive: MakeArchive, tmp_path: Path
) -> None:
    archive, said = make_archive(), []
    with pytest.raises(CommandError, match="The number of input images must be bigger"):
        make(_request(batch=1000), archive, tmp_path / "pretrained", said.append)
    assert not (tmp_path / "pretrained" / NET).exists(), "nothing half-made is kept"

    weights = make(_request(batch=8), archive, tmp_path / "pretrained", said.append)
    again = make(_request(batch=8), archive, tmp_path / "pretrained", said.append)

    assert read_artifact(weights.folder).parameters["arg:fc1_weight"].shape[0] == 2
    note = weights.note
    assert note["pictures"] == {"train": 48, "validation": 3}
    assert (note["left_out"], len(note["learned_classes"])) == (["bicycle", "motorcycle"], 98)
    assert (note["epochs"], note["seed"], note["archive"]["sha256"]) == (1, 1, "0" * 64)
    assert 0 <= note["held_out_accuracy"] <= 1 and note["seconds"] > 0
    assert again.note == note, "an equal request is answered with what is kept"
    assert len([line for line in said if line.startswith("epoch ")]) == 1
    assert not (tmp_path / "pretrained" / f"{NET}.unfinished").exists()


def test_two_at_once_do_not_share_a_folder(tmp_path: Path) -> None:
    with locked(tmp_path / "net.lock", patience=0), pytest.raises(CommandError, match=r"Another `scones pretrain`"):
        started = time.monotonic()
        with locked(tmp_path / "net.lock", patience=0.2):
            raise AssertionError(f"taken twice after {time.monotonic() - started:.1f} s")
