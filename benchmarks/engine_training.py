"""Images a second that the stand-in's net trains on, by SCONES_ENGINE: `python benchmarks/engine_training.py STEPS`."""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from localaws.algorithms.image_classification.hyperparameters import read_hyperparameters
from localaws.algorithms.image_classification.network import build_network

BATCH = 32
WARM = 3


def main(steps: int) -> None:
    """Train so many steps on random images and print the rate."""
    settings = read_hyperparameters(
        {"num_layers": "20", "image_shape": "3,28,28", "num_classes": "2", "num_training_samples": "1000"}
    )
    network = build_network(settings, seed=1)
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (BATCH, 3, 28, 28)).astype(np.float32)
    labels = np.eye(2, dtype=np.float32)[random.integers(0, 2, BATCH)]
    for step in range(WARM + steps):
        if step == WARM:
            started = time.perf_counter()
        logits = network.forward(images, training=True)
        odds = np.exp(logits - logits.max(1, keepdims=True))
        network.update(odds / odds.sum(1, keepdims=True) - labels, 0.1)
    print(json.dumps({"images_per_second": steps * BATCH / (time.perf_counter() - started)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
