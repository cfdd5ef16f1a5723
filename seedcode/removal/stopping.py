"""Stops what runs and removes what costs money; each is asked for only where it is there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial

from seedcode.removal.project import Project
from seedcode.removal.running import Running, executions
from seedcode.stack.asking import unless_gone
from seedcode.stack.errors import StackError

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
