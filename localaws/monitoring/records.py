"""Schedules, job definitions and executions in the store, and how one reads the other."""

from __future__ import annotations

from localaws.aws import Aws, now
from localaws.shapes import Document

SCHEDULE = "monitoring-schedule"
EXECUTION = "monitoring-execution"
DEFINITIONS = {"DataQuality": "data-quality-job-definition", "ModelQuality": "model-quality-job-definition"}
UNDER_WAY = ("Pending", "InProgress", "Stopping")


def executions(aws: Aws, schedule: str = "") -> list[Document]:
    """All executions, or those of one schedule, oldest first."""
    return aws.store.all(EXECUTION, f"{schedule}/" if schedule else "")


def running(aws: Aws, schedule: str) -> list[Document]:
    """A schedule's executions that have not ended."""
    return [item for item in executions(aws, schedule) if item["MonitoringExecutionStatus"] in UNDER_WAY]


def last(aws: Aws, schedule: Document) -> Document | None:
    """The newest execution of this schedule; one of the same name that was deleted left others."""
    of_this = [
        item
        for item in executions(aws, schedule["MonitoringScheduleName"])
        if item["CreationTime"] >= schedule["CreationTime"]
    ]
    return max(of_this, key=lambda item: (item["ScheduledTime"], item["CreationTime"]), default=None)


def change(aws: Aws, key: str, **changes: object) -> Document:
    """Commit an execution's change."""
    return aws.store.update(EXECUTION, key, LastModifiedTime=now(), **changes)


def definition(aws: Aws, config: Document) -> Document | None:
    """What a MonitoringScheduleConfig runs, in the form of a MonitoringJobDefinition; None where it is gone."""
    inline: Document | None = config.get("MonitoringJobDefinition")
    if inline is not None:
        return inline
    kind = config["MonitoringType"]
    stored = aws.store.get(DEFINITIONS[kind], config["MonitoringJobDefinitionName"])
    return None if stored is None else as_inline(kind, stored)


def as_inline(kind: str, stored: Document) -> Document:
    """A stored job definition as an inline one; the image's environment stands elsewhere in it."""
    application = stored[f"{kind}AppSpecification"]
    alike: Document = {
        name: stored[name] for name in ("StoppingCondition", "NetworkConfig", "RoleArn") if name in stored
    }
    return {
        "MonitoringAppSpecification": application,
        "MonitoringInputs": [stored[f"{kind}JobInput"]],
        "MonitoringOutputConfig": stored[f"{kind}JobOutputConfig"],
        "MonitoringResources": stored["JobResources"],
        "BaselineConfig": stored.get(f"{kind}BaselineConfig", {}),
        "Environment": {**_asked(kind, application), **application.get("Environment", {})},
        **alike,
    }


def _asked(kind: str, application: Document) -> Document:
    """What a container of model quality is told to analyse, in the variables that the SDK's baselines have as well."""
    if kind != "ModelQuality":
        return {}
    problem = {"problem_type": application["ProblemType"]} if "ProblemType" in application else {}
    return {"analysis_type": "MODEL_QUALITY", **problem}
