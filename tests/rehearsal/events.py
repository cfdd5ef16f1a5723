"""EventBridge's events of a project, received by a rule and a queue of its own, as `detail type: status` lines."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

Client = Callable[[str], Any]
Note = Callable[[str, str], None]
SOURCES = ("cloudformation", "cloudwatch", "codebuild", "codecommit", "ecr", "sagemaker", "states")
# One a resource and status: CloudFormation's own list has them all.
_TOO_MANY = "CloudFormation Resource Status Change"
_WAIT_SECONDS = 2


def name_of(project: str) -> str:
    """The name of the rule and of the queue; it begins otherwise than what belongs to the project."""
    return f"trial-events-of-{project}"


def describe(event: Mapping[str, Any]) -> tuple[str, str]:
    """An event's detail type, and what it says in a word or two; no name and no time, which differ each time."""
    kind, detail = str(event["detail-type"]), event["detail"]
    for tells, words in _WORDS.items():
        if tells in kind:
            return kind, words(detail)
    return kind, ""


def _deployment(detail: Mapping[str, Any]) -> str:
    variants = detail.get("PendingDeploymentSummary", {}).get("ProductionVariants", [])
    return ", ".join(one["Status"] for variant in variants for one in variant.get("VariantStatus", []))


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "Endpoint Deployment State": _deployment,
    "Endpoint State": lambda detail: str(detail["EndpointStatus"]),
    "Model Package State": lambda detail: f"{detail['ModelPackageStatus']} {detail['ModelApprovalStatus']}",
    "Execution Step Status": lambda detail: f"{detail['stepName']} {detail['currentStepStatus']}",
    "Pipeline Execution Status": lambda detail: str(detail["currentPipelineExecutionStatus"]),
    "Training Job State": lambda detail: f"{detail['TrainingJobStatus']} {detail.get('SecondaryStatus', '')}".strip(),
    "Processing Job State": lambda detail: str(detail["ProcessingJobStatus"]),
    "CodeBuild Build State": lambda detail: str(detail["build-status"]),
    "CodeCommit Repository State": lambda detail: f"{detail['event']} {detail.get('referenceName', '')}".strip(),
    "Alarm State": lambda detail: f"{detail['alarmName'].partition('-vehicles')[2]} {detail['state']['value']}".strip(),
    "Stack Status": lambda detail: str(detail["status-details"]["status"]),
    "Step Functions Execution": lambda detail: f"{detail['stateMachineArn'].rpartition('-')[2]} {detail['status']}",
    "ECR Image": lambda detail: f"{detail.get('action-type', 'SCAN')} {detail.get('result', '')}".strip(),
}


class Events:
    """A rule and a queue for the events of a project; `note` is given each event once, as it comes."""

    def __init__(self, client: Client, project: str, account: str, region: str, note: Note) -> None:
        self._client, self._project, self._note = client, project, note
        self._arn = f"arn:aws:sqs:{region}:{account}:{name_of(project)}"
        self._rule = f"arn:aws:events:{region}:{account}:rule/{name_of(project)}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def begin(self) -> None:
        """Make what is not there yet, and listen."""
        sqs, events = self._client("sqs"), self._client("events")
        self._queue = sqs.create_queue(QueueName=name_of(self._project))["QueueUrl"]
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self._arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": self._rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": policy})
        pattern = json.dumps({"source": [f"aws.{source}" for source in SOURCES]})
        events.put_rule(Name=name_of(self._project), EventPattern=pattern)
        events.put_targets(Rule=name_of(self._project), Targets=[{"Id": "queue", "Arn": self._arn}])
        self._thread.start()

    def drain(self) -> None:
        """Wait until nothing has come for a moment."""
        while self._receive(_WAIT_SECONDS):
            pass

    def end(self) -> None:
        """Listen no more; rule and queue stay, so that a walk that was cut off misses nothing."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            # What fails now, such as while the local AWS shuts down, is read by the next poll.
            with suppress(ClientError, BotoCoreError):
                self._receive(_WAIT_SECONDS)

    def _receive(self, seconds: int) -> int:
        sqs = self._client("sqs")
        answer = sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
        for message in answer.get("Messages", []):
            if self._project in message["Body"] and (event := json.loads(message["Body"]))["detail-type"] != _TOO_MANY:
                self._note(*describe(event))
            sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return len(answer.get("Messages", []))


def remove(client: Client, project: str) -> None:
    """Delete rule and queue, where they are there."""
    name, events, sqs = name_of(project), client("events"), client("sqs")
    with suppress(events.exceptions.ResourceNotFoundException):
        events.remove_targets(Rule=name, Ids=["queue"])
        events.delete_rule(Name=name)
    with suppress(sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
