"""`scones deploy`: bring the project's stack up to date, with the functions' code and their layer."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from console.errors import CommandError
from console.target import Target, choose

if TYPE_CHECKING:
    from seedcode.stack.wish import Wish


def add_arguments(parser: ArgumentParser) -> None:
    """Parameters of the template; what is not set keeps the value that the stack has."""
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a template parameter")
    parser.add_argument("--yes", action="store_true", help="execute the change set without asking")
    parser.add_argument("--json", action="store_true", help="print changes and outputs as JSON when done; asks nothing")


def run(options: Namespace) -> int:
    """Look before anything is created, show the change set, execute it, and print the stack's outputs."""
    from console.deployment import project, show
    from console.deployment.ask import Consent
    from pipelines.start import parse_overrides
    from seedcode.stack.deployment import Deployment

    target = choose(options.target)
    wished = project.wish(target, parse_overrides(options.set))
    consent = Consent(yes=options.yes, local=target.local is not None)
    _look(target, wished, with_notes=not options.json)
    if options.json:
        if target.local is None and not options.yes:
            raise CommandError("--json asks nothing; pass --yes with it.", 2)
        quiet = show.Quiet()
        agree = Consent(yes=True, local=True)
        images = project.image_publisher(target, quiet.say)
        outputs = Deployment(project.account(target), wished, quiet, agree, images).run(project.code(target, wished))
        print(json.dumps({"changes": quiet.made, "outputs": outputs}, indent=2))
        return 0
    with show.reporter() as reporter:
        images = project.image_publisher(target, reporter.say)
        deployment = Deployment(project.account(target), wished, reporter, consent, images)
        outputs = deployment.run(project.code(target, wished))
    _print(wished.project, outputs)
    return 0


def _look(target: Target, wished: Wish, *, with_notes: bool) -> None:
    """Tell everything that stands against the deployment at once."""
    from console.deployment import project
    from seedcode.preflight.findings import inspect

    findings = inspect(project.account(target), wished, on_laptop=target.local is not None)
    if with_notes:
        for note in findings.notes:
            print(f"Note: {note}")
    if findings.refusals:
        raise CommandError("nothing was deployed.\n" + "\n".join(f"  - {line}" for line in findings.refusals))


def _print(name: str, outputs: dict[str, str]) -> None:
    print(f"The stack {name} is deployed:")
    for output, value in outputs.items():
        print(f"  {output}  {value}")
