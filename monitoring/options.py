"""Model Monitor's environment, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from common.jobs import Refusal

_LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class Window:
    """The time that a run analyses, its end not included."""

    start: datetime
    end: datetime

    def holds(self, time: datetime) -> bool:
        return self.start <= time < self.end

    def hours(self) -> list[datetime]:
        """Every hour that the window touches: S3 has a folder for each."""
        hour, hours = self.start.replace(minute=0, second=0, microsecond=0), []
        while hour < self.end:
            hours.append(hour)
            hour += timedelta(hours=1)
        return hours


@dataclass(frozen=True)
class Options:
    """What to read, where to write. `window` and the baseline's files are there for a run only.

    A run of the pipeline reads captures and baseline from S3 itself, and puts its metrics itself: then `captures` and
    `baseline` are addresses. For Model Monitor they are empty, and it does both.
    """

    source: Path
    output: Path
    opt_ml: Path
    window: Window | None
    statistics: Path | None
    constraints: Path | None
    publish: bool
    endpoint: str
    schedule: str
    ground_truth: str
    captures: str = ""
    baseline: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], opt_ml: Path) -> "Options":
        """Read the environment; raises Refusal for what is missing or leads nowhere."""
        start, end = given.get("start_time"), given.get("end_time")
        return cls(
            source=Path(text(given, "dataset_source")),
            output=Path(text(given, "output_path")),
            opt_ml=opt_ml,
            window=_window(start, end) if start or end else None,
            statistics=_path(given, "baseline_statistics"),
            constraints=_path(given, "baseline_constraints"),
            publish=given.get("publish_cloudwatch_metrics") == "Enabled",
            endpoint=given.get("sagemaker_endpoint_name", ""),
            schedule=given.get("sagemaker_monitoring_schedule_name", ""),
            ground_truth=given.get("GROUND_TRUTH_URI", ""),
        )


def time(text: str) -> datetime:
    """An ISO 8601 time, UTC where it names no zone; raises ValueError. AWS's own sample has blanks in it."""
    read = datetime.fromisoformat(re.sub(r"\s*:\s*", ":", text.strip()))
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _window(start: str | None, end: str | None) -> Window:
    try:
        window = Window(time(start or ""), time(end or ""))
    except ValueError:
        raise Refusal(
            f"start_time is {start!r} and end_time {end!r}, where two times such as 2026-01-31T10:00:00Z are needed: "
            "set both."
        ) from None
    if not timedelta() < window.end - window.start <= _LONGEST:
        raise Refusal(
            f"The window from {start} to {end} is empty or longer than {_LONGEST.days} days: set end_time after "
            "start_time."
        )
    return window


def text(given: Mapping[str, str], name: str) -> str:
    """A variable that must be set."""
    if not given.get(name):
        raise Refusal(f"The environment has no {name}: start this container as the pipeline or Model Monitor does.")
    return given[name]


def _path(given: Mapping[str, str], name: str) -> Path | None:
    return Path(given[name]) if given.get(name) else None
