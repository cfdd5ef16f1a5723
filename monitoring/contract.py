"""What Model Monitor tells its container, and where it expects to find what the container has to say.

AWS, "Bring your own containers with SageMaker Model Monitor: container contract inputs and outputs".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitoring.refusal import Refusal

LONGEST_MESSAGE = 1_024


@dataclass(frozen=True)
class Contract:
    """The container's environment; `start` is None for a baseline, which has no window."""

    source: Path
    output: Path
    root: Path
    start: datetime | None = None
    end: datetime | None = None
    statistics: Path | None = None
    constraints: Path | None = None
    endpoint: str = ""
    schedule: str = ""
    publishes: bool = False
    ground_truth_uri: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Contract:
        """Read the variables; raise Refusal for one that is missing or makes no sense."""
        contract = cls(
            source=Path(_required(environment, "dataset_source")),
            output=Path(_required(environment, "output_path")),
            # SageMaker's fixed place; a laptop gives each container a directory of its own.
            root=Path(environment.get("OPT_ML", "/opt/ml")),
            start=_moment(environment, "start_time"),
            end=_moment(environment, "end_time"),
            statistics=_file(environment, "baseline_statistics"),
            constraints=_file(environment, "baseline_constraints"),
            endpoint=environment.get("sagemaker_endpoint_name", ""),
            schedule=environment.get("sagemaker_monitoring_schedule_name", ""),
            publishes=environment.get("publish_cloudwatch_metrics") == "Enabled",
            ground_truth_uri=environment.get("GROUND_TRUTH_URI") or None,
        )
        if (contract.start is None) != (contract.end is None):
            raise Refusal("start_time and end_time belong together; set both for a run, or neither for a baseline.")
        return contract

    def say(self, message: str) -> None:
        """Leave the message that becomes the execution's ExitMessage."""
        place = self.root / "output" / "message"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(message[:LONGEST_MESSAGE], encoding="utf-8")

    def write(self, name: str, content: object) -> None:
        """Write a JSON file to the output."""
        self.output.mkdir(parents=True, exist_ok=True)
        (self.output / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise Refusal(f"The variable {name} is not set; Model Monitor sets it: run this as its container.")
    return value


def _file(environment: Mapping[str, str], name: str) -> Path | None:
    return Path(environment[name]) if environment.get(name) else None


def _moment(environment: Mapping[str, str], name: str) -> datetime | None:
    text = environment.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(f"{name} is {text!r}; it must be a time such as 2026-01-31T12:00:00Z.") from error
    if moment.tzinfo is None:
        raise Refusal(f"{name} is {text!r}, without a time zone; write it as 2026-01-31T12:00:00Z.")
    return moment
