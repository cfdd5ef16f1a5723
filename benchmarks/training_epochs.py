"""Images a second of whole training epochs: `python benchmarks/training_epochs.py BATCH EPOCHS`.

As a training job does it: the profile `compact`'s net and augmentation, batches prepared ahead, losses, steps and log
lines. SCONES_ENGINE and SCONES_TRAINING_CORES say by what and on how many cores. Reading the data is not in it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from contextlib import redirect_stdout

import numpy as np
from PIL import Image

from localaws.algorithms.image_classification.dataset import Dataset
from localaws.algorithms.image_classification.examples import Example
from localaws.algorithms.image_classification.hyperparameters import read_hyperparameters
from localaws.algorithms.image_classification.losses import make_loss
from localaws.algorithms.image_classification.network import build_network
from localaws.algorithms.image_classification.training import Training
from pipelines.profiles import find_profile

IMAGES = 320
SIDE = 32


def main(batch: int, epochs: int) -> None:
    """Train one epoch unmeasured, then so many, and print wall and CPU rates."""
    given = {name: str(value) for name, value in find_profile("compact").hyperparameters.items()}
    settings = read_hyperparameters(
        {**given, "mini_batch_size": str(batch), "num_classes": "2", "num_training_samples": str(IMAGES)}
    )
    images = Dataset(_draw(np.random.default_rng(0)), settings)
    loss = make_loss(images.targets, multi_label=False, weighted=False)
    training = Training(settings, build_network(settings, 1), loss, images, images, seed=1)
    with redirect_stdout(io.StringIO()):
        training.train_epoch(0)
        wall, cpu = time.perf_counter(), _cpu()
        for epoch in range(1, epochs + 1):
            training.train_epoch(epoch)
        wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    done = epochs * (IMAGES // batch * batch)
    print(json.dumps({"images_per_second": done / wall, "images_per_cpu_second": done / cpu}))


def _draw(random: np.random.Generator) -> list[Example]:
    examples = []
    for number in range(IMAGES):
        written = io.BytesIO()
        Image.fromarray(random.integers(0, 256, (SIDE, SIDE, 3), np.uint8)).save(written, "PNG")
        examples.append(Example(str(number), written.getvalue(), np.eye(2, dtype=np.float32)[number % 2]))
    return examples


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
