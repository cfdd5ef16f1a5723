"""A baseline of made-up images, captures in Model Monitor's layout, and a way to run the container on them."""

from __future__ import annotations

import base64
import csv
import functools
import io
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from monitoring.__main__ import main

NAMES = ("bicycle", "motorcycle")
START, END, INSIDE = "2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z", "2026-01-31T10:30:00Z"
Line = dict[str, Any]


def pixels(number: int, light: float = 1.0, side: int = 28) -> np.ndarray:
    """An image of its own for each number, with soft shapes and some noise."""
    random = np.random.default_rng(number)
    coarse = Image.fromarray(random.integers(20, 220, (4, 4, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), dtype=np.float64)
    return np.clip((smooth + random.normal(0, 8, smooth.shape)) * light, 0, 255).astype(np.uint8)


def png(values: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, kind)
    return buffer.getvalue()


@functools.cache
def encoded(number: int) -> bytes:
    """The image of a number as it is sent; most tests send the same."""
    return png(pixels(number))


def answer(number: int, wrong: float = 0.1) -> list[float]:
    """Sure for most; the number's parity is the truth, and a part of the answers is wrong."""
    random = np.random.default_rng([number, 1])
    sure = float(random.uniform(0.6, 0.99))
    said = number % 2 if random.random() >= wrong else 1 - number % 2
    return [1 - sure, sure] if said else [sure, 1 - sure]


def half(content: bytes | str, encoding: str) -> Line:
    data = base64.b64encode(content).decode() if isinstance(content, bytes) else content
    return {"observedContentType": "any/thing", "mode": "ANY", "data": data, "encoding": encoding}


def line(number: int, image: bytes | None = None, said: list[float] | None = None, at: str = INSIDE) -> Line:
    """A captured call of the endpoint."""
    sent = encoded(number) if image is None else image
    told = json.dumps(answer(number) if said is None else said)
    return {
        "captureData": {"endpointInput": half(sent, "BASE64"), "endpointOutput": half(told, "JSON")},
        "eventMetadata": {"eventId": f"event-{number}", "inferenceTime": at},
        "eventVersion": "0",
    }


def numbers(count: int, start: int = 1000) -> range:
    """Of images that the baseline has not."""
    return range(start, start + count)


@dataclass
class Ended:
    """How a run of the container ended, and what it left."""

    code: int
    output: Path
    opt_ml: Path

    @property
    def message(self) -> str:
        return (self.opt_ml / "output/message").read_text()

    @property
    def report(self) -> str:
        return (self.output / "report.html").read_text()

    def read(self, name: str) -> Any:
        return json.loads((self.output / name).read_text())

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, int] = self.read("statistics.json")["custom_statistics"]["counts"]
        return found

    @property
    def violations(self) -> set[tuple[str, str]]:
        found = self.read("constraint_violations.json")["violations"]
        return {(each["feature_name"], each["constraint_check_type"]) for each in found}

    @property
    def metrics(self) -> list[Line]:
        file = self.opt_ml / "output/metrics/cloudwatch/drift.jsonl"
        return [json.loads(each) for each in file.read_text().splitlines()]


class Monitor:
    """Measures the baseline and runs on captures, in a folder of its own, as Model Monitor would."""

    def __init__(self, root: Path, environment: pytest.MonkeyPatch) -> None:
        self.root, self._environment, self._runs = root, environment, 0

    def measure(self, count: int = 200, source: Path | None = None, **given: str) -> Ended:
        if source is None:
            source = save_evaluation(self.root / "evaluated", count)
        return self._start(self.root / "baseline", dataset_source=str(source), **given)

    def run(self, lines: Iterable[Line | str], **given: str) -> Ended:
        self._runs += 1
        hour = self.root / f"captures-{self._runs}/scones-vehicles/live/2026/01/31/10"
        hour.mkdir(parents=True)
        text = "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
        (hour / "00-00-000-a.jsonl").write_text(text)
        return self.analyse(hour.parents[5], **given)

    def analyse(self, source: Path, **given: str) -> Ended:
        window = {
            "start_time": START,
            "end_time": END,
            "baseline_statistics": str(self.root / "baseline/statistics.json"),
            "baseline_constraints": str(self.root / "baseline/constraints.json"),
            "publish_cloudwatch_metrics": "Enabled",
            "sagemaker_endpoint_name": "scones-vehicles",
            "sagemaker_monitoring_schedule_name": "scones-vehicles-drift",
            "dataset_source": str(source),
        }
        return self._start(self.root / f"output-{self._runs}", **{**window, **given})

    def _start(self, output: Path, **given: str) -> Ended:
        opt_ml = self.root / f"opt-ml-{output.name}"
        with self._environment.context() as patch:
            for name, value in {"output_path": str(output), **given}.items():
                patch.setenv(name, value)
            return Ended(main(["--opt-ml", str(opt_ml)]), output, opt_ml)


def save_evaluation(folder: Path, count: int, side: int = 28) -> Path:
    """What PrepareData and EvaluateModel leave: images of 32 x 32 in a folder a class, and the model's answers.

    `side` is the side in pixels of the images that the model takes.
    """
    (folder / "evaluation").mkdir(parents=True)
    told = {"model": {"input_shape": [3, side, side]}}
    (folder / "evaluation/evaluation.json").write_text(json.dumps(told))
    with (folder / "evaluation/predictions.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "label", "prediction", "probability_bicycle", "probability_motorcycle", "confidence"])
        for number in range(count):
            path, told = f"{NAMES[number % 2]}/{number}.png", answer(number)
            file = folder / "test" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(png(np.pad(pixels(number), ((2, 2), (2, 2), (0, 0)))))
            writer.writerow([path, NAMES[number % 2], NAMES[int(told[1] > told[0])], *told, max(told)])
    return folder


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monitor:
    """A monitor without a baseline."""
    return Monitor(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The baseline of 200 images, which takes half a second to measure; for copying only."""
    with pytest.MonkeyPatch.context() as patch:
        ended = Monitor(tmp_path_factory.mktemp("measured"), patch).measure()
    assert ended.code == 0
    return ended.output


@pytest.fixture
def monitor(empty: Monitor, measured: Path) -> Monitor:
    """A monitor with a baseline of 200 images."""
    shutil.copytree(measured, empty.root / "baseline")
    return empty


@pytest.fixture
def captured() -> Callable[..., list[Line]]:
    """Captures like the baseline, so many of them."""
    return lambda count=200: [line(number) for number in numbers(count)]
