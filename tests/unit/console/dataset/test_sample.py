"""The drawn sample: its layout, its repeatability, and that only shape tells its two classes apart."""

import tarfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from console.dataset import sample as drawing
from console.dataset.archive import SplitFacts, check_archive
from console.dataset.drawing import record
from console.dataset.layout import BICYCLE, COARSE_OF_FINE, MEMBERS, MOTORCYCLE, RECORD_BYTES, TEST, TRAIN

BEST_OF_SIMPLE = 0.82
"""Accuracy that no statistic of single pixels may reach, and that a measure of shapes must."""

Floats = NDArray[np.float64]
Split = tuple[Floats, NDArray[np.bool_], Floats, NDArray[np.bool_]]
Measure = Callable[[Floats], Floats]


def read_rows(path: Path, member: str) -> NDArray[np.uint8]:
    with tarfile.open(path) as archive:
        return np.frombuffer(archive.extractfile(member).read(), np.uint8).reshape(-1, RECORD_BYTES)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole built-in sample, as a user gets it."""
    path = tmp_path_factory.mktemp("sample") / "sample.tar.gz"
    drawing.draw_sample(path)
    return path


@pytest.fixture(scope="module")
def split(sample: Path) -> Split:
    """Pictures (0 to 1, n x 32 x 32 x 3) and whether they are motorcycles: train, then test."""
    parts = []
    for member in (TRAIN, TEST):
        rows = read_rows(sample, member)
        rows = rows[np.isin(rows[:, 1], (BICYCLE, MOTORCYCLE))]
        parts.append(rows[:, 2:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1) / 255.0)
        parts.append(rows[:, 1] == MOTORCYCLE)
    return parts


def test_the_sample_passes_the_check_that_every_upload_passes(sample: Path) -> None:
    facts = check_archive(sample)
    assert facts.train == SplitFacts(records=1392, bicycles=500, motorcycles=500)
    assert facts.test == SplitFacts(records=298, bicycles=100, motorcycles=100)


def test_the_sample_holds_the_published_members_and_nothing_of_this_machine(sample: Path) -> None:
    with tarfile.open(sample) as archive:
        members = archive.getmembers()
    assert [member.name for member in members] == list(MEMBERS)
    assert {(member.mtime, member.uid, member.gid, member.uname) for member in members} == {(0, 0, 0, "")}


def test_every_class_is_drawn_and_carries_its_coarse_label(sample: Path) -> None:
    for member in (TRAIN, TEST):
        rows = read_rows(sample, member)
        assert set(rows[:, 1].tolist()) == set(range(100))
        assert all(COARSE_OF_FINE[fine] == coarse for coarse, fine in rows[:, :2].tolist())


def test_records_are_shuffled(sample: Path) -> None:
    labels = read_rows(sample, TRAIN)[:, 1]
    assert labels.tolist() != sorted(labels.tolist())


def test_no_image_is_drawn_twice(sample: Path) -> None:
    pictures = [row.tobytes() for member in (TRAIN, TEST) for row in read_rows(sample, member)[:, 2:]]
    assert len(set(pictures)) == len(pictures)


FEW = {TRAIN: (6, 1), TEST: (3, 1)}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[tuple[int, int]]]:
    """A small sample of the seed 7, in a new folder, and what was told of its progress."""
    told: list[tuple[int, int]] = []
    path = tmp_path_factory.mktemp("few") / "new" / "s.tar.gz"
    drawing.draw_sample(path, 7, progress=lambda done, total: told.append((done, total)), counts=FEW)
    return path.read_bytes(), told


def test_the_same_seed_draws_the_same_bytes_and_another_seed_others(
    few: tuple[bytes, list[tuple[int, int]]], tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("b.tar.gz", "c.tar.gz")]
    for path, seed in zip(paths, (7, 8), strict=True):
        drawing.draw_sample(path, seed, counts=FEW)
    again, other = (path.read_bytes() for path in paths)
    assert few[0] == again
    assert few[0] != other


def test_many_processes_draw_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = [BICYCLE, MOTORCYCLE, 3, BICYCLE, 99]
    alone = [record.draw_record(7, number, fine) for number, fine in enumerate(labels)]
    monkeypatch.setattr(record, "_MANY", 2)
    monkeypatch.setattr(record.os, "cpu_count", lambda: 3)
    assert list(record.draw_records(7, labels)) == alone


def test_a_process_that_ends_early_fails_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_MANY", 1)
    monkeypatch.setattr(record.os, "cpu_count", lambda: 2)
    with pytest.raises(RuntimeError, match="ended early, with the code 1"):
        list(record.draw_records(7, [BICYCLE, -1]))


def test_progress_counts_every_image_up_to_the_last(few: tuple[bytes, list[tuple[int, int]]]) -> None:
    assert few[1] == [(done, 214) for done in range(1, 215)]


def test_a_drawing_that_is_broken_off_leaves_the_former_archive_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.tar.gz"
    path.write_bytes(b"former")

    def break_off(done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drawing.draw_sample(path, progress=break_off, counts=FEW)
    assert path.read_bytes() == b"former"


def luminance(pictures: Floats) -> Floats:
    return pictures.mean(axis=3)


def brightness(pictures: Floats) -> Floats:
    grey = luminance(pictures)
    return np.stack([grey.mean((1, 2)), grey.std((1, 2)), *pictures.mean((1, 2)).T], axis=1)


def edge_energy(pictures: Floats) -> Floats:
    grey = luminance(pictures)
    return np.stack([np.abs(np.diff(grey, axis=axis)).mean((1, 2)) for axis in (1, 2)], axis=1)


def colour_histogram(pictures: Floats) -> Floats:
    count = [[np.histogram(p[..., c], 8, (0, 1))[0] for c in range(3)] for p in pictures]
    return np.asarray(count).reshape(len(pictures), -1)


def quantiles(pictures: Floats) -> Floats:
    return np.quantile(luminance(pictures).reshape(len(pictures), -1), np.linspace(0, 1, 11), axis=1).T


def eight_by_eight(pictures: Floats) -> Floats:
    return pictures.reshape(-1, 8, 4, 8, 4, 3).mean((2, 4)).reshape(len(pictures), -1)


def raw_pixels(pictures: Floats) -> Floats:
    return pictures.reshape(len(pictures), -1)


@pytest.mark.parametrize("measure", [brightness, edge_energy, colour_histogram, quantiles, eight_by_eight, raw_pixels])
def test_no_simple_statistic_tells_bicycles_from_motorcycles(split: Split, measure: Measure) -> None:
    train, train_answers, test, test_answers = split
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(measure(train), train_answers)
    assert model.score(measure(test), test_answers) < BEST_OF_SIMPLE


def edge_directions(pictures: Floats) -> Floats:
    """Edges by direction in 4x4 cells, each block of four cells set against its own strength."""
    grey = luminance(pictures)
    down, across = np.gradient(grey, axis=1), np.gradient(grey, axis=2)
    strength = np.hypot(down, across)
    direction = (np.arctan2(down, across) % np.pi / np.pi * 8).astype(int) % 8
    masks = [strength * (direction == d) for d in range(8)]
    cells = np.stack([m.reshape(-1, 8, 4, 8, 4).sum((2, 4)) for m in masks], axis=-1)
    blocks = [cells[:, y : y + 2, x : x + 2].reshape(len(grey), -1) for y in range(7) for x in range(7)]
    return np.concatenate([b / (np.linalg.norm(b, axis=1, keepdims=True) + 0.1) for b in blocks], axis=1)


def test_shape_tells_bicycles_from_motorcycles(split: Split) -> None:
    train, train_answers, test, test_answers = split
    model = SVC(C=3).fit(edge_directions(train), train_answers)
    assert model.score(edge_directions(test), test_answers) > BEST_OF_SIMPLE
