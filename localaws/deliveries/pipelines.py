"""A SageMaker pipeline as a target: StartPipelineExecution under the target's role, with the parameters of its list.

https://docs.aws.amazon.com/sagemaker/latest/dg/pipeline-eventbridge.html
"""

from __future__ import annotations

import json
import re

from localaws.authorization import check_role
from localaws.aws import Aws
from localaws.deliveries.delivery import Delivery, Failed, failed
from localaws.engine import references
from localaws.errors import AwsError, validation
from localaws.operations import SAGEMAKER
from localaws.shapes import Document

_PIPELINE = re.compile(r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:pipeline/[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}")


def check(arn: str) -> None:
    """Refuse an ARN of SageMaker's that names no pipeline."""
    if not _PIPELINE.fullmatch(arn):
        raise validation(f"{arn} is not a valid target; of SageMaker's resources only pipelines can be targets.")


def request(delivery: Delivery) -> Document:
    """What StartPipelineExecution is asked. Its token is the delivery's, so that a repetition starts no second one."""
    listed = delivery.target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    parameters = [{"Name": item["Name"], "Value": _parameter_value(item["Value"], delivery.event)} for item in listed]
    return {
        "PipelineName": delivery.target["Arn"],
        "PipelineParameters": parameters,
        "ClientRequestToken": delivery.id,
    }


def start(aws: Aws, delivery: Delivery) -> None:
    """Start an execution that believes it is started when the delivery began; raises Failed."""
    try:
        asked = {**request(delivery), "Began": delivery.began}
        delivery.clients(aws)  # says which role cannot be taken on
        SAGEMAKER.call(
            aws,
            "StartPipelineExecution",
            asked,
            lambda operation, given: check_role(
                aws, delivery.role, operation, given, delivery.principal, delivery.source_arn
            ),
        )
    except NoSuchValue as error:
        raise Failed("EVENT_IN_INCORRECT_FORMAT", str(error), again=False) from error
    except AwsError as error:
        raise failed(error.code, error.message, error.status) from error


class NoSuchValue(ValueError):
    """A path that leads nowhere in the event."""


def _parameter_value(text: str, event: Document) -> str:
    """A parameter's value: the text itself, or what its path leads to in a rule's event; a schedule has no event."""
    if not event or not text.startswith("$"):
        return text
    try:
        found = references.walk(event, text, "The event")
    except references.UnresolvedReference as error:
        raise NoSuchValue(str(error)) from error
    return found if isinstance(found, str) else json.dumps(found)
