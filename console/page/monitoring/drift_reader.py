"""The check for drift: its schedule, its runs, and the distance of each feature from the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.drift import checks
from console.drift.backend import Run as Checked
from console.errors import CommandError
from console.page import storage
from console.page.source import Source

_MOST_RUNS = 48


@dataclass(frozen=True)
class Findings:
    """What one run found: its violations as sentences, and each feature's distance from the baseline."""

    address: str
    violations: tuple[str, ...]
    distances: tuple[tuple[str, float], ...]


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
    """The schedule and its runs, newest first."""

    schedule: str
    status: str
    expression: str
    runs: tuple[Run, ...]

    @property
    def latest(self) -> Findings | None:
        return next((run.findings for run in self.runs if run.findings), None)

    def series(self) -> dict[str, list[tuple[float, float]]]:
        """Each feature's distance over time, in milliseconds since 1970."""
        found: dict[str, list[tuple[float, float]]] = {}
        for run in reversed(self.runs):
            for name, distance in run.findings.distances if run.findings else ():
                found.setdefault(name, []).append((run.at.timestamp() * 1000, distance))
        return found


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
    return Findings(found.address, tuple(sentences), tuple(_distances(statistics)))


def _distances(statistics: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for feature in statistics.get("features", []):
        distance = feature.get("custom_statistics", {}).get("comparison", {}).get("distance")
        if isinstance(distance, int | float):
            yield str(feature.get("name", "")), float(distance)
