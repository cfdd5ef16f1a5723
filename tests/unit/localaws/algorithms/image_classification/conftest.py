"""A training job in a directory of its own: images that a net learns in seconds, and the container's files."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from localaws.algorithms.image_classification import resnet
from localaws.algorithms.image_classification.portable import convolution, grid

REPOSITORY = Path(__file__).parents[5]
COMMAND = [sys.executable, "-m", "localaws.algorithms.image_classification"]
CHANNELS = ("train", "validation", "train_lst", "validation_lst")
SHAPES = (("rectangle", "red"), ("ellipse", "blue"))


@dataclass
class Job:
    """What SageMaker would lay down for a job, before and after it ran."""

    root: Path
    hyperparameters: dict[str, str] = field(default_factory=dict)
    content_types: dict[str, str] = field(default_factory=dict)
    input_mode: str = "File"

    def write(self) -> "Job":
        config = self.root / "input" / "config"
        config.mkdir(parents=True, exist_ok=True)
        (self.root / "model").mkdir(exist_ok=True)
        channels = {
            name: {"ContentType": kind, "TrainingInputMode": self.input_mode}
            for name, kind in self.content_types.items()
        }
        (config / "hyperparameters.json").write_text(json.dumps(self.hyperparameters))
        (config / "inputdataconfig.json").write_text(json.dumps(channels))
        (config / "resourceconfig.json").write_text(json.dumps({"hosts": ["algo-1"]}))
        return self

    def channel(self, name: str) -> Path:
        return self.root / "input" / "data" / name

    @property
    def failure(self) -> str:
        return (self.root / "output" / "failure").read_text()

    def environment(self, **extra: str) -> dict[str, str]:
        return {**os.environ, "OPT_ML": str(self.root), "OMP_NUM_THREADS": "1", **extra}

    def start(self, command: str, **extra: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*COMMAND, command],
            cwd=REPOSITORY,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def train(self, **extra: str) -> "subprocess.CompletedProcess[str]":
        self.write()
        return subprocess.run(
            [*COMMAND, "train"],
            cwd=REPOSITORY,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )


def draw_shape(label: int, rng: np.random.Generator, side: int) -> Image.Image:
    """Draw a red rectangle (0) or a blue disc (1) somewhere on a plain grey."""
    grey = int(rng.integers(60, 200))
    image = Image.new("RGB", (side, side), (grey, grey, grey))
    size = int(rng.integers(side // 3, side // 2 + 1))
    left, top = (int(value) for value in rng.integers(0, side - size, size=2))
    kind, colour = SHAPES[label]
    getattr(ImageDraw.Draw(image), kind)((left, top, left + size, top + size), fill=colour)
    return image


def write_channel(job: Job, name: str, count: int, side: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = []
    for index in range(count):
        path = job.channel(name) / str(index % 2) / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        draw_shape(index % 2, rng, side).save(path)
        lines.append(f"{index}\t{index % 2}\t{index % 2}/{index}.png\n")
    job.channel(f"{name}_lst").mkdir(parents=True)
    (job.channel(f"{name}_lst") / f"{name}.lst").write_text("".join(lines))


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[..., Job]:
    """Make a job on drawn shapes; keyword arguments are hyperparameters."""

    def make(count: int = 16, side: int = 12, name: str = "job", **hyperparameters: str) -> Job:
        settings = {
            "num_classes": "2",
            "num_training_samples": str(count),
            "num_layers": "20",
            "image_shape": "3,8,8",
            "mini_batch_size": "8",
            "epochs": "1",
        }
        job = Job(tmp_path / name, settings | hyperparameters, dict.fromkeys(CHANNELS, "application/x-image"))
        write_channel(job, "train", count, side, seed=1)
        write_channel(job, "validation", count, side, seed=2)
        return job.write()

    return make


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Job], str]]:
    """Run a job that must be refused, in this process, and give its FailureReason."""
    from localaws.algorithms.image_classification.train import main

    def run(job: Job) -> str:
        job.write()
        monkeypatch.setenv("OPT_ML", str(job.root))
        assert main() == 1
        assert not list((job.root / "model").iterdir())
        return job.failure

    yield run


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the large nets' layers an eighth as wide, and so the blocks that they are computed in.

    All else is as ever, and test_resnet.py holds their widths.
    """

    def plan(num_layers: int, height: int) -> resnet.Plan:
        made = _plan(num_layers, height)
        if height <= resnet.SMALL_FAMILY_HEIGHT:
            return made
        filters = tuple(filters // 8 for filters in made.filters)
        return replace(made, filters=filters, first_filters=made.first_filters // 8)

    _plan = resnet.plan
    monkeypatch.setattr(resnet, "plan", plan)
    for module in (grid, convolution):
        monkeypatch.setattr(module, "BLOCK", module.BLOCK // 8)
