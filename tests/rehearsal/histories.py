"""The histories of a project's stack, builds, executions, jobs and endpoint, as AWS keeps them.

A history grows at its end; of a type of resources it is a set, as many resources go the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

Client = Callable[[str], Any]
Histories = dict[str, list[str]]
_OF_TYPE = "resource "


def read(client: Client, project: str, stack_id: str | None) -> Histories:
    """Every history by its name; a missing resource has none."""
    found: Histories = {}
    for read in (_builds, _executions):
        with suppress(ClientError):
            found |= dict(read(client, project))
    if stack_id:
        with suppress(ClientError):
            found |= _stack(client, stack_id)
    return {name: entries for name, entries in found.items() if entries}


def new(now: Histories, before: Histories) -> Histories:
    """What was added to histories since."""
    grown: Histories = {}
    for name, entries in now.items():
        known = before.get(name, [])
        is_set = name.startswith(_OF_TYPE)
        grown[name] = [entry for entry in entries if entry not in known] if is_set else entries[len(known) :]
    return {name: entries for name, entries in grown.items() if entries}


def _stack(client: Client, stack_id: str) -> Histories:
    """The stack's own statuses, and those of each type of resource; the same sequence of a type counts once."""
    pages = client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack_id)
    events = [event for page in pages for event in page["StackEvents"]][::-1]
    stack = [event["ResourceStatus"] for event in events if event["PhysicalResourceId"] == stack_id]
    failed = [
        f"{event['ResourceType']} {event['ResourceStatus']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
    by_resource: dict[tuple[str, str], list[str]] = defaultdict(list)
    for event in events:
        by_resource[event["ResourceType"], event["LogicalResourceId"]].append(event["ResourceStatus"])
    types: Histories = defaultdict(list)
    for (kind, _), statuses in by_resource.items():
        sequence = " ".join(dict.fromkeys(statuses))
        if sequence not in types[kind] and kind != "AWS::CloudFormation::Stack":
            types[kind].append(sequence)
    of_types = {f"{_OF_TYPE}{kind}": sorted(sequences) for kind, sequences in types.items()}
    return {"stack": stack, "resources that failed": failed} | of_types


def _builds(client: Client, project: str) -> Iterator[tuple[str, list[str]]]:
    codebuild = client("codebuild")
    ids = codebuild.list_builds_for_project(projectName=f"{project}-build", sortOrder="ASCENDING")["ids"]
    found = {build["id"]: build for build in codebuild.batch_get_builds(ids=ids)["builds"]} if ids else {}
    for number, build in enumerate((found[one] for one in ids if one in found), start=1):
        phases = [f"{phase['phaseType']} {phase.get('phaseStatus', '')}".strip() for phase in build.get("phases", [])]
        yield f"build {number}", [*phases, build["buildStatus"]] if build["buildComplete"] else []


def _executions(client: Client, project: str) -> Iterator[tuple[str, list[str]]]:
    """For each pipeline of the project: its executions, their steps, and the histories of their training jobs."""
    sagemaker = client("sagemaker")
    for pipeline in sagemaker.list_pipelines(PipelineNamePrefix=f"{project}-")["PipelineSummaries"]:
        name = pipeline["PipelineName"]
        listed = sagemaker.list_pipeline_executions(PipelineName=name, SortBy="CreationTime", SortOrder="Ascending")
        for number, execution in enumerate(listed["PipelineExecutionSummaries"], start=1):
            arn, status = execution["PipelineExecutionArn"], execution["PipelineExecutionStatus"]
            called = f"execution {number} of {name.removeprefix(f'{project}-')}"
            if status not in ("Executing", "Stopping"):
                yield called, [status]
                yield from _steps(sagemaker, arn, called)


def _steps(sagemaker: Any, arn: str, called: str) -> Iterator[tuple[str, list[str]]]:
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
    for step in steps["PipelineExecutionSteps"]:
        cached = ["from the cache"] if "CacheHitResult" in step else []
        yield f"{called}, {step['StepName']}", [*cached, step["StepStatus"]]
        job = step.get("Metadata", {}).get("TrainingJob")
        if job and not cached:
            described = sagemaker.describe_training_job(TrainingJobName=job["Arn"].rpartition("/")[2])
            statuses = [one["Status"] for one in described["SecondaryStatusTransitions"]]
            yield f"{called}, {step['StepName']}'s job", statuses
