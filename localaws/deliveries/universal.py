"""Universal targets: any operation that changes something, of a service that boto3 and the local AWS have."""

from __future__ import annotations

import re

from botocore.loaders import Loader

from localaws.errors import validation
from localaws.shapes import service_model

_ARN = re.compile(r"arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9-]+):([a-zA-Z0-9]+)")
# Where AWS's name of a service, which is that of its SDK for Java, is another than boto3's.
_NAMES = {"sfn": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs"}
_READS = re.compile(
    "get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|"
    "batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|"
    "invokeModel"
)


def named(arn: str) -> tuple[str, str]:
    """The service, by boto3's name, and the operation that an ARN names; raises AWS's error for another text."""
    found = _ARN.fullmatch(arn)
    if not found:
        raise validation(f"{arn} is not a valid target; a universal one is arn:aws:scheduler:::aws-sdk:service:action.")
    return _NAMES.get(found[1], found[1]), found[2][0].upper() + found[2][1:]


def check(arn: str) -> None:
    """Refuse what AWS refuses, operations that read, and services or operations that nobody knows here."""
    service, action = named(arn)
    if _READS.match(arn.rsplit(":", 1)[-1]):
        raise validation(f"{arn} is not a valid target; operations that only read are not supported.")
    if service not in Loader().list_available_services("service-2"):
        raise validation(f"{arn} cannot be called on the local AWS, which knows no service {service}.")
    if action not in service_model(service).operation_names:
        raise validation(f"{arn} is not a valid target; {service} has no operation {action}.")
