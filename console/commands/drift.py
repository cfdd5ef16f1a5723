"""`scones monitor` and `dusk`: check for drift, and send images that cause it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.drift_answer import fetch_answer
from console.commands import Command, add_json
from console.errors import CommandError
from console.formats import moment
from console.output import print_json, print_rows, say
from console.target import Target, choose

if TYPE_CHECKING:
    from console.drift.backend import Run

_SHOWN = 10
_NO_ALARM = "No drift alarm has been answered yet."


def monitor(options: Namespace) -> int:
    """Print the schedule, its last runs, and what the last of them found; exit with 1 where a run with --now failed."""
    from console.drift import checks
    from console.drift.backend import UNSUCCESSFUL

    if options.hours is not None and not options.now:
        raise CommandError("--hours says what a check at once reads; add --now.", 2)
    target = choose(options.target)
    latest = checks.run_now(target, options.hours or 1) if options.now else None
    facts = _facts(target, latest)
    if options.json:
        print_json(facts)
    else:
        _print(facts)
    return 1 if latest and latest.status in UNSUCCESSFUL else 0


def _add_monitor(parser: ArgumentParser) -> None:
    parser.add_argument("--now", action="store_true", help="run once now, instead of waiting for the hour")
    parser.add_argument("--hours", type=int, help="how many past hours a run with --now reads (default: 1)")
    add_json(parser)


def print_run(target: Target, run: Run) -> None:
    """Print what one run has found; what the alarm makes of it follows later."""
    _print_findings(_facts(target, run))


def _facts(target: Target, latest: Run | None) -> dict[str, Any]:
    from console.drift import checks
    from console.drift.backend import ENDED

    backend = checks.get_backend(target)
    schedule, runs = backend.schedule(), backend.runs(_SHOWN)
    latest = latest or next((run for run in runs if run.status in ENDED), None)
    report = checks.fetch_report(target, latest) if latest else None
    answer = fetch_answer(target.client("s3"), target.project.bucket)
    return {
        "schedule": schedule.name,
        "status": schedule.status,
        "expression": schedule.expression,
        "runs": [_row(run) for run in runs],
        "report": f"{report.address}/report.html" if report else None,
        "violations": report.violations if report else [],
        "failure": latest.reason or None if latest else None,
        "alarm": asdict(answer) | {"sentence": answer.sentence} if answer else None,
    }


def _row(run: Run) -> dict[str, Any]:
    return {"run": run.id, "scheduled": run.at, "status": run.status, "by": run.by, "reason": run.reason}


def _print(facts: dict[str, Any]) -> None:
    _print_findings(facts)
    alarm = facts["alarm"]
    answer = f"{moment(datetime.fromisoformat(alarm['at']))}: {alarm['sentence']}" if alarm else _NO_ALARM
    say(f"\n{answer}")


def _print_findings(facts: dict[str, Any]) -> None:
    say(f"{facts['schedule']} is {facts['status']}, {facts['expression']}.")
    print_rows(facts["runs"], as_json=False, empty="It has not run yet; `scones monitor --now` runs it at once.")
    if facts["report"]:
        say(f"\nThe last report: {facts['report']}")
    for violation in facts["violations"]:
        say(f"  {violation['feature_name']} ({violation['constraint_check_type']}): {violation['description']}")
    if facts["report"] and not facts["violations"]:
        say("  Nothing has drifted.")


def dusk(options: Namespace) -> int:
    """Wait for the live version's baseline, send images taken at dusk, and print what the workflow answered."""
    from console.drift import checks

    target = choose(options.target)
    checks.await_baseline(target)
    send_dusk(target)
    print("The next hour's check for drift reads them; `scones monitor --now` runs one at once.")
    return 0


def send_dusk(target: Target, indent: str = "") -> list[dict[str, Any]]:
    """Send the images through the bulk workflow, print its summary, and answer what it said of each image."""
    from console.commands.inference import classify_prefix, print_summary, read_results
    from console.drift import dusk
    from console.output import Bar

    with Bar("Draw images at dusk") as bar:
        prefix = dusk.upload_images(target, bar.update)
    print(f"{indent}{dusk.IMAGES} images taken at dusk go through the workflow:", flush=True)
    summary = classify_prefix(target, target.project.bucket, prefix)
    print_summary(summary, indent)
    items = list(read_results(target, summary["manifest"]))
    accuracy = dusk.measure_accuracy(items)
    print(
        f"{indent}{accuracy:.1%} of its answers are correct, which this program knows, as it drew the images.",
        flush=True,
    )
    return items


COMMANDS = {
    "monitor": Command(monitor, _add_monitor),
    "dusk": Command(dusk),
}
