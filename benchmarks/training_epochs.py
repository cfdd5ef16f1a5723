"""Images a second of whole training epochs: `python benchmarks/training_epochs.py BATCH EPOCHS`.

The profile `compact`'s net and augmentation; SCONES_ENGINE and SCONES_TRAINING_CORES say by what and on how many cores.
"""

from __future__ import annotations

import json
import sys

from localaws.algorithms.image_classification.rate import measure
from pipelines.profiles import find_profile

IMAGES = 320


def main(batch: int, epochs: int) -> None:
    """Print the rates of time passed and of CPU time."""
    texts = {name: str(value) for name, value in find_profile("compact").hyperparameters.items()}
    passed, used = measure({**texts, "mini_batch_size": str(batch)}, IMAGES // batch, epochs)
    print(json.dumps({"images_per_second": passed, "images_per_cpu_second": used}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
