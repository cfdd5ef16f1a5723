"""The environment of the pipeline's step, read once: from where to read, and which hours the run looks at.

The window follows from when the execution was started, which the pipeline alone knows: what is due at ten past the hour
looks at the hour before, however late the job's machine comes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from common.jobs import Refusal
from monitoring.options import Options, Window, text, time

MOST_HOURS = 24 * 31
LAST_FULL_HOUR, NOW = "LAST_FULL_HOUR", "NOW"
OUTPUT = Path("processing/output")  # below /opt/ml, where the step's output is taken from
_MILLISECONDS_FROM = 1e11
"""As seconds, this number is in the year 5138: a larger one counts milliseconds."""


def is_meant(given: Mapping[str, str]) -> bool:
    """Whether the environment is that of the pipeline's step, and not Model Monitor's."""
    return "CAPTURE_URI" in given


def read(given: Mapping[str, str], opt_ml: Path) -> Options:
    """Read the environment; raises Refusal for what is missing or cannot be."""
    window = _window(text(given, "STARTED_AT"), given.get("HOURS", "1"), given.get("WINDOW_END", LAST_FULL_HOUR))
    return Options(
        source=opt_ml,
        output=Path(given["output_path"]) if given.get("output_path") else opt_ml / OUTPUT,
        opt_ml=opt_ml,
        window=window,
        statistics=None,
        constraints=None,
        publish=True,
        endpoint=text(given, "ENDPOINT_NAME"),
        schedule=text(given, "SCHEDULE_NAME"),
        ground_truth=given.get("GROUND_TRUTH_URI", ""),
        captures=text(given, "CAPTURE_URI").rstrip("/"),
        baseline=text(given, "BASELINE_URI").rstrip("/"),
    )


def _window(started: str, hours: str, end: str) -> Window:
    if not hours.isdecimal() or not 1 <= int(hours) <= MOST_HOURS:
        raise Refusal(f"HOURS is {hours!r}, where 1 to {MOST_HOURS} is allowed: set the parameter Hours so.")
    if end not in (LAST_FULL_HOUR, NOW):
        raise Refusal(f"WINDOW_END is {end!r}, where {LAST_FULL_HOUR} or {NOW} is allowed: set the parameter so.")
    moment = _moment(started)
    if end == NOW:
        # Captures tell whole seconds, and what was captured in this very second belongs to it.
        last = moment.replace(microsecond=0) + timedelta(seconds=1)
    else:
        last = moment.replace(minute=0, second=0, microsecond=0)
    return Window(last - timedelta(hours=int(hours)), last)


def _moment(started: str) -> datetime:
    """When the execution was started; AWS does not document how a pipeline spells it in a job's environment."""
    try:
        return time(started)
    except ValueError:
        pass
    try:
        number = float(started)
        return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS_FROM else number, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refusal(
            f"STARTED_AT is {started!r}, where a time such as 2026-01-31T10:10:00Z is needed: the pipeline sets it."
        ) from None
