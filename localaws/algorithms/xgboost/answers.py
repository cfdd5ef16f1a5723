"""What a model predicted as the body of an answer: csv, JSON, and the parts that SAGEMAKER_INFERENCE_OUTPUT selects.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html (JSON),
https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html (selectable inference), and serve.py of each tag of
https://github.com/aws/sagemaker-xgboost-container: until 1.2-1 an answer is csv whatever is accepted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from localaws.algorithms.xgboost.versions import is_at_least
from localaws.inference_toolkit.web import Answer, RefusedError

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
_ACCEPTED = (JSON, JSON_LINES, CSV)
_REGRESSIONS = ("reg:squarederror", "reg:logistic", "reg:gamma", "reg:absoluteerror", "reg:tweedie")
_LABELS = ("predicted_label", "labels")
_PROBABILITIES = ("probability", "probabilities")
_SCORES = ("raw_score", "raw_scores")
# What may be selected of each objective's predictions.
SELECTABLE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_REGRESSIONS, ("predicted_score",)),
    **dict.fromkeys(("binary:logistic", "multi:softprob"), (*_LABELS, *_PROBABILITIES, *_SCORES)),
    **dict.fromkeys(("binary:logitraw", "binary:hinge", "multi:softmax"), (*_LABELS, *_SCORES)),
}

Predictions = NDArray[Any]


def choose_accept(accept: str, default: str) -> str:
    """The form of the answer; raises RefusedError for one that is not written here."""
    named = accept.partition(";")[0].strip().lower()
    if named in ("", "*/*"):
        return default
    if named not in _ACCEPTED:
        raise RefusedError(
            HTTPStatus.NOT_ACCEPTABLE,
            f"Accept type {accept} is not supported. Please use supported accept types: {list(_ACCEPTED)}.",
        )
    return named


def write_answer(predictions: Predictions, version: str, accept: str, default: str, *, is_batch: bool) -> Answer:
    """The predictions of a request's rows; of batch transform, a line each."""
    values = predictions.tolist()
    if not is_at_least(version, "1.2-2"):
        text = "\n".join(map(str, values)) + "\n" if is_batch else ",".join(map(str, values))
        return Answer(text.encode(), CSV)
    named = choose_accept(accept, default)
    if is_batch:
        return Answer(("\n".join(map(str, values)) + "\n").encode(), named)
    if named == JSON:
        return Answer(json.dumps({"predictions": [{"score": value} for value in values]}).encode(), JSON)
    if named == JSON_LINES:
        raise RefusedError(
            HTTPStatus.NOT_ACCEPTABLE,
            f"{JSON_LINES} is written for selectable inference alone: accept {CSV} or {JSON}, or set "
            "SAGEMAKER_INFERENCE_OUTPUT in the model's environment.",
        )
    rows = [value if isinstance(value, list) else [value] for value in values]
    return Answer("".join(",".join(map(str, row)) + "\n" for row in rows).encode(), CSV)


def write_selected(
    predictions: Predictions, keys: Sequence[str], objective: str, classes: int, accept: str, *, is_batch: bool
) -> Answer:
    """The selected parts of each prediction; one that the objective does not have is NaN, as on AWS."""
    if objective not in SELECTABLE:
        raise ValueError(f"Objective `{objective}` unsupported for selectable inference predictions.")
    found = [_select(row, keys, objective, classes) for row in predictions]
    if accept == JSON:
        return Answer(json.dumps({"predictions": found}).encode(), JSON)
    if accept == JSON_LINES:
        return Answer("".join(json.dumps(item) + "\n" for item in found).encode(), JSON_LINES)
    lines = [",".join(_quote(item[key]) for key in keys) for item in found]
    return Answer(("\n".join(lines) + ("\n" if is_batch else "")).encode(), CSV)


def _quote(value: object) -> str:
    return f'"{value}"' if isinstance(value, list) else str(value)


def _select(row: Predictions, keys: Sequence[str], objective: str, classes: int) -> Mapping[str, object]:
    allowed = SELECTABLE[objective]
    return {key: _PARTS[key](np.asarray(row), objective, classes) if key in allowed else math.nan for key in keys}


def _label(row: Predictions, objective: str, classes: int) -> object:
    del classes
    if objective == "multi:softprob":
        return int(np.argmax(row))
    if objective in ("binary:hinge", "multi:softmax"):
        return row.item()
    return int(row.item() > (0.5 if objective == "binary:logistic" else 0))


def _labels(row: Predictions, objective: str, classes: int) -> object:
    del row
    return [0, 1] if objective.startswith("binary:") else list(range(classes))


def _best(row: Predictions, objective: str, classes: int) -> object:
    del classes
    return float(np.max(row)) if objective == "multi:softprob" else row.item()


def _each(row: Predictions, objective: str, classes: int) -> object:
    del classes
    if objective == "multi:softprob":
        return row.tolist()
    return [1.0 - row.item(), row.item()]


_PARTS: dict[str, Callable[[Predictions, str, int], object]] = {
    "predicted_label": _label,
    "labels": _labels,
    "probability": _best,
    "probabilities": _each,
    "raw_score": _best,
    "raw_scores": _each,
    "predicted_score": _best,
}
