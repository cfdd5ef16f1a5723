"""`scones monitor`: does what comes in still look like what the model was trained on?"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import Any

from console.output import moment, print_rows, say
from console.target import Target, choose

_SHOWN = 10


def add_arguments(parser: ArgumentParser) -> None:
    """Whether to run it at once, and over how many hours."""
    parser.add_argument("--now", action="store_true", help="run once now, instead of waiting for the hour")
    parser.add_argument("--hours", type=int, default=1, help="how many past hours a run with --now reads (default: 1)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print the schedule, its last runs, and what the last of them found; exit with 1 where a run with --now failed."""
    from console import monitoring

    target = choose(options.target)
    latest = monitoring.run_now(target, options.hours) if options.now else None
    facts = _facts(target, latest)
    if options.json:
        print(json.dumps(facts, indent=2))
    else:
        _print(facts)
    return 1 if latest and latest["MonitoringExecutionStatus"] in ("Failed", "Stopped") else 0


def show(target: Target, execution: dict[str, Any]) -> None:
    """Say what one run has found."""
    _print(_facts(target, execution))


def _facts(target: Target, latest: dict[str, Any] | None) -> dict[str, Any]:
    from console import monitoring

    schedule = monitoring.require(target)
    rows = monitoring.executions(target, _SHOWN)
    latest = latest or next((row for row in rows if row["MonitoringExecutionStatus"] in monitoring.ENDED), None)
    report = monitoring.report(target, latest) if latest else None
    return {
        "schedule": schedule["MonitoringScheduleName"],
        "status": schedule["MonitoringScheduleStatus"],
        "expression": schedule["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"],
        "runs": [_row(row) for row in rows],
        "report": f"{report.address}/report.html" if report else None,
        "violations": report.violations if report else [],
        "failure": latest.get("FailureReason") if latest else None,
    }


def _row(execution: dict[str, Any]) -> dict[str, Any]:
    return {
        "scheduled": moment(execution["ScheduledTime"]),
        "status": execution["MonitoringExecutionStatus"],
        "by": execution["MonitoringScheduleName"],
        "reason": execution.get("FailureReason", ""),
    }


def _print(facts: dict[str, Any]) -> None:
    say(f"{facts['schedule']} is {facts['status']}, {facts['expression']}.")
    print_rows(facts["runs"], as_json=False, empty="It has not run yet; `scones monitor --now` runs it at once.")
    if facts["report"]:
        say(f"\nThe last report: {facts['report']}")
    for violation in facts["violations"]:
        say(f"  {violation['feature_name']} ({violation['constraint_check_type']}): {violation['description']}")
    if facts["report"] and not facts["violations"]:
        say("  Nothing has drifted.")
