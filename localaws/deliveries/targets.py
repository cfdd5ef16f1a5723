"""The targets that can be called here: SageMaker pipelines, and what MiniStack has of Scheduler's templated targets.

Universal targets (`arn:aws:scheduler:::aws-sdk:service:action`) are called where boto3 knows the service by that name.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from localaws.aws import Aws
from localaws.deliveries import pipelines
from localaws.deliveries.delivery import Delivery, Failed, failed
from localaws.errors import validation
from localaws.shapes import Document, model_loader, service_model

_PARAMETERS = {"sagemaker": "SageMakerPipelineParameters", "events": "EventBridgeParameters", "sqs": "SqsParameters"}
_ELSEWHERE = ("EcsParameters", "KinesisParameters")
_JSON_ONLY = ("lambda", "states", "events", "scheduler")


def service_of(arn: str) -> str:
    """The service that a target's ARN names; empty for a text that is no ARN."""
    parts = arn.split(":", 5)
    return parts[2] if len(parts) == 6 and parts[0] == "arn" else ""


def check(target: Document) -> None:
    """Refuse a schedule's target that AWS does not take, or that cannot be called here."""
    arn, service = target["Arn"], service_of(target["Arn"])
    if service not in _CALLS:
        raise validation(
            f"Target {arn} cannot be called on the local AWS; it calls SageMaker pipelines, Lambda, SQS, SNS, Step "
            "Functions, EventBridge, and universal targets of services that it has."
        )
    for name in (*_PARAMETERS.values(), *_ELSEWHERE):
        if name in target and name != _PARAMETERS.get(service):
            raise validation(f"{name} does not belong to the target {arn}.")
    if service == "events" and "EventBridgeParameters" not in target:
        raise validation(f"EventBridgeParameters is required for target {arn}.")
    if service == "sagemaker":
        pipelines.check(arn)
    if service == "scheduler":
        check_universal(arn)
    if service in _JSON_ONLY and "Input" in target:
        _check_json(target["Input"], arn)


def call(aws: Aws, delivery: Delivery) -> None:
    """Call the target under its role; raises Failed."""
    service = service_of(delivery.target["Arn"])
    if service == "sagemaker":
        pipelines.start(aws, delivery)
        return
    try:
        _CALLS[service](aws, delivery)
    except ClientError as error:
        answered = error.response["Error"]
        raise failed(
            answered["Code"], answered["Message"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        ) from error
    except BotoCoreError as error:
        raise Failed("SDK_CLIENT_ERROR", str(error), again=True) from error


def payload(aws: Aws, delivery: Delivery) -> str:
    """What a target is given: its Input with the words that Scheduler fills in, or Scheduler's own event."""
    if "Input" not in delivery.target:
        return json.dumps(_event(aws, delivery))
    text: str = delivery.target["Input"]
    for name, value in {
        "schedule-arn": delivery.source,
        "scheduled-time": _iso(delivery.scheduled),
        "execution-id": delivery.id,
        "attempt-number": "1",
    }.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def _event(aws: Aws, delivery: Delivery) -> Document:
    return {
        "version": "0",
        "id": delivery.id,
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": aws.settings.account,
        "time": _iso(delivery.scheduled),
        "region": aws.settings.region,
        "resources": [delivery.source],
        "detail": "{}",
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_json(text: str, arn: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise validation(f"Input for target {arn} must be well-formed JSON: {error}.") from error


def _lambda(aws: Aws, delivery: Delivery) -> None:
    function = delivery.target["Arn"]
    body = payload(aws, delivery).encode()
    delivery.clients(aws).get("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=body)


def _sqs(aws: Aws, delivery: Delivery) -> None:
    queue = f"{aws.settings.endpoint}/{aws.settings.account}/{delivery.target['Arn'].rsplit(':', 1)[-1]}"
    group: Document = delivery.target.get("SqsParameters", {})
    delivery.clients(aws).get("sqs").send_message(QueueUrl=queue, MessageBody=payload(aws, delivery), **group)


def _sns(aws: Aws, delivery: Delivery) -> None:
    delivery.clients(aws).get("sns").publish(TopicArn=delivery.target["Arn"], Message=payload(aws, delivery))


def _states(aws: Aws, delivery: Delivery) -> None:
    states = delivery.clients(aws).get("stepfunctions")
    # Named after the delivery, so that a repetition after a crash starts no second one.
    states.start_execution(stateMachineArn=delivery.target["Arn"], name=delivery.id, input=payload(aws, delivery))


def _events(aws: Aws, delivery: Delivery) -> None:
    chosen = delivery.target["EventBridgeParameters"]
    entry = {**chosen, "Detail": payload(aws, delivery), "EventBusName": delivery.target["Arn"].rsplit("/", 1)[-1]}
    delivery.clients(aws).get("events").put_events(Entries=[entry])


def _universal(aws: Aws, delivery: Delivery) -> None:
    service, action = named(delivery.target["Arn"])
    request = json.loads(payload(aws, delivery)) if "Input" in delivery.target else {}
    getattr(delivery.clients(aws).get(service), xform_name(action))(**request)


_CALLS: dict[str, Callable[[Aws, Delivery], None]] = {
    "sagemaker": pipelines.start,
    "lambda": _lambda,
    "sqs": _sqs,
    "sns": _sns,
    "states": _states,
    "events": _events,
    "scheduler": _universal,
}


_UNIVERSAL = re.compile(r"arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9-]+):([a-zA-Z0-9]+)")
# Where AWS's name of a service, which is that of its SDK for Java, is another than boto3's.
_NAMES = {"sfn": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs"}
_READS = re.compile(
    "get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|"
    "batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|"
    "invokeModel"
)


def named(arn: str) -> tuple[str, str]:
    """The service, by boto3's name, and the operation that an ARN names; raises AWS's error for another text."""
    found = _UNIVERSAL.fullmatch(arn)
    if not found:
        raise validation(f"{arn} is not a valid target; a universal one is arn:aws:scheduler:::aws-sdk:service:action.")
    return _NAMES.get(found[1], found[1]), found[2][0].upper() + found[2][1:]


def check_universal(arn: str) -> None:
    """Refuse what AWS refuses, operations that read, and services or operations that nobody knows here."""
    service, action = named(arn)
    if _READS.match(arn.rsplit(":", 1)[-1]):
        raise validation(f"{arn} is not a valid target; operations that only read are not supported.")
    if service not in model_loader().list_available_services("service-2"):
        raise validation(f"{arn} cannot be called on the local AWS, which knows no service {service}.")
    if action not in service_model(service).operation_names:
        raise validation(f"{arn} is not a valid target; {service} has no operation {action}.")
