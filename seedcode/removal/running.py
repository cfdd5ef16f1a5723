"""What of a project runs now or costs money by being there, outside the stack."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from botocore.exceptions import ClientError

from common.aws_errors import is_closed
from seedcode.errors import StackError
from seedcode.removal.project import Project
from seedcode.stack.state import unless_gone

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


LONGEST_WAIT = 900.0
# While an endpoint is one of these, AWS refuses to delete it.
MOVING = ("Creating", "Updating", "SystemUpdating", "RollingBack")
CAUSE = "the project is removed with scones destroy"


def stop(project: Project, running: Running, say: Callable[[str], None]) -> None:
    """Stop executions, builds and workflows, then remove schedules, endpoint and pipelines."""
    sagemaker = project.aws.client("sagemaker")
    if running.hourly:
        # Before executions are stopped, or it might start another one. The stack finds it gone, which is as good.
        say(f"Removing the schedule {running.hourly}.")
        scheduler = project.aws.client("scheduler")
        unless_gone(partial(scheduler.delete_schedule, Name=running.hourly), {})
    _stop_executions(project, running, say)
    for build in running.builds:
        say(f"Stopping the build {build}.")
        unless_gone(partial(project.aws.client("codebuild").stop_build, id=build), {})
    for workflow in running.workflows:
        say(f"Stopping the workflow {workflow}.")
        unless_gone(partial(project.aws.client("stepfunctions").stop_execution, executionArn=workflow, cause=CAUSE), {})
    for schedule in running.schedules:
        say(f"Removing the monitoring schedule {schedule}.")
        unless_gone(partial(sagemaker.delete_monitoring_schedule, MonitoringScheduleName=schedule), {})
    for note in running.notes:
        say(note)
    if running.endpoint:
        say(f"Removing the endpoint {running.endpoint}.")
        _remove_endpoint(project)
    remove_leftovers(project)
    for pipeline in running.pipelines:
        say(f"Removing the pipeline {pipeline}.")
        unless_gone(partial(sagemaker.delete_pipeline, PipelineName=pipeline), {})


def _stop_executions(project: Project, running: Running, say: Callable[[str], None]) -> None:
    for arn in running.executions:
        say(f"Stopping the execution {arn}.")
        unless_gone(partial(project.aws.client("sagemaker").stop_pipeline_execution, PipelineExecutionArn=arn), {})
    # Jobs that still run need the roles that the stack's deletion takes away.
    _until(lambda: not executions(project), "the executions to stop")


def _remove_endpoint(project: Project) -> None:
    sagemaker = project.aws.client("sagemaker")

    def status() -> str:
        return unless_gone(
            lambda: str(sagemaker.describe_endpoint(EndpointName=project.vehicles)["EndpointStatus"]), ""
        )

    unless_gone(partial(_release_scaling, project), None)
    _until(lambda: status() not in MOVING, "the endpoint to come to rest")
    unless_gone(partial(sagemaker.delete_endpoint, EndpointName=project.vehicles), {})
    _until(lambda: not status(), "the endpoint to go")


def _release_scaling(project: Project) -> None:
    scaling = project.aws.client("application-autoscaling")
    resource = f"endpoint/{project.vehicles}/variant/"
    for target in scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]:
        if target["ResourceId"].startswith(resource):
            names = ("ServiceNamespace", "ResourceId", "ScalableDimension")
            scaling.deregister_scalable_target(**{name: target[name] for name in names})


def remove_leftovers(project: Project) -> None:
    """Remove the configurations and models of the endpoint's versions; they cost nothing, and are in the way."""
    sagemaker = project.aws.client("sagemaker")
    begin = f"{project.vehicles}-v"
    # What deploy_model makes for a version; what else begins so may be another project's.
    ours = re.compile(rf"{re.escape(project.vehicles)}-v\d+-[0-9a-f]{{8}}")
    for page in sagemaker.get_paginator("list_endpoint_configs").paginate(NameContains=begin):
        for entry in page["EndpointConfigs"]:
            if ours.fullmatch(entry["EndpointConfigName"]):
                unless_gone(
                    partial(sagemaker.delete_endpoint_config, EndpointConfigName=entry["EndpointConfigName"]), {}
                )
    for page in sagemaker.get_paginator("list_models").paginate(NameContains=begin):
        for entry in page["Models"]:
            if ours.fullmatch(entry["ModelName"]):
                unless_gone(partial(sagemaker.delete_model, ModelName=entry["ModelName"]), {})


def _until(holds: Callable[[], bool], what: str) -> None:
    pause, deadline = 0.1, time.monotonic() + LONGEST_WAIT
    while not holds():
        if time.monotonic() > deadline:
            raise StackError(f"Waited {LONGEST_WAIT / 60:.0f} min for {what}; run `scones destroy` again.")
        time.sleep(pause)
        pause = min(pause * 1.5, 5.0)
