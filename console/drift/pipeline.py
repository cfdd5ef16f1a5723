"""The backend PIPELINE: EventBridge Scheduler starts a SageMaker pipeline, and a run is one of its executions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.aws_errors import find_resource
from console import endpoint
from console.drift.backend import VIOLATIONS, Once, Run, Schedule, read_always
from console.errors import CommandError
from console.target import Target

STEP = "CheckForDrift"
BY_HAND = "now-"
_STATES = {"ENABLED": "Scheduled", "DISABLED": "Stopped"}
_STATUSES = {"Executing": "InProgress", "Succeeded": "Completed"}


@dataclass(frozen=True)
class PipelineBackend:
    """A stack's schedule as EventBridge Scheduler described it, and the pipeline that it starts."""

    target: Target
    described: dict[str, Any]
    once: Once = read_always

    def schedule(self) -> Schedule:
        return Schedule(
            name=self.described["Name"],
            status=_STATES[self.described["State"]],
            expression=self.described["ScheduleExpression"],
            baseline=_parameters(self.described)["BaselineUri"],
        )

    def runs(self, most: int) -> list[Run]:
        sagemaker = self.target.client("sagemaker")
        order = {"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": most}
        try:
            answer = sagemaker.list_pipeline_executions(PipelineName=self._pipeline, **order)
        except sagemaker.exceptions.ResourceNotFound:
            return []
        return [self._run(summary) for summary in answer["PipelineExecutionSummaries"]]

    def start(self, hours: int) -> str:
        from pipelines.start import start_execution

        chosen = {**_parameters(self.described), "Hours": str(hours), "WindowEnd": "NOW"}
        name = f"{BY_HAND}{datetime.now(UTC):%Y%m%d%H%M%S}"
        sagemaker = self.target.client("sagemaker")
        try:
            return start_execution(sagemaker, self._pipeline, chosen, display_name=name)
        except sagemaker.exceptions.ResourceNotFound as error:
            raise CommandError(
                f"There is no pipeline {self._pipeline}; `scones run` makes it, with the training pipeline."
            ) from error

    def find(self, name: str) -> Run | None:
        return self._run(self.target.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=name))

    @property
    def _pipeline(self) -> str:
        return self.target.project.monitoring_pipeline_name

    def _run(self, summary: dict[str, Any]) -> Run:
        """An execution, from its summary or its description, which call the same by different names."""
        arn, status = summary["PipelineExecutionArn"], summary["PipelineExecutionStatus"]
        name = summary.get("PipelineExecutionDisplayName", "")
        reason = summary.get("PipelineExecutionFailureReason") or summary.get("FailureReason", "")
        run = Run(
            arn=arn,
            at=summary.get("StartTime") or summary["CreationTime"],
            status=_STATUSES.get(status, status),
            by=name if name.startswith(BY_HAND) else self.described["Name"],
            reason=reason,
        )
        if status != "Succeeded":
            return run
        message, report = self.once(("monitoring run", arn), lambda: self._outcome(arn))
        found = VIOLATIONS if message.startswith(VIOLATIONS) else run.status
        return Run(run.arn, run.at, found, run.by, run.reason, report)

    def _outcome(self, arn: str) -> tuple[str, str]:
        """What the container said at its end, and where its files lie."""
        sagemaker = self.target.client("sagemaker")
        steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
        job = next((step["Metadata"]["ProcessingJob"]["Arn"] for step in steps if step["StepName"] == STEP), "")
        described = find_resource(sagemaker.describe_processing_job, ProcessingJobName=job.rsplit("/", 1)[-1])
        if described is None:  # SageMaker forgets jobs in the end; that the run succeeded stays.
            return "", ""
        output: str = described["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
        return described.get("ExitMessage", ""), output.rstrip("/")


def find(target: Target, once: Once = read_always) -> PipelineBackend | None:
    """The backend of a stack that has its schedule, once a version is live."""
    name = f"{endpoint.name(target)}-drift"
    described = find_resource(target.client("scheduler").get_schedule, Name=name)
    return PipelineBackend(target, described, once) if described and _parameters(described) else None


def _parameters(described: dict[str, Any]) -> dict[str, str]:
    listed = described["Target"].get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    return {item["Name"]: item["Value"] for item in listed}
