"""What PrepareData writes when all is well."""

from __future__ import annotations

import gc
import hashlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from common.recordio import Record, read_records
from processing import archive
from processing.__main__ import main

if TYPE_CHECKING:
    from tests.unit.processing.conftest import Draft

REAL = Path(__file__).parents[4] / "shared" / "data" / "cifar-100-binary-subset.tar.gz"
SPLITS = ("train", "validation", "test")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed(folder: Path, split: str) -> list[tuple[int, int, str]]:
    rows = (line.split("\t") for line in (folder / f"lst/{split}.lst").read_text().splitlines())
    return [(int(index), int(label), path) for index, label, path in rows]


def pixels(path: Path) -> bytes:
    return np.asarray(Image.open(path)).tobytes()


@pytest.fixture
def prepared(draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]) -> Path:
    draft.save(tmp_path / "archive")
    assert main(arguments()) == 0
    return tmp_path / "run"


def test_every_listed_picture_exists_and_every_picture_is_listed(prepared: Path) -> None:
    for split in SPLITS:
        on_disk = {str(path.relative_to(prepared / split)) for path in (prepared / split).rglob("*.png")}
        assert {path for _, _, path in listed(prepared, split)} == on_disk


def test_a_listing_counts_from_zero_and_its_class_agrees_with_the_folder(prepared: Path) -> None:
    for split in SPLITS:
        rows = listed(prepared, split)
        assert [index for index, _, _ in rows] == list(range(len(rows)))
        assert all(path.startswith(("bicycle/", "motorcycle/")[label]) for _, label, path in rows)


def test_the_validation_share_is_exact_in_each_class(prepared: Path) -> None:
    counts = json.loads((prepared / "lst/manifest.json").read_text())["counts"]
    assert counts == {
        "train": {"bicycle": 18, "motorcycle": 18},
        "validation": {"bicycle": 2, "motorcycle": 2},
        "test": {"bicycle": 5, "motorcycle": 5},
    }


def test_the_splits_share_no_picture(prepared: Path) -> None:
    seen = [pixels(path) for split in SPLITS for path in (prepared / split).rglob("*.png")]
    assert len(seen) == len(set(seen)) == 50


def test_a_picture_keeps_every_pixel_and_is_rgb(prepared: Path, draft: Draft) -> None:
    record = draft.files["cifar-100-binary/test.bin"][:3074]
    image = Image.open(prepared / "test/bicycle/test_00000.png")
    assert image.mode == "RGB"
    planes = np.asarray(image).transpose(2, 0, 1)
    assert planes.tobytes() == record[2:]


def test_the_manifest_vouches_for_the_lists(prepared: Path) -> None:
    manifest = json.loads((prepared / "lst/manifest.json").read_text())
    for split in SPLITS:
        content = (prepared / f"lst/{split}.lst").read_bytes()
        assert manifest["lists"][split]["lst_sha256"] == hashlib.sha256(content).hexdigest()
        assert manifest["lists"][split]["pictures"] == len(listed(prepared, split))
    assert manifest["labels"] == {"bicycle": 0, "motorcycle": 1}


