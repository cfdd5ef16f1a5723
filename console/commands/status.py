"""`scones status`: what runs, and what is there."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import Any

from botocore.exceptions import ClientError

from console import registry
from console.commands import Command, add_json
from console.errors import CommandError
from console.executions import identifier, list_summaries
from console.output import print_json, say
from console.target import Target, choose

_DETAILS = ("credentials", "isolation", "account", "requests")
"""Facts in whole sentences, which are shown with the caveats."""
_OPEN = "any "  # credentials: that everybody may call it is no detail


def print_status(options: Namespace) -> int:
    """Print the state; exit with 1 where the local AWS is not running."""
    from localaws.command.facts import list_facts
    from localaws.process import running_pid

    if options.json and options.caveats:
        raise CommandError("--json has the caveats as well; leave out --caveats.", 2)
    target = choose(options.target, must_run=False)
    if target.local and not running_pid(target.local):
        _print(dict(list_facts(target.local)), as_json=options.json)
        return 1
    _print(_facts(target), as_json=options.json, caveats=options.caveats)
    return 0


def _add_status(parser: ArgumentParser) -> None:
    parser.add_argument("--caveats", action="store_true", help="what of the stack the local AWS emulates only partly")
    add_json(parser)


def _facts(target: Target) -> dict[str, Any]:
    from localaws.command.facts import list_facts

    sagemaker = target.client("sagemaker")
    executions = list_summaries(sagemaker, target.project.pipeline_name)
    facts: dict[str, Any] = dict(list_facts(target.local)) if target.local else {}
    facts |= {
        "bucket": target.project.bucket,
        "pipeline": target.project.pipeline_name,
        "executions": len(executions),
        "newest_execution": _newest(executions),
        "registered_versions": len(registry.list_summaries(target)),
    }
    if target.local:
        facts["not_emulated"] = _not_emulated(target, iam_enforced=facts["iam"] == "enforced")
    return facts


def _not_emulated(target: Target, *, iam_enforced: bool) -> dict[str, str]:
    """What the local AWS leaves out of the deployed stack's resources, a sentence a type."""
    from localaws.resources.omissions import omitted
    from pipelines.stack import stack_name

    try:
        pages = target.client("cloudformation").get_paginator("list_stack_resources")
        listed = [
            item for page in pages.paginate(StackName=stack_name(os.environ)) for item in page["StackResourceSummaries"]
        ]
    except ClientError:
        return {}  # no stack is deployed
    return omitted((item["ResourceType"] for item in listed), iam_enforced=iam_enforced)


def _newest(executions: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not executions:
        return None
    newest = executions[0]
    return {"id": identifier(newest["PipelineExecutionArn"]), "status": newest["PipelineExecutionStatus"]}


def _print(facts: dict[str, Any], *, as_json: bool, caveats: bool = False) -> None:
    if as_json:
        print_json(facts)
        return
    missing = facts.pop("not_emulated", {})
    for name in () if caveats else _DETAILS:
        if not str(facts.get(name)).startswith(_OPEN):
            facts.pop(name, None)
    if "newest_execution" in facts:
        facts["newest_execution"] = " ".join((facts["newest_execution"] or {"id": "none"}).values())
    width = max(map(len, facts))
    for name, value in facts.items():
        say(f"{name.replace('_', ' '):<{width}}  {value}")
    if missing and not caveats:
        say(f"\n{len(missing)} types of the stack's resources are emulated only partly: `scones status --caveats`.")
        return
    if missing:
        say("\nThe stack has resources that the local AWS emulates only partly:")
    for name, sentence in missing.items():
        say(f"  {name}: {sentence}")


COMMANDS = {"status": Command(print_status, _add_status)}
