"""What the container is asked for, by the variables that the SageMaker SDK and Model Monitor set.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html has those of a schedule;
sagemaker.model_monitor.ModelMonitor._generate_env_map writes the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.jobs import Refusal

DATA_QUALITY, MODEL_QUALITY = "DATA_QUALITY", "MODEL_QUALITY"
REGRESSION, BINARY, MULTICLASS = "Regression", "BinaryClassification", "MulticlassClassification"
PROBLEMS = (REGRESSION, BINARY, MULTICLASS)
DRIFT_METHODS = ("LInfinity", "ChiSquared")
SCRIPTS = ("record_preprocessor_script", "post_analytics_processor_script")
"""Variables for functions of the user's that AWS's container calls; this one does not."""
_FORMATS = "csv, json, parquet or sagemakerCaptureJson"


@dataclass(frozen=True)
class Format:
    """How a dataset is written: its kind, and the options that the kind has."""

    kind: str
    header: bool = False
    lines: bool = True
    outputs_first: bool = True
    captured: tuple[str, ...] = ("endpointInput", "endpointOutput")


@dataclass(frozen=True)
class ModelQuality:
    """Where a row has the prediction and the truth: names or places of columns, or JSONPaths."""

    problem: str
    truth: str
    inference: str | None
    probability: str | None
    threshold: float


@dataclass(frozen=True)
class Request:
    """One run. `model_quality` is None for an analysis of the data; `publishes` asks for CloudWatch's metrics."""

    format: Format
    source: Path
    output: Path
    statistics: Path | None
    constraints: Path | None
    drift_method: str | None
    model_quality: ModelQuality | None
    variables: Mapping[str, str]

    @property
    def publishes(self) -> bool:
        return self.variables.get("publish_cloudwatch_metrics") == "Enabled"


def read_request(variables: Mapping[str, str]) -> Request:
    """Read the environment; raises Refusal where it asks for what there is not."""
    for script in SCRIPTS:
        if variables.get(script):
            raise Refusal(
                f"{script} is {variables[script]!r}, and the local AWS's analyzer calls no scripts: prepare the data "
                "in a step before, and read constraint_violations.json in one after."
            )
    kind = variables.get("analysis_type") or DATA_QUALITY
    if kind not in (DATA_QUALITY, MODEL_QUALITY):
        raise Refusal(f"analysis_type is {kind!r}; allowed are {DATA_QUALITY} and {MODEL_QUALITY}.")
    method = variables.get("categorical_drift_method") or None
    if method not in (None, *DRIFT_METHODS):
        raise Refusal(f"categorical_drift_method is {method!r}; allowed are {', '.join(DRIFT_METHODS)}.")
    return Request(
        format=parse_format(_required(variables, "dataset_format")),
        source=Path(_required(variables, "dataset_source")),
        output=Path(_required(variables, "output_path")),
        statistics=_path(variables, "baseline_statistics"),
        constraints=_path(variables, "baseline_constraints"),
        drift_method=method,
        model_quality=_read_model_quality(variables) if kind == MODEL_QUALITY else None,
        variables=variables,
    )


def parse_format(text: str) -> Format:
    """A dataset_format such as {"csv": {"header": true, "output_columns_position": "START"}}."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Refusal(f"dataset_format is {text[:200]!r}, which is no JSON: give {_FORMATS}.") from error
    ((name, options),) = document.items() if isinstance(document, dict) and len(document) == 1 else (("", None),)
    if not isinstance(options, dict):
        raise Refusal(f"dataset_format is {text[:200]!r}; give an object with one of {_FORMATS}.")
    kind = name.lower()
    known = {name.lower(): value for name, value in options.items()}
    outputs_first = _is_start(known.pop("output_columns_position", "START"))
    # Batch transform's formats are spelt {"Csv": {"Header": true}} and {"Json": {"Line": true}}.
    read: dict[str, Format] = {
        "csv": Format("csv", header=_is_true(known.pop("header", False)), outputs_first=outputs_first),
        "json": Format("json", lines=_is_true(known.pop("lines", known.pop("line", True)))),
        "parquet": Format("parquet"),
        "sagemakercapturejson": Format(
            "capture",
            outputs_first=outputs_first,
            captured=tuple(known.pop("captureindexnames", ("endpointInput", "endpointOutput"))),
        ),
    }
    if kind not in read or known:
        raise Refusal(f"dataset_format is {text[:200]!r}; the local AWS's analyzer reads {_FORMATS}.")
    return read[kind]


def _is_true(value: Any) -> bool:  # noqa: ANN401 - JSON of any type
    return str(value).lower() == "true"


def _is_start(value: Any) -> bool:  # noqa: ANN401
    if value not in ("START", "END"):
        raise Refusal(f"output_columns_position is {value!r}; allowed are START and END.")
    return bool(value == "START")


def _read_model_quality(variables: Mapping[str, str]) -> ModelQuality:
    problem = _required(variables, "problem_type")
    if problem not in PROBLEMS:
        raise Refusal(f"problem_type is {problem!r}; allowed are {', '.join(PROBLEMS)}.")
    inference = variables.get("inference_attribute") or None
    probability = variables.get("probability_attribute") or None
    if not inference and not (probability and problem == BINARY):
        raise Refusal(f"{problem} needs inference_attribute: name the column of the predictions.")
    text = variables.get("probability_threshold_attribute") or "0.5"
    try:
        threshold = float(text)
    except ValueError:
        raise Refusal(f"probability_threshold_attribute is {text!r}; give a number from 0 to 1.") from None
    return ModelQuality(problem, _required(variables, "ground_truth_attribute"), inference, probability, threshold)


def _required(variables: Mapping[str, str], name: str) -> str:
    if not variables.get(name):
        raise Refusal(f"The environment has no {name}: start this image as the SageMaker SDK's monitors do.")
    return variables[name]


def _path(variables: Mapping[str, str], name: str) -> Path | None:
    return Path(variables[name]) if variables.get(name) else None
