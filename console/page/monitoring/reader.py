"""The check for drift with its runs and each feature's distance from the baseline, and images that wait for review."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.drift_answer import DriftAnswer, fetch_answer
from console.drift import checks
from console.drift.backend import Run as Checked
from console.errors import CommandError
from console.intake import ingestion, review
from console.intake.review import WaitingImage
from console.intake.store import Store
from console.page import storage
from console.page.source import Source

_MOST_RUNS = 48


ANSWERS = "prediction"
"""The feature that is the model's answer."""


@dataclass(frozen=True)
class Histogram:
    """A number's distributions by common bins: one bound more than shares, which are parts of the images."""

    bounds: tuple[float, ...]
    then: tuple[float, ...]
    now: tuple[float, ...]


@dataclass(frozen=True)
class Change:
    """One feature: its distance from the baseline, and its mean then and now; None where the report has none."""

    name: str
    distance: float
    drifted: bool
    before: float | None = None
    now: float | None = None
    deviation: float | None = None
    histogram: Histogram | None = None

    @property
    def effect(self) -> float | None:
        """How far the mean moved, in standard deviations of the baseline; None where that is not known."""
        if self.before is None or self.now is None or not self.deviation:
            return None
        return (self.now - self.before) / self.deviation


@dataclass(frozen=True)
class Findings:
    """What one run found: its violations as sentences, each feature's change, and the shares of the model's answers."""

    address: str
    violations: tuple[str, ...]
    changes: tuple[Change, ...]
    answers: tuple[tuple[str, float], ...] = ()
    answers_before: tuple[tuple[str, float], ...] = ()
    captures: int = 0


@dataclass(frozen=True)
class Run:
    """One run; `execution` is the id of the pipeline's execution that it is, where it is one."""

    at: datetime
    status: str
    by: str
    reason: str
    execution: str
    findings: Findings | None


@dataclass(frozen=True)
class Drift:
    """The schedule, its runs, newest first, and what the alarm led to when it rang last."""

    schedule: str
    status: str
    expression: str
    runs: tuple[Run, ...]
    answer: DriftAnswer | None = None

    @property
    def latest(self) -> Findings | None:
        """The newest findings with a result: an hour of too few images takes nothing back that was found before."""
        found = [run.findings for run in self.runs if run.findings]
        return next((each for each in found if each.changes or each.violations), found[0] if found else None)


def fetch_drift(source: Source) -> Drift | None:
    """Fetch schedule and runs; None before anything is monitored. A run that has ended is fetched once."""
    backend = checks.find_backend(source, source.once)
    if backend is None:
        return None
    schedule = backend.schedule()
    return Drift(
        schedule=schedule.name,
        status=schedule.status,
        expression=schedule.expression,
        runs=tuple(_run(source, run) for run in backend.runs(_MOST_RUNS)),
        answer=fetch_answer(source.client("s3"), source.project.bucket),
    )


def fetch_report(source: Source) -> bytes:
    """The page of HTML that the newest run has left."""
    found = fetch_drift(source)
    content = storage.fetch(source, f"{found.latest.address}/report.html") if found and found.latest else None
    if content is None:
        raise CommandError("No run has left a report yet.")
    return content


def _run(source: Source, run: Checked) -> Run:
    findings = source.once(("findings", run.report), lambda: _fetch_findings(source, run)) if run.report else None
    return Run(at=run.at, status=run.status, by=run.by, reason=run.reason, execution=_execution(run), findings=findings)


def _execution(run: Checked) -> str:
    """The id of the pipeline's execution that a run is; Model Monitor's are jobs."""
    return run.id if "/execution/" in run.arn else ""


def _fetch_findings(source: Source, run: Checked) -> Findings | None:
    found = checks.fetch_report(source, run)
    if found is None:
        return None
    statistics = storage.fetch_json(source, f"{found.address}/statistics.json") or {}
    sentences = (
        f"{item['feature_name']} ({item['constraint_check_type']}): {item['description']}" for item in found.violations
    )
    drifted = {item["feature_name"] for item in found.violations}
    return parse_findings(found.address, tuple(sentences), drifted, statistics)


