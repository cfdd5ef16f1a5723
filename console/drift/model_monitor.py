"""The backend MODEL_MONITOR: a monitoring schedule of SageMaker's, where AWS has not closed that to the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, is_closed, is_missing
from console import endpoint
from console.drift.backend import ENDED, Once, Run, Schedule, read_always
from console.target import Target

BY_HAND = "-now-"


@dataclass(frozen=True)
class ModelMonitorBackend:
    """A monitoring schedule as SageMaker described it."""

    target: Target
    described: dict[str, Any]
    once: Once = read_always

    def schedule(self) -> Schedule:
        config = self.described["MonitoringScheduleConfig"]
        constraints = config["MonitoringJobDefinition"]["BaselineConfig"]["ConstraintsResource"]["S3Uri"]
        return Schedule(
            name=self.described["MonitoringScheduleName"],
            status=self.described["MonitoringScheduleStatus"],
            expression=config.get("ScheduleConfig", {}).get("ScheduleExpression", ""),
            baseline=constraints.rpartition("/")[0],
        )

    def runs(self, most: int) -> list[Run]:
        return [self._run(summary) for summary in self._summaries(most, EndpointName=endpoint.name(self.target))]

    def start(self, hours: int) -> str:
        self._forget_former()
        name = f"{self.schedule().name}{BY_HAND}{datetime.now(UTC):%Y%m%d%H%M%S}"
        once = {
            "ScheduleExpression": "NOW",
            "DataAnalysisStartTime": f"-PT{hours}H",
            "DataAnalysisEndTime": "-PT0H",
        }
        job = self.described["MonitoringScheduleConfig"]["MonitoringJobDefinition"]
        self.target.client("sagemaker").create_monitoring_schedule(
            MonitoringScheduleName=name,
            MonitoringScheduleConfig={"ScheduleConfig": once, "MonitoringJobDefinition": job},
        )
        return name

    def find(self, name: str) -> Run | None:
        found = self._summaries(1, MonitoringScheduleName=name)
        return self._run(found[0]) if found else None

    def _summaries(self, most: int, **chosen: str) -> list[dict[str, Any]]:
        answer = self.target.client("sagemaker").list_monitoring_executions(
            SortBy="CreationTime", SortOrder="Descending", MaxResults=most, **chosen
        )
        found: list[dict[str, Any]] = answer["MonitoringExecutionSummaries"]
        return found

    def _run(self, summary: dict[str, Any]) -> Run:
        status, arn = summary["MonitoringExecutionStatus"], summary.get("ProcessingJobArn", "")
        ended = status in ENDED and bool(arn)
        return Run(
            arn=arn,
            at=summary["ScheduledTime"],
            status=status,
            by=summary["MonitoringScheduleName"],
            reason=summary.get("FailureReason", ""),
            report=self.once(("monitoring run", arn), lambda: self._report(arn)) if ended else "",
        )

    def _report(self, arn: str) -> str:
        """Where a job writes; empty where SageMaker has forgotten it."""
        describe = self.target.client("sagemaker").describe_processing_job
        job = find_resource(describe, ProcessingJobName=arn.rsplit("/", 1)[-1])
        if job is None:
            return ""
        address: str = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
        return address.rstrip("/")

    def _forget_former(self) -> None:
        """One-time schedules stay when they are done, and SageMaker allows an endpoint only so many."""
        for summary in self._summaries(100, EndpointName=endpoint.name(self.target)):
            name = summary["MonitoringScheduleName"]
            if BY_HAND in name and summary["MonitoringExecutionStatus"] in ENDED:
                self.target.client("sagemaker").delete_monitoring_schedule(MonitoringScheduleName=name)


def find(target: Target, once: Once = read_always) -> ModelMonitorBackend | None:
    """The backend of a stack that has a monitoring schedule; None where there is none, or can be none."""
    try:
        described = target.client("sagemaker").describe_monitoring_schedule(
            MonitoringScheduleName=f"{endpoint.name(target)}-drift"
        )
    except ClientError as error:
        if not is_missing(error) and not is_closed(error):
            raise
        return None
    return ModelMonitorBackend(target, described, once)
