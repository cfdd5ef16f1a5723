"""`AWS::Scheduler::Schedule` and `ScheduleGroup`, in the place of MiniStack's, which leave members out."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.operations import SCHEDULER
from localaws.resources.properties import Made, Properties, call, given_name, retag
from localaws.scheduler import records

TYPE, GROUP_TYPE = "AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup"


def register(aws: Aws) -> None:
    """Teach CloudFormation both types."""
    _register_schedules(aws)
    _register_groups(aws)


def _register_schedules(aws: Aws) -> None:
    def create(logical_id: str, properties: Properties, _: str) -> Made:
        name = given_name(properties, "Name", logical_id)
        answered = call(aws, "CreateSchedule", properties | {"Name": name}, SCHEDULER)
        return name, {"Arn": answered["ScheduleArn"]}

    def update(name: str, _: Properties, new: Properties, __: str) -> Made:
        # The whole schedule is put anew: what was changed beside the template goes back to it, as on AWS.
        answered = call(aws, "UpdateSchedule", new | {"Name": name}, SCHEDULER)
        return name, {"Arn": answered["ScheduleArn"]}

    def delete(name: str, properties: Properties) -> None:
        group = {"GroupName": properties["GroupName"]} if properties.get("GroupName") else {}
        if aws.store.get(records.SCHEDULE, records.key(group.get("GroupName", records.DEFAULT_GROUP), name)):
            call(aws, "DeleteSchedule", {"Name": name, **group}, SCHEDULER)

    cloudformation.add_resource_type(TYPE, create, delete, update, replacing=("Name", "GroupName"), named="Name")


def _register_groups(aws: Aws) -> None:
    def create(logical_id: str, properties: Properties, _: str) -> Made:
        name = given_name(properties, "Name", logical_id)
        answered = call(aws, "CreateScheduleGroup", properties | {"Name": name}, SCHEDULER)
        return name, {"Arn": answered["ScheduleGroupArn"]}

    def update(name: str, old: Properties, new: Properties, _: str) -> Made:
        arn = records.arn(aws, "schedule-group", name)
        retag(aws, arn, old, new)
        return name, {"Arn": arn}

    def delete(name: str, _: Properties) -> None:
        if aws.store.get(records.GROUP, name):
            call(aws, "DeleteScheduleGroup", {"Name": name}, SCHEDULER)

    cloudformation.add_resource_type(GROUP_TYPE, create, delete, update, replacing=("Name",), named="Name", tagged=True)
