"""What of a project runs now or costs money by being there, outside the stack."""

from __future__ import annotations

from dataclasses import dataclass

from seedcode.removal.project import Project
from seedcode.stack.asking import unless_gone

ACTIVE = ("Executing", "Stopping")


@dataclass(frozen=True)
class Running:
    """Names and ARNs of what runs; empty where nothing does."""

    executions: tuple[str, ...]
    builds: tuple[str, ...]
    workflows: tuple[str, ...]
    schedules: tuple[str, ...]
    endpoint: str
    pipeline: str

    @property
    def lines(self) -> list[str]:
        """A line for each kind."""
        endpoint = [f"endpoint {self.endpoint}: costs its instances by the hour"] if self.endpoint else []
        return [
            *endpoint,
            *(f"monitoring schedule {name}: starts a job by itself" for name in self.schedules),
            *(f"execution {arn}: runs" for arn in self.executions),
            *(f"build {name}: runs" for name in self.builds),
            *(f"workflow {arn}: runs" for arn in self.workflows),
            *([f"pipeline {self.pipeline}: its definition; costs nothing"] if self.pipeline else []),
        ]


def find(project: Project) -> Running:
    """Look for everything that runs."""
    sagemaker = project.aws.client("sagemaker")
    endpoint = unless_gone(lambda: str(sagemaker.describe_endpoint(EndpointName=project.vehicles)["EndpointName"]), "")
    pipeline = unless_gone(lambda: str(sagemaker.describe_pipeline(PipelineName=project.pipeline)["PipelineName"]), "")
    return Running(
        executions=unless_gone(lambda: executions(project), ()),
        builds=tuple(found for name in project.builds for found in _builds(project, name)),
        workflows=tuple(found for arn in project.machines for found in _workflows(project, arn)),
        schedules=unless_gone(lambda: _schedules(project), ()),
        endpoint=endpoint,
        pipeline=pipeline,
    )


def executions(project: Project) -> tuple[str, ...]:
    """Executions of the pipeline that have not ended."""
    pages = project.aws.client("sagemaker").get_paginator("list_pipeline_executions")
    found = [
        entry for page in pages.paginate(PipelineName=project.pipeline) for entry in page["PipelineExecutionSummaries"]
    ]
    return tuple(entry["PipelineExecutionArn"] for entry in found if entry["PipelineExecutionStatus"] in ACTIVE)


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


def _schedules(project: Project) -> tuple[str, ...]:
    pages = project.aws.client("sagemaker").get_paginator("list_monitoring_schedules")
    found = pages.paginate(EndpointName=project.vehicles)
    return tuple(one["MonitoringScheduleName"] for page in found for one in page["MonitoringScheduleSummaries"])
