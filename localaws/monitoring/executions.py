"""One execution of a schedule: a processing job over its window, its metrics, and how it ended."""

from __future__ import annotations

import logging
from pathlib import Path

from localaws.aws import Aws, now
from localaws.errors import AwsError
from localaws.failures import ClientFailure, JobFailure
from localaws.monitoring import job, metrics, records
from localaws.monitoring.records import EXECUTION, change
from localaws.names import identifier
from localaws.operations import SAGEMAKER
from localaws.records.jobs import PROCESSING, find_job
from localaws.shapes import Document
from localaws.tasks import Stop

logger = logging.getLogger(__name__)

INTERRUPTED = (
    "InternalServerError: The local AWS was stopped while this execution ran; "
    "the schedule goes on at its next due time."
)
# What a program says in its message when it found violations, as Model Monitor's contract has it.
_VIOLATIONS = "CompletedWithViolations"


def begin(aws: Aws, schedule: Document, scheduled: float) -> str:
    """Record an execution that is due; call it in the transaction that moves the schedule's next due time."""
    name = schedule["MonitoringScheduleName"]
    # By time, so that a schedule's executions lie in the store in their order.
    key = f"{name}/{scheduled:014.3f}-{identifier()}"
    config = schedule["MonitoringScheduleConfig"]
    document = {
        "Key": key,
        "MonitoringScheduleName": name,
        "EndpointName": schedule["EndpointName"],
        "MonitoringType": schedule["MonitoringType"],
        "ScheduledTime": scheduled,
        "CreationTime": now(),
        "LastModifiedTime": now(),
        "MonitoringExecutionStatus": "Pending",
    }
    if "MonitoringJobDefinitionName" in config:
        document["MonitoringJobDefinitionName"] = config["MonitoringJobDefinitionName"]
    aws.store.put(EXECUTION, key, document)
    return key


def run(aws: Aws, schedule: Document, key: str, _: Stop) -> None:
    """Take an execution from Pending to its end; it is stopped by stopping its processing job."""
    try:
        arn = _start(aws, schedule, key)
        aws.tasks.join(arn)
        _finish(aws, key, arn)
    except (JobFailure, AwsError) as failure:
        _fail(aws, key, str(failure))
    except Exception as error:
        _fail(aws, key, f"InternalServerError: {type(error).__name__}: {error}")
        raise


def interrupt(aws: Aws) -> None:
    """After a start: what an earlier process had under way has failed."""
    for execution in records.executions(aws):
        if execution["MonitoringExecutionStatus"] in records.UNDER_WAY:
            _fail(aws, execution["Key"], INTERRUPTED)


def _start(aws: Aws, schedule: Document, key: str) -> str:
    config = schedule["MonitoringScheduleConfig"]
    definition = records.definition(aws, config)
    if definition is None:
        raise ClientFailure(f"The job definition {config['MonitoringJobDefinitionName']} does not exist any more.")
    execution = change(aws, key, MonitoringExecutionStatus="InProgress")
    request = job.request(aws, schedule, definition, execution)
    arn: str = SAGEMAKER.call(aws, "CreateProcessingJob", request)[PROCESSING.arn]
    change(aws, key, ProcessingJobArn=arn)
    return arn


def _finish(aws: Aws, key: str, arn: str) -> None:
    document = find_job(aws, PROCESSING, arn.rsplit("/", 1)[-1]) or {"ProcessingJobStatus": "Failed"}
    status, message = document["ProcessingJobStatus"], document.get("ExitMessage", "")
    _publish(aws, document)
    if status == "Completed" and message.startswith(_VIOLATIONS):
        status = _VIOLATIONS
    reason = {"FailureReason": document["FailureReason"]} if "FailureReason" in document else {}
    change(aws, key, MonitoringExecutionStatus=status, **reason)


def _publish(aws: Aws, document: Document) -> None:
    if document.get("Environment", {}).get("publish_cloudwatch_metrics") != "Enabled":
        return
    folder: Path = aws.settings.jobs / document["ProcessingJobName"]
    if aws.authority:
        # The service writes them in the name of the job's role.
        named = {"cloudwatch:namespace": metrics.NAMESPACE}
        aws.authority.check(document["RoleArn"], "cloudwatch:PutMetricData", "*", named)
    sent, refused = metrics.publish(aws.clients.get("cloudwatch"), sorted(folder.glob("algo-*")))
    if refused:
        logger.warning("%s: %d metrics were sent, %d lines refused", document["ProcessingJobName"], sent, refused)


def _fail(aws: Aws, key: str, reason: str) -> None:
    change(aws, key, MonitoringExecutionStatus="Failed", FailureReason=reason[:1024])