def parse_findings(
    address: str, violations: tuple[str, ...], drifted: Collection[str], statistics: dict[str, Any]
) -> Findings:
    """What a run found, from its statistics.json."""
    features = {str(feature.get("name", "")): feature for feature in statistics.get("features", [])}
    return Findings(
        address,
        violations,
        tuple(_parse_changes(features, drifted)),
        tuple(_parse_answers(features.get(ANSWERS, {}))),
        tuple(_get_comparison(features.get(ANSWERS, {})).get("baseline_shares", {}).items()),
        int(statistics.get("dataset", {}).get("item_count", 0)),
    )


def _parse_changes(features: dict[str, dict[str, Any]], drifted: Collection[str]) -> Iterator[Change]:
    for name, feature in features.items():
        compared = _get_comparison(feature)
        if isinstance(compared.get("distance"), int | float):
            yield Change(
                name,
                float(compared["distance"]),
                name in drifted,
                compared.get("baseline_mean"),
                feature.get("numerical_statistics", {}).get("mean"),
                compared.get("baseline_std_dev"),
                parse_histogram(compared),
            )


def parse_histogram(compared: dict[str, Any]) -> Histogram | None:
    """Both distributions of a report's comparison; None where it has none, or they do not fit each other."""
    found = compared.get("histogram")
    if not isinstance(found, dict):
        return None
    bounds, then, now = (tuple(found.get(name) or ()) for name in ("bounds", "baseline", "now"))
    if not len(bounds) - 1 == len(then) == len(now) or len(then) == 0:
        return None
    if not all(isinstance(value, int | float) for value in (*bounds, *then, *now)):
        return None
    return Histogram(bounds, then, now)


def _get_comparison(feature: dict[str, Any]) -> dict[str, Any]:
    compared: dict[str, Any] = feature.get("custom_statistics", {}).get("comparison", {})
    return compared


def _parse_answers(feature: dict[str, Any]) -> Iterator[tuple[str, float]]:
    distribution = feature.get("string_statistics", {}).get("distribution", {})
    buckets = distribution.get("categorical", {}).get("buckets", [])
    total = sum(bucket["count"] for bucket in buckets)
    for bucket in buckets if total else ():
        yield str(bucket["value"]), bucket["count"] / total


MOST = 12
_LARGEST = 16 * 1024 * 1024
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Queue:
    """The oldest that wait, and how many wait in all."""

    images: tuple[WaitingImage, ...]
    waiting: int

    @property
    def more(self) -> bool:
        """Whether more wait than these."""
        return self.waiting > len(self.images)

    @property
    def sentence(self) -> str:
        """What of the queue is shown."""
        return f"The {len(self.images)} oldest of {self.waiting} are shown."


class _Store(Store):
    """A store that fetches an image's metadata once: it does not change while the image waits."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._source = source

    def metadata(self, keys: Sequence[str]) -> list[dict[str, str]]:
        return [self._source.once(("metadata", key), lambda key=key: self._metadata(key)) for key in keys]  # type: ignore[misc]


def fetch_queue(source: Source) -> Queue:
    """Fetch the queue."""
    store = _Store(source)
    return Queue(tuple(review.list_waiting(store, MOST)), sum(1 for _ in store.entries(review.REVIEW)))


def label(source: Source, key: str, choice: str) -> str:
    """Label an image, which moves it."""
    return review.label(Store(source), key, choice)


def fetch_image(source: Source, key: str) -> tuple[bytes, str]:
    """A waiting image's bytes and media type; nothing else of the bucket is shown, and nothing but PNG and JPEG."""
    content = storage.fetch(source, f"s3://{source.project.bucket}/{key}", _LARGEST) if _waits(key) else None
    kind = next((kind for start, kind in _KINDS.items() if content and content.startswith(start)), None)
    if content is None or kind is None:
        raise CommandError(f"{key!r} is no PNG or JPEG that waits under {review.REVIEW}.")
    return content, kind


def _waits(key: str) -> bool:
    return key.startswith(review.REVIEW) and ".." not in key.split("/")


def close_batch(source: Source) -> None:
    """Close the batch of labelled images, which starts a training on them as soon as they are taken in."""
    ingestion.close_batch(Store(source))
