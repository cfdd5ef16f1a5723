"""How many images a second this machine trains on: ``python -m ... rate HYPERPARAMETERS``, a JSON object of texts.

Epochs of random images, as a training job does them: augmentation, batches prepared ahead, steps and log lines. Reading
the data is not in it. The first epoch is not measured, as it sets up memory.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stdout

import numpy as np
from PIL import Image

from localaws.algorithms.image_classification.dataset import Dataset
from localaws.algorithms.image_classification.examples import Example
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters, read_hyperparameters
from localaws.algorithms.image_classification.losses import make_loss
from localaws.algorithms.image_classification.network import build_network
from localaws.algorithms.image_classification.training import Training

BATCHES = 4
"""In an epoch: half a second's work for a small net on one core."""


def measure(texts: Mapping[str, str], batches: int = BATCHES, epochs: int = 1) -> tuple[float, float]:
    """Train so many epochs of so many batches. Returns images a second, of time passed and of CPU time."""
    settings = read_hyperparameters({**texts, "num_classes": "2", "num_training_samples": "1"})
    images = Dataset(_draw(settings, batches * settings.mini_batch_size), settings)
    loss = make_loss(images.targets, multi_label=False, weighted=False)
    training = Training(settings, build_network(settings, 0), loss, images, images, seed=0)
    with redirect_stdout(io.StringIO()):
        training.train_epoch(0)
        passed, used = time.perf_counter(), time.process_time()
        for epoch in range(1, epochs + 1):
            training.train_epoch(epoch)
        passed, used = time.perf_counter() - passed, time.process_time() - used
    count = epochs * len(images)
    return count / passed, count / used


def _draw(settings: Hyperparameters, count: int) -> list[Example]:
    random = np.random.default_rng(0)
    channels, height, width = settings.image_shape
    shape = (height + 4, width + 4, 3) if channels == 3 else (height + 4, width + 4)
    examples = []
    for number in range(count):
        written = io.BytesIO()
        Image.fromarray(random.integers(0, 256, shape, np.uint8)).save(written, "PNG")
        examples.append(Example(str(number), written.getvalue(), np.eye(2, dtype=np.float32)[number % 2]))
    return examples


if __name__ == "__main__":
    print(json.dumps({"images_per_second": measure(json.loads(sys.argv[1]))[0]}))
