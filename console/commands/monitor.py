"""`scones monitor`: check for drift - does what comes in still look like what the model was trained on?"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from console.formats import moment
from console.output import print_rows, say
from console.target import Target, choose

if TYPE_CHECKING:
    from console.monitoring.runs import Run

_SHOWN = 10


def add_arguments(parser: ArgumentParser) -> None:
    """Whether to run it at once, and over how many hours."""
    parser.add_argument("--now", action="store_true", help="run once now, instead of waiting for the hour")
    parser.add_argument("--hours", type=int, default=1, help="how many past hours a run with --now reads (default: 1)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print the schedule, its last runs, and what the last of them found; exit with 1 where a run with --now failed."""
    from console.monitoring import watch
    from console.monitoring.runs import UNSUCCESSFUL

    target = choose(options.target)
    latest = watch.run_now(target, options.hours) if options.now else None
    facts = _facts(target, latest)
    if options.json:
        print(json.dumps(facts, indent=2))
    else:
        _print(facts)
    return 1 if latest and latest.status in UNSUCCESSFUL else 0


def show(target: Target, run: Run) -> None:
    """Say what one run has found."""
    _print(_facts(target, run))


def _facts(target: Target, latest: Run | None) -> dict[str, Any]:
    from console.monitoring import watch
    from console.monitoring.runs import ENDED

    backend = watch.get(target)
    schedule, runs = backend.schedule(), backend.runs(_SHOWN)
    latest = latest or next((run for run in runs if run.status in ENDED), None)
    report = watch.report(target, latest) if latest else None
    return {
        "schedule": schedule.name,
        "status": schedule.status,
        "expression": schedule.expression,
        "runs": [_row(run) for run in runs],
        "report": f"{report.address}/report.html" if report else None,
        "violations": report.violations if report else [],
        "failure": latest.reason or None if latest else None,
    }


def _row(run: Run) -> dict[str, Any]:
    return {"run": run.id, "scheduled": moment(run.at), "status": run.status, "by": run.by, "reason": run.reason}


def _print(facts: dict[str, Any]) -> None:
    say(f"{facts['schedule']} is {facts['status']}, {facts['expression']}.")
    print_rows(facts["runs"], as_json=False, empty="It has not run yet; `scones monitor --now` runs it at once.")
    if facts["report"]:
        say(f"\nThe last report: {facts['report']}")
    for violation in facts["violations"]:
        say(f"  {violation['feature_name']} ({violation['constraint_check_type']}): {violation['description']}")
    if facts["report"] and not facts["violations"]:
        say("  Nothing has drifted.")