def test_source_and_version_are_recorded(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = draft.save(tmp_path / "archive")
    monkeypatch.setenv("DATASET_VERSION", "2026-11")
    assert main(arguments("run", "--source", "s3://bucket/raw/")) == 0
    manifest = json.loads((tmp_path / "run/lst/manifest.json").read_text())
    assert (manifest["source"], manifest["dataset_version"]) == ("s3://bucket/raw/", "2026-11")
    assert manifest["archive"]["sha256"] == hashlib.sha256(given.read_bytes()).hexdigest()


def test_the_archive_s_digest_is_of_all_of_it_however_many_reads_it_takes(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "READ_BYTES", 1000)
    draft.files["cifar-100-binary/other.bin"] = np.random.default_rng(0).bytes(50_000)  # passed over
    content = draft.save(tmp_path / "archive").read_bytes()
    assert main(arguments("run")) == 0
    told = json.loads((tmp_path / "run/lst/manifest.json").read_text())["archive"]
    assert (told["sha256"], told["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))


def test_preparing_leaves_the_garbage_collector_as_it_was(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    assert main(arguments("good")) == 0
    assert gc.isenabled()
    (tmp_path / "archive/cifar.tar.gz").write_bytes(b"no archive")
    assert main(arguments("bad")) == 1
    assert gc.isenabled()


def test_a_second_run_writes_the_same_bytes(draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]) -> None:
    draft.save(tmp_path / "archive")
    more = ("--augment", "2", "--resize", "40")
    assert main(arguments("one", *more)) == main(arguments("two", *more)) == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_another_seed_cuts_another_validation_share(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    assert main(arguments("one")) == main(arguments("two", "--seed", "7")) == 0
    one, two = ({path for _, _, path in listed(tmp_path / run, "validation")} for run in ("one", "two"))
    assert one != two
    assert len(one) == len(two)


def test_a_training_picture_that_is_in_the_test_set_is_left_out(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    leaked = draft.files["cifar-100-binary/test.bin"][: 2 * 3074]
    draft.files["cifar-100-binary/train.bin"] += leaked
    draft.save(tmp_path / "archive")
    assert main(arguments()) == 0
    manifest = json.loads((tmp_path / "run/lst/manifest.json").read_text())
    assert manifest["duplicates_left_out"]["equal_to_test"] == 2
    assert manifest["counts"]["test"] == {"bicycle": 5, "motorcycle": 5}


def test_a_picture_that_stands_twice_in_train_is_taken_once(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    train = draft.files["cifar-100-binary/train.bin"]
    relabelled = bytes([18, 48]) + train[2:3074]
    draft.files["cifar-100-binary/train.bin"] = train + train[:3074] + relabelled
    draft.save(tmp_path / "archive")
    assert main(arguments()) == 0
    manifest = json.loads((tmp_path / "run/lst/manifest.json").read_text())
    assert manifest["duplicates_left_out"] == {
        "equal_to_test": 0,
        "within_training": 2,
        "with_other_label": 1,
    }


def test_augmented_copies_stand_beside_training_pictures_only(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    assert main(arguments("run", "--augment", "2")) == 0
    run = tmp_path / "run"
    assert [len(listed(run, split)) for split in SPLITS] == [3 * 36, 4, 10]
    original = run / "train" / listed(run, "train")[0][2]
    copy = original.with_name(original.name.replace(".png", "_augmented1.png"))
    assert pixels(copy) != pixels(original)


def test_pictures_are_resized_to_a_square_when_asked(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    assert main(arguments("run", "--resize", "80")) == 0
    assert {Image.open(path).size for path in (tmp_path / "run").rglob("*.png")} == {(80, 80)}


def test_recordio_holds_the_listed_pictures_in_order(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    assert main(arguments("run", "--record-io", str(tmp_path / "rec"))) == 0
    rows = listed(tmp_path / "run", "test")
    images = [(tmp_path / "run/test" / name).read_bytes() for _, _, name in rows]
    read = list(read_records(tmp_path / "rec/test.rec"))
    assert read == [Record((row[1],), image) for row, image in zip(rows, images, strict=True)]


def test_a_folder_that_cannot_be_written_ends_in_a_sentence(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/train").write_text("a file where a folder should be")
    assert main(arguments()) == 1
    assert "could not read or write its files" in (tmp_path / "run/message").read_text()


def test_memory_does_not_grow_with_the_archive(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.files["cifar-100-binary/train.bin"] += bytes([1, 3, *bytes(3072)]) * 20_000  # 61 MB of another class
    draft.save(tmp_path / "archive")
    del draft.files["cifar-100-binary/train.bin"]
    tracemalloc.start()
    assert main(arguments()) == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.skipif(not REAL.exists(), reason="the real images are not here")
def test_real_pictures_are_counted_as_published(tmp_path: Path, arguments: Callable[..., list[str]]) -> None:
    assert main(arguments(archive=REAL.parent)) == 0
    counts = json.loads((tmp_path / "run/lst/manifest.json").read_text())["counts"]
    assert counts["train"] == {"bicycle": 360, "motorcycle": 360}
    assert counts["validation"] == {"bicycle": 40, "motorcycle": 40}
    assert counts["test"] == {"bicycle": 100, "motorcycle": 100}
