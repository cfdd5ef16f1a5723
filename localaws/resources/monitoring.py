"""`AWS::SageMaker::MonitoringSchedule`: the stack goes on when the schedule is in effect."""

from __future__ import annotations

import time

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.monitoring.records import SCHEDULE, running
from localaws.resources.properties import Made, Properties, call, retag
from localaws.shapes import Document

TYPE = "AWS::SageMaker::MonitoringSchedule"
_NAME = "MonitoringScheduleName"
_CONFIG = "MonitoringScheduleConfig"
_POLL_SECONDS = 0.1


def register(aws: Aws) -> None:
    """Teach CloudFormation the type."""

    def create(_: str, properties: Properties, __: str) -> Made:
        call(aws, "CreateMonitoringSchedule", properties)
        return _settled(aws, properties[_NAME])

    def update(arn: str, old: Properties, new: Properties, _: str) -> Made:
        _settled(aws, new[_NAME])
        if old.get(_CONFIG) != new.get(_CONFIG):
            call(aws, "UpdateMonitoringSchedule", new)
        retag(aws, arn, old, new)
        return _settled(aws, new[_NAME])

    def delete(arn: str, _: Properties) -> None:
        document = next((item for item in aws.store.all(SCHEDULE) if item["MonitoringScheduleArn"] == arn), None)
        if document:
            _settled(aws, document[_NAME])
            # CloudFormation waits, as long as an execution takes, for what the API refuses to interrupt.
            while running(aws, document[_NAME]):
                time.sleep(_POLL_SECONDS)
            call(aws, "DeleteMonitoringSchedule", {_NAME: document[_NAME]})

    cloudformation.add_resource_type(TYPE, create, delete, update, replacing=(_NAME,), named=_NAME, tagged=True)


def _settled(aws: Aws, name: str) -> Made:
    """Wait until the runner has put the schedule into effect; its ARN and attributes."""
    while True:
        document: Document = aws.store.get(SCHEDULE, name) or {"MonitoringScheduleStatus": "Failed"}
        if document["MonitoringScheduleStatus"] != "Pending":
            break
        time.sleep(_POLL_SECONDS)
    if "MonitoringScheduleArn" not in document:
        raise ValueError(f"The monitoring schedule {name} was deleted while the stack waited for it.")
    times = {member: document[member] for member in ("CreationTime", "LastModifiedTime")}
    return document["MonitoringScheduleArn"], {"MonitoringScheduleArn": document["MonitoringScheduleArn"], **times}
