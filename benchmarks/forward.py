"""The bare forward pass: `python benchmarks/forward.py MODEL BATCH SECONDS` prints images a second, on one thread."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from common.artifact.model import load_model
from common.artifact.session import Session


def main(model: Path, batch: int, seconds: float) -> None:
    """Answer the same images again and again."""
    artifact = load_model(model)
    session = Session(artifact)
    images = np.random.default_rng(0).integers(0, 256, (batch, *artifact.input_shape)).astype(np.float32)
    session.answer(images)
    done, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        session.answer(images)
        done += batch
    print(json.dumps({"images_per_second": done / passed}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
