"""Where a model comes from: the evaluating job, by SageMaker's own file, and the training, by the command line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.jobs import Refusal

FILE = "processingjobconfig.json"


@dataclass(frozen=True)
class Job:
    """The evaluating job: its ARN, and the S3 address of each of its inputs; empty where it is run by hand."""

    arn: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Training:
    """The training, as the pipeline tells it; empty where it is not told."""

    arn: str = ""
    image: str = ""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)


def load_job(config_dir: Path) -> Job:
    """The job that this runs in, from the file that SageMaker puts into every processing container.

    "How Amazon SageMaker Processing configures your processing container" in its developer guide describes the file.
    """
    path = config_dir / FILE
    if not path.is_file():
        return Job()
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refusal(f"{path} is not JSON ({error}): run in a SageMaker Processing container.") from error
    inputs: list[dict[str, Any]] = config.get("ProcessingInputs") or []
    addresses = {each["InputName"]: each["S3Input"]["S3Uri"] for each in inputs if "S3Input" in each}
    return Job(str(config.get("ProcessingJobArn") or ""), addresses)


def parse_hyperparameters(given: Sequence[str]) -> dict[str, str]:
    """`name=value` of each; raises Refusal for another form."""
    pairs = [text.partition("=") for text in given]
    wrong = [name for name, sign, _ in pairs if not (name and sign)]
    if wrong:
        raise Refusal(f"--hyperparameter is {wrong[0]!r}, where name=value is allowed: give both.")
    return {name: value for name, _, value in pairs}
