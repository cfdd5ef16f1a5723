"""The baseline: the version's test pictures, as the endpoint would see them, and what the model said of each."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from monitoring import constraints, picture, statistics, truth
from monitoring.answer import Answer
from monitoring.contract import Contract
from monitoring.fit import fit
from monitoring.measuring import NUMBERS, measure_tested
from monitoring.refusal import Refusal
from monitoring.sample import Sample

PREFIX = "probability_"


@dataclass(frozen=True)
class Tested:
    """One line of predictions.csv."""

    path: str
    label: str
    answer: Answer


def make(contract: Contract) -> str:
    """Write statistics.json and constraints.json, and answer the message."""
    side = _model_side(contract.source / "evaluation" / "evaluation.json")
    labels, tested = _predictions(contract.source / "evaluation" / "predictions.csv")
    sample = Sample(NUMBERS)
    pairs: Counter[tuple[str, str]] = Counter()
    for one in tested:
        content = _picture(contract.source / "test" / one.path, side)
        measured = measure_tested(content, one.answer, labels)
        sample.add(measured.numbers, measured.words)
        pairs[labels[one.answer.predicted], one.label] += 1
    contract.write("statistics.json", statistics.describe(sample))
    contract.write("constraints.json", constraints.describe(sample, labels, truth.tally_pairs(pairs, labels)))
    return f"Completed: the baseline of {sample.items} test pictures is written."


def _predictions(path: Path) -> tuple[tuple[str, ...], list[Tested]]:
    """The labels in the model's order, and every test picture with its prediction."""
    if not path.is_file():
        raise Refusal(f"There is no {path.name} in {path.parent}; give the output of EvaluateModel as evaluation/.")
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = [name for name in reader.fieldnames or () if name.startswith(PREFIX)]
        labels = tuple(name.removeprefix(PREFIX) for name in columns)
        try:
            tested = [
                Tested(row["path"], row["label"], Answer(tuple(float(row[name]) for name in columns))) for row in reader
            ]
        except (KeyError, ValueError, TypeError) as error:
            raise Refusal(f"{path.name} is not EvaluateModel's ({error!r}); evaluate the version again.") from error
    if len(labels) < 2 or not tested:
        raise Refusal(f"{path.name} names no picture; evaluate the version again.")
    return labels, tested


def _model_side(path: Path) -> int:
    """The side in pixels that the model takes, as EvaluateModel wrote it down."""
    try:
        side: int = json.loads(path.read_text(encoding="utf-8"))["model"]["input_shape"][-1]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise Refusal(f"{path.name} does not tell the model's input_shape; evaluate the version again.") from error
    return side


def _picture(path: Path, side: int) -> bytes:
    try:
        image, _ = picture.decode(path.read_bytes())
    except (OSError, picture.UndecodableError) as error:
        raise Refusal(f"The test picture {path.name} cannot be read ({error}); prepare the data again.") from error
    return fit(image, side)
