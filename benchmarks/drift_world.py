"""A model, its baseline, and monitoring runs on its captures, all by the container's own code."""

from __future__ import annotations

import csv
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks.drift_images import Pixels, Source, images
from common.images import encode_png, resize_and_crop
from monitoring import baseline, baseline_files, findings
from monitoring.captures import Capture
from monitoring.labels import Labels
from monitoring.observations import Observation
from monitoring.options import Options

NAMES = ["bicycle", "motorcycle"]
SIDE = 28
TRAINING = {"drawings": 1000, "photographs": 400}
AT = datetime(2026, 1, 1, 10, 30, tzinfo=UTC)


class World:
    """Everything that one seed decides: the images of the model and of the baseline."""

    def __init__(self, source: Source, size: int, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        training, tests, self._fresh = source.split(rng, TRAINING[source.name], size)
        known = [(kind, pixels) for kind in (0, 1) for pixels in training.take(kind, TRAINING[source.name] // 2, rng)]
        self._model = _trained([*known, *((kind, pixels[:, ::-1]) for kind, pixels in known)])
        self._folder = tempfile.TemporaryDirectory()
        self.baseline = Path(self._folder.name) / "baseline"
        self._measure([(kind, pixels) for kind in (0, 1) for pixels in tests.take(kind, size // 2, rng)])
        files = [self.baseline / name for name in ("statistics.json", "constraints.json")]
        self._reference = baseline_files.read(*files)

    @property
    def accuracy(self) -> float:
        """On the baseline's images."""
        counts = self._reference.confusion
        return sum(counts[name][name] for name in NAMES) / self._reference.rows

    def run(self, shift: str, count: int, seed: int) -> set[str]:
        """The features in violation, after `count` captures of new images."""
        labels = Labels(NAMES)
        captures = self.captures(shift, count, seed)
        labels.read(iter([_label(capture, kind) for kind, capture in captures if kind is not None]))
        observed = Observation(self._reference, labels)
        observed.take(capture for _, capture in captures)
        return {each.feature for each in findings.compare(self._reference, observed).violations}

    def captures(self, shift: str, count: int, seed: int) -> list[tuple[int | None, Capture]]:
        """What the endpoint would capture, with labels."""
        chosen = images(self._fresh, shift, count, np.random.default_rng([seed, 2]))
        answers = self._answers([pixels for _, pixels in chosen])
        return [
            (kind, Capture(f"{seed}-{place}", None, AT, _sent(pixels), json.dumps(answer.tolist()).encode()))
            for place, ((kind, pixels), answer) in enumerate(zip(chosen, answers, strict=True))
        ]

    def _answers(self, chosen: list[Pixels]) -> NDArray[np.float64]:
        answers: NDArray[np.float64] = self._model.predict_proba(np.stack([_seen(pixels) for pixels in chosen]))
        return answers

    def _measure(self, tests: list[tuple[int, Pixels]]) -> None:
        source = Path(self._folder.name) / "source"
        (source / "test").mkdir(parents=True)
        (source / "evaluation").mkdir()
        (source / baseline.EVALUATION).write_text(json.dumps({"model": {"input_shape": [3, SIDE, SIDE]}}))
        with (source / baseline.PREDICTIONS).open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["path", "label", *(f"probability_{name}" for name in NAMES)])
            for place, ((kind, pixels), answer) in enumerate(
                zip(tests, self._answers([pixels for _, pixels in tests]), strict=True)
            ):
                Image.fromarray(pixels).save(source / f"test/{place}.png")
                writer.writerow([f"{place}.png", NAMES[kind], *answer])
        given = {"dataset_source": str(source), "output_path": str(self.baseline)}
        baseline.measure(Options.read(given, source))


def _trained(known: list[tuple[int, Pixels]]) -> CalibratedClassifierCV:
    machine = make_pipeline(StandardScaler(), SVC(C=3))
    seen, kinds = np.stack([_seen(pixels) for _, pixels in known]), [kind for kind, _ in known]
    return CalibratedClassifierCV(machine, ensemble=False).fit(seen, kinds)


def _sent(pixels: Pixels) -> bytes:
    return encode_png(resize_and_crop(Image.fromarray(pixels), SIDE, SIDE))


def _seen(pixels: Pixels) -> NDArray[np.float64]:
    """The model's features: edge directions in 7 x 7 cells, and colours in 4 x 4."""
    values = (
        np.asarray(resize_and_crop(Image.fromarray(np.ascontiguousarray(pixels)), SIDE, SIDE), dtype=np.float64) / 255
    )
    grey = values.mean(axis=2)
    down, across = np.gradient(grey)
    strength, turn = np.hypot(down, across), (np.arctan2(down, across) * 8 / np.pi).astype(int) % 8
    cells = np.zeros((7, 7, 8))
    rows, columns = np.indices(grey.shape) // 4
    np.add.at(cells, (rows, columns, turn), strength)
    edges = cells / (np.linalg.norm(cells, axis=2, keepdims=True) + 0.1)
    colours = values.reshape(4, 7, 4, 7, 3).mean(axis=(1, 3))
    return np.concatenate([edges.ravel(), colours.ravel()])


def _label(capture: Capture, kind: int) -> bytes:
    truth = {"data": NAMES[kind], "encoding": "CSV"}
    line = {"groundTruthData": truth, "eventMetadata": {"eventId": capture.event_id}, "eventVersion": "0"}
    return json.dumps(line).encode()
