"""One trial: train the algorithm as a training job would, and test its network on images that it never saw."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from benchmarks.search.images import Images
from evaluation.artifact import load_artifact
from evaluation.network import BATCH, Network
from evaluation.predict import probabilities
from pipelines.hyperparameters import Value

CLASSES = 2
CHANNELS = ("train", "validation", "train_lst", "validation_lst")
PROGRAM = ("-m", "localaws.algorithms.image_classification", "train")


def run(
    hyperparameters: Mapping[str, Value],
    train: Images,
    held: Images,
    seed: int,
    weights: Path | None = None,
    engine: str | None = None,
    cores: int = 1,
) -> tuple[list[int], float]:
    """Train on one set; answers which images of the other are misclassified, and the CPU seconds of the training.

    The last epoch's network is tested, so that the held images, also the validation channel, choose nothing.
    `engine` is what trains (SCONES_ENGINE); by default what is installed. `cores` is how many it trains on. `weights`
    is a folder with a model.tar.gz of the same net and classes, as `scones pretrain` keeps it: it goes by the channel
    `model`, which every net may start from (docs/decisions/0017).
    """
    with TemporaryDirectory(prefix="scones-search-") as folder:
        root = Path(folder)
        _lay_out(root, {"train": train, "validation": held})
        _configure(root, hyperparameters, len(train), weights)
        seconds = _train(root, seed, engine, cores)
        return _wrong(root / "model", held), seconds


def _lay_out(root: Path, splits: Mapping[str, Images]) -> None:
    for name, images in splits.items():
        folder, lists = root / "input/data" / name, root / "input/data" / f"{name}_lst"
        folder.mkdir(parents=True)
        lists.mkdir()
        rows = []
        for index, (pixels, label) in enumerate(zip(images.pixels, images.labels, strict=True)):
            Image.fromarray(pixels).save(folder / f"{index}.png")
            rows.append(f"{index}\t{label}\t{index}.png\n")
        (lists / f"{name}.lst").write_text("".join(rows), encoding="utf-8")


def _configure(root: Path, hyperparameters: Mapping[str, Value], samples: int, weights: Path | None) -> None:
    config = root / "input/config"
    config.mkdir(parents=True)
    settings: dict[str, Value] = {
        **hyperparameters,
        "num_classes": CLASSES,
        "num_training_samples": samples,
        "checkpoint_frequency": hyperparameters["epochs"],
    }
    types = dict.fromkeys(CHANNELS, "application/x-image")
    if weights is not None:
        types["model"] = "application/x-sagemaker-model"
        shutil.copytree(weights, root / "input/data/model")
    channels = {name: {"ContentType": kind, "TrainingInputMode": "File"} for name, kind in types.items()}
    documents = {
        "hyperparameters": {name: str(value) for name, value in settings.items()},
        "inputdataconfig": channels,
        "resourceconfig": {"hosts": ["algo-1"], "current_host": "algo-1"},
    }
    for name, document in documents.items():
        (config / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    (root / "model").mkdir()
    (root / "output").mkdir()


def _train(root: Path, seed: int, engine: str | None, cores: int) -> float:
    own = {"OPT_ML": str(root), "SCONES_SEED": str(seed), "OMP_NUM_THREADS": "1", "SCONES_TRAINING_CORES": str(cores)}
    if engine:
        own["SCONES_ENGINE"] = engine
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [sys.executable, *PROGRAM], check=False, env={**os.environ, **own}, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != 0:
        raise RuntimeError(f"The training failed: {ended.stdout[-500:]}{ended.stderr[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _wrong(model: Path, held: Images) -> list[int]:
    with tarfile.open(model / "model.tar.gz", "w:gz", compresslevel=1) as packed:
        for path in (path for path in model.iterdir() if path.name != "model.tar.gz"):
            packed.add(path, path.name)
    network = Network(load_artifact(model), CLASSES)
    images = [Image.fromarray(pixels) for pixels in held.pixels]
    batches = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    answers = np.concatenate([probabilities(network, batch) for batch in batches])
    return [int(index) for index in np.flatnonzero(answers.argmax(axis=1) != held.labels)]
