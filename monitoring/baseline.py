"""The baseline: what the test images look like as the endpoint gets them, and what the model answered to them."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from common.images import encode_png, resize_and_crop
from common.jobs import Refusal
from monitoring import accuracy, constraints, images, statistics
from monitoring.batch import Batch
from monitoring.documents import write
from monitoring.options import Options
from monitoring.running_statistics import RunningStatistics

PREDICTIONS = Path("evaluation/predictions.csv")
EVALUATION = Path("evaluation/evaluation.json")
PREFIX = "probability_"
SIDES = range(8, 1025)
"""Pixels a side: what is outside was not written by this project's evaluation."""


def measure(options: Options) -> str:
    """Write statistics.json and constraints.json; answers the exit message."""
    names, lines = _read(options.source / PREDICTIONS)
    measured, confusion = RunningStatistics(), np.zeros((len(names), len(names)), dtype=np.int64)
    side = _side(options)
    batch = Batch(side, names)
    for line in lines:
        truth, answer = _add(batch, line, names, options.source, side)
        confusion[truth, answer] += 1
        if batch.is_full:
            measured.add(batch.measure())
            batch.clear()
    measured.add(batch.measure())
    if not measured.rows:
        raise Refusal(f"{options.source / PREDICTIONS} names no image: evaluate the model again.")
    told = statistics.document(measured, names, side)
    told["custom_statistics"]["confusion_matrix"] = accuracy.document(confusion, names)
    write(options.output, {"statistics.json": told, "constraints.json": constraints.document(measured)})
    return f"Completed: the baseline rests on {measured.rows:,} images of {' and '.join(names)}."


def _read(path: Path) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The classes, in the order of the model's answers, and the lines."""
    if not path.is_file():
        raise Refusal(f"{path} does not exist, and a baseline needs EvaluateModel's predictions: give both inputs.")
    lines = csv.DictReader(path.read_text(encoding="utf-8", errors="replace").splitlines())
    names = [name.removeprefix(PREFIX) for name in lines.fieldnames or () if name.startswith(PREFIX)]
    if len(names) < 2 or not {"path", "label"} <= {*(lines.fieldnames or ())}:
        raise Refusal(
            f"{path} has the columns {', '.join(lines.fieldnames or ())}, where path, label and {PREFIX}<class> are "
            "needed: give the file that EvaluateModel wrote."
        )
    return names, lines


def _side(options: Options) -> int:
    """The side in pixels of the images that the model takes, as EvaluateModel wrote it down."""
    path = options.source / EVALUATION
    try:
        side = int(json.loads(path.read_text(encoding="utf-8"))["model"]["input_shape"][-1])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise Refusal(f"{path} does not tell the model's input_shape ({error!r}): evaluate the model again.") from error
    if side not in SIDES:
        raise Refusal(f"{path} tells an input of {side} pixels, and {SIDES.start} to {SIDES.stop - 1} are allowed.")
    return side


def _add(batch: Batch, line: dict[str, str], names: list[str], source: Path, side: int) -> tuple[int, int]:
    """Add a line's image and answer; answers the numbers of its class and of the class that was answered."""
    image = resize_and_crop(_open(source / "test", line["path"]), side, side)
    # Served images come as serialize_image encodes them, so theirs is the size and format to expect.
    image.format = "PNG"
    try:
        probabilities = [float(line[PREFIX + name]) for name in names]
        truth = names.index(line["label"])
    except (ValueError, TypeError) as error:
        raise Refusal(
            f"predictions.csv says of {line['path']} what cannot be read ({error}): evaluate again."
        ) from error
    batch.add(image, len(encode_png(image)), probabilities)
    return truth, int(np.argmax(probabilities))


def _open(folder: Path, name: str) -> Image.Image:
    path = PurePosixPath(name or "..")
    if path.is_absolute() or ".." in path.parts:
        raise Refusal(f"predictions.csv names {name!r}, which leads out of the test folder: evaluate again.")
    file = folder / path
    if not file.is_file():
        raise Refusal(f"predictions.csv names {name}, which is not in {folder}: give the images it was made from.")
    image = images.decode(file.read_bytes()) if file.stat().st_size <= images.LIMITS.most_bytes else None
    if image is None:
        raise Refusal(f"{name} cannot be read as an image: prepare the data again.")
    return image
