"""The profile search: folds that hold out, trials that are kept, intervals that count images and not seeds."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.search import images, page, results
from benchmarks.search.candidates import CANDIDATES
from pipelines.hyperparameters import HYPERPARAMETERS


def archive_of(folder: Path, fine_labels: list[int]) -> Path:
    rng = np.random.default_rng(1)
    records = rng.integers(0, 256, size=(len(fine_labels), 3074), dtype=np.uint8)
    records[:, 1] = fine_labels
    content = records.tobytes()
    path = folder / "archive.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for split in ("train", "test"):
            header = tarfile.TarInfo(f"cifar-100-binary/{split}.bin")
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return path


def trial(candidate: str, wrong: list[int], *, part: int = 0, seed: int = 1, images: int = 100) -> results.Trial:
    return results.Trial(candidate, part, seed, images, wrong, 10.0)


def test_only_bicycles_and_motorcycles_are_read_as_0_and_1(tmp_path: Path) -> None:
    read = images.read(archive_of(tmp_path, [8, 48, 3, 8]), "train")
    assert read.labels.tolist() == [0, 1, 0]
    assert read.pixels.shape == (3, 32, 32, 3)


def test_each_image_is_held_out_by_exactly_one_fold_and_classes_are_even(tmp_path: Path) -> None:
    read = images.read(archive_of(tmp_path, [8] * 8 + [48] * 8), "train")
    held = [images.fold(read, number)[1] for number in range(4)]
    assert sorted(one.pixels.tobytes() for each in held for one in _each(each)) == sorted(
        one.pixels.tobytes() for one in _each(read)
    )
    assert [each.labels.tolist() for each in held] == [[0, 0, 1, 1]] * 4


def test_what_a_fold_trains_on_is_never_held_out(tmp_path: Path) -> None:
    train, held = images.fold(images.read(archive_of(tmp_path, [8] * 8 + [48] * 8), "train"), 2)
    assert not {one.pixels.tobytes() for one in _each(train)} & {one.pixels.tobytes() for one in _each(held)}


def test_trials_are_kept_one_a_line_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "results" / "tried.jsonl"
    kept = [trial("start", [3, 5]), trial("crop", [])]
    for each in kept:
        results.append(path, each)
    assert results.read(path) == kept


def test_more_seeds_on_the_same_images_do_not_narrow_the_interval() -> None:
    once = results.interval([trial("start", list(range(20)))])
    five = results.interval([trial("start", list(range(20)), seed=seed) for seed in range(5)])
    assert five == pytest.approx(once)


def test_the_best_candidate_comes_first_with_its_mean_over_folds() -> None:
    tried = [trial("poor", list(range(30))), trial("good", [1, 2]), trial("good", [1, 2, 3, 4], part=1)]
    best, worst = results.summarize(tried)
    assert (best.candidate, best.trials, worst.candidate) == ("good", 2, "poor")
    assert best.accuracy == pytest.approx(0.97)
    assert best.low < 0.97 < best.high


def test_the_table_has_a_row_a_candidate() -> None:
    lines = page.table(results.summarize([trial("start", [0])])).splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("| start | 1 | 0.9900 |")


def test_candidates_set_only_hyperparameters_that_the_pipeline_can_send() -> None:
    assert {name for values in CANDIDATES.values() for name in values} - {"resize"} <= set(HYPERPARAMETERS)


def _each(many: images.Images) -> list[images.Images]:
    return [many[np.arange(len(many)) == index] for index in range(len(many))]


def test_two_candidates_are_compared_on_the_same_images() -> None:
    better, worse = [trial("a", [1]), trial("a", [2])], [trial("b", [1, 2, 3]), trial("b", [2, 3, 4])]
    mean, low, high = results.difference(better, worse)
    assert mean == pytest.approx(0.02)
    assert low < mean < high
    assert results.difference(better, better) == (0, 0, 0)
