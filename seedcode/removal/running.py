"""What of a project runs now or costs money by being there, outside the stack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from botocore.exceptions import ClientError

from common.aws_errors import is_closed
from seedcode.removal.project import Project
from seedcode.stack.asking import unless_gone

ACTIVE = ("Executing", "Stopping")


@dataclass(frozen=True)
class Running:
    """Names and ARNs of what runs; empty where nothing does."""

    executions: tuple[str, ...]
    builds: tuple[str, ...]
    workflows: tuple[str, ...]
    hourly: str  # EventBridge Scheduler's schedule
    schedules: tuple[str, ...]  # Model Monitor's
    endpoint: str
    pipelines: tuple[str, ...]
    # What could not be asked for, a sentence each.
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """A line for each kind."""
        endpoint = [f"endpoint {self.endpoint}: costs its instances by the hour"] if self.endpoint else []
        return [
            *endpoint,
            *([f"schedule {self.hourly}: starts the monitoring pipeline by itself"] if self.hourly else []),
            *(f"monitoring schedule {name}: starts a job by itself" for name in self.schedules),
            *(f"execution {arn}: runs" for arn in self.executions),
            *(f"build {name}: runs" for name in self.builds),
            *(f"workflow {arn}: runs" for arn in self.workflows),
            *(f"pipeline {name}: its definition; costs nothing" for name in self.pipelines),
        ]


def find(project: Project) -> Running:
    """Look for everything that runs."""
    sagemaker = project.aws.client("sagemaker")
    endpoint = unless_gone(lambda: str(sagemaker.describe_endpoint(EndpointName=project.vehicles)["EndpointName"]), "")
    schedules, notes = _model_monitors(project)
    return Running(
        executions=executions(project),
        builds=tuple(found for name in project.builds for found in _builds(project, name)),
        workflows=tuple(found for arn in project.machines for found in _workflows(project, arn)),
        hourly=unless_gone(lambda: _hourly(project), ""),
        schedules=schedules,
        endpoint=endpoint,
        pipelines=tuple(name for name in project.pipelines if unless_gone(partial(_pipeline, project, name), "")),
        notes=notes,
    )


def executions(project: Project) -> tuple[str, ...]:
    """Executions of the pipelines that have not ended."""
    return tuple(arn for name in project.pipelines for arn in unless_gone(partial(_executions, project, name), ()))


def _executions(project: Project, pipeline: str) -> tuple[str, ...]:
    pages = project.aws.client("sagemaker").get_paginator("list_pipeline_executions")
    found = [entry for page in pages.paginate(PipelineName=pipeline) for entry in page["PipelineExecutionSummaries"]]
    return tuple(entry["PipelineExecutionArn"] for entry in found if entry["PipelineExecutionStatus"] in ACTIVE)


def _pipeline(project: Project, name: str) -> str:
    return str(project.aws.client("sagemaker").describe_pipeline(PipelineName=name)["PipelineName"])


def _hourly(project: Project) -> str:
    scheduler = project.aws.client("scheduler")
    return str(scheduler.get_schedule(Name=project.schedule)["Name"])


def _builds(project: Project, name: str) -> tuple[str, ...]:
    """Builds in progress among the newest hundred; older ones have long met their time limit."""
    codebuild = project.aws.client("codebuild")
    newest = unless_gone(lambda: list(codebuild.list_builds_for_project(projectName=name)["ids"]), ())[:100]
    if not newest:
        return ()
    return tuple(
        b["id"] for b in codebuild.batch_get_builds(ids=list(newest))["builds"] if b["buildStatus"] == "IN_PROGRESS"
    )


def _workflows(project: Project, arn: str) -> tuple[str, ...]:
    pages = project.aws.client("stepfunctions").get_paginator("list_executions")
    found = unless_gone(lambda: list(pages.paginate(stateMachineArn=arn, statusFilter="RUNNING")), ())
    return tuple(entry["executionArn"] for page in found for entry in page["executions"])


def _model_monitors(project: Project) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Model Monitor's schedules, and why it could not be asked for them."""
    try:
        return unless_gone(partial(_schedules, project), ()), ()
    except ClientError as error:
        if is_closed(error):
            return (), ("Model Monitor is closed to this account, so there is no schedule of its to remove.",)
        raise


def _schedules(project: Project) -> tuple[str, ...]:
    pages = project.aws.client("sagemaker").get_paginator("list_monitoring_schedules")
    found = pages.paginate(EndpointName=project.vehicles)
    return tuple(one["MonitoringScheduleName"] for page in found for one in page["MonitoringScheduleSummaries"])
