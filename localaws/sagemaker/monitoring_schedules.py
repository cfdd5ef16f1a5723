"""Model Monitor's schedules: Create, Update, Describe, List, Start, Stop and Delete.

As on AWS, a change leaves a schedule Pending for a moment, and a schedule that is Pending takes no other change.
"""

from __future__ import annotations

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.monitoring import records
from localaws.monitoring.records import SCHEDULE
from localaws.operations import SAGEMAKER, Named
from localaws.records import tags
from localaws.refusals import members
from localaws.sagemaker import closed, monitoring_definitions
from localaws.shapes import Document, project_as

_NAME = "MonitoringScheduleName"
_STATUS = "MonitoringScheduleStatus"
_ORDER = listing.Order({"Name": _NAME, "CreationTime": "CreationTime", "Status": _STATUS})
_EQUALS = {
    "EndpointName": "EndpointName",
    "StatusEquals": _STATUS,
    "MonitoringJobDefinitionName": "MonitoringJobDefinitionName",
    "MonitoringTypeEquals": "MonitoringType",
}
_SCHEDULE = Named(_NAME, SCHEDULE)


_CONFIG = members("ScheduleConfig MonitoringJobDefinitionName MonitoringType")
_MEMBERS = members(_NAME) | (_CONFIG | monitoring_definitions.INLINE.below("MonitoringJobDefinition")).below(
    "MonitoringScheduleConfig"
)


@SAGEMAKER.operation(
    "CreateMonitoringSchedule", on=(_SCHEDULE,), closed=closed.operation, members=_MEMBERS | members(kept="Tags")
)
def create_monitoring_schedule(aws: Aws, request: Document) -> Document:
    """Store a schedule; it becomes Scheduled at once, and runs when it is due."""
    name = request[_NAME]
    arn = aws.arn("monitoring-schedule", name.lower())
    described = monitoring_definitions.decide_members(aws, request["MonitoringScheduleConfig"])
    with aws.store.transaction():
        if aws.store.get(SCHEDULE, name):
            raise errors.in_use(f"Monitoring Schedule {arn} already exists.")
        document = {
            _NAME: name,
            "MonitoringScheduleArn": arn,
            "CreationTime": now(),
            **described,
        }
        aws.store.put(SCHEDULE, name, document)
        _become(aws, name, "Scheduled")
        tags.tag_new(aws, arn, request)
    return {"MonitoringScheduleArn": arn}


@SAGEMAKER.operation("UpdateMonitoringSchedule", on=(_SCHEDULE,), closed=closed.operation, members=_MEMBERS)
def update_monitoring_schedule(aws: Aws, request: Document) -> Document:
    """Give a schedule another configuration, whole; a NOW schedule then runs once more."""
    described = monitoring_definitions.decide_members(aws, request["MonitoringScheduleConfig"])
    with aws.store.transaction():
        schedule = _at_rest(aws, request)
        wanted = schedule[_STATUS]
        kept = {name: value for name, value in schedule.items() if name != "MonitoringJobDefinitionName"}
        aws.store.put(SCHEDULE, request[_NAME], {**kept, **described})
        _become(aws, request[_NAME], wanted)
    return {"MonitoringScheduleArn": schedule["MonitoringScheduleArn"]}


@SAGEMAKER.operation("DescribeMonitoringSchedule", on=(_SCHEDULE,))
def describe_monitoring_schedule(aws: Aws, request: Document) -> Document:
    """The schedule as it stands, with its last execution."""
    document = _find(aws, request)
    last = records.last(aws, document)
    return {**document, **({"LastMonitoringExecutionSummary": last} if last else {})}


@SAGEMAKER.operation("ListMonitoringSchedules")
def list_monitoring_schedules(aws: Aws, request: Document) -> Document:
    """Schedules, newest first."""
    chosen, more = listing.page(request, aws.store.all(SCHEDULE), _ORDER, _NAME, _EQUALS)
    return {
        "MonitoringScheduleSummaries": [project_as("MonitoringScheduleSummary", item) for item in chosen],
        **more,
    }


@SAGEMAKER.operation("StartMonitoringSchedule", on=(_SCHEDULE,))
def start_monitoring_schedule(aws: Aws, request: Document) -> Document:
    """Let a stopped schedule run again; a NOW schedule then runs once more."""
    return _change(aws, request, "Stopped", "Scheduled")


@SAGEMAKER.operation("StopMonitoringSchedule", on=(_SCHEDULE,))
def stop_monitoring_schedule(aws: Aws, request: Document) -> Document:
    """Let a schedule start no more executions; one that is under way goes on."""
    return _change(aws, request, "Scheduled", "Stopped")


@SAGEMAKER.operation("DeleteMonitoringSchedule", on=(_SCHEDULE,))
def delete_monitoring_schedule(aws: Aws, request: Document) -> Document:
    """Forget a schedule that has nothing under way; its executions stay in the list, as AWS says of its own."""
    with aws.store.transaction():
        schedule = _at_rest(aws, request)
        if records.running(aws, request[_NAME]):
            raise errors.validation(
                f"Monitoring Schedule {schedule['MonitoringScheduleArn']} cannot be deleted while an execution of it "
                "is in progress; stop its processing job or wait for its end."
            )
        aws.store.delete(SCHEDULE, request[_NAME])
        tags.forget(aws, schedule["MonitoringScheduleArn"])
    return {}


def _change(aws: Aws, request: Document, before: str, wanted: str) -> Document:
    with aws.store.transaction():
        schedule = _at_rest(aws, request)
        if schedule[_STATUS] == before:
            _become(aws, request[_NAME], wanted)
    return {}


def _become(aws: Aws, name: str, wanted: str) -> None:
    aws.store.update(SCHEDULE, name, **{_STATUS: "Pending", "Wanted": wanted, "LastModifiedTime": now()})


def _at_rest(aws: Aws, request: Document) -> Document:
    schedule = _find(aws, request)
    if schedule[_STATUS] == "Pending":
        raise errors.validation(f"Monitoring schedule in status Pending: {schedule['MonitoringScheduleArn']}.")
    return schedule


def _find(aws: Aws, request: Document) -> Document:
    document = aws.store.get(SCHEDULE, request[_NAME])
    if document is None:
        arn = aws.arn("monitoring-schedule", request[_NAME].lower())
        raise errors.not_found(f"Monitoring Schedule {arn} not found.")
    return document


_EXECUTIONS = listing.Order(
    {"CreationTime": "CreationTime", "ScheduledTime": "ScheduledTime", "Status": "MonitoringExecutionStatus"}
)
_EXECUTION_FILTERS = {
    "MonitoringScheduleName": "MonitoringScheduleName",
    "EndpointName": "EndpointName",
    "StatusEquals": "MonitoringExecutionStatus",
    "MonitoringJobDefinitionName": "MonitoringJobDefinitionName",
    "MonitoringTypeEquals": "MonitoringType",
}


@SAGEMAKER.operation("ListMonitoringExecutions")
def list_monitoring_executions(aws: Aws, request: Document) -> Document:
    """Executions, newest first."""
    found = records.executions(aws, request.get("MonitoringScheduleName", ""))
    chosen, more = listing.page(request, found, _EXECUTIONS, "Key", _EXECUTION_FILTERS)
    return {
        "MonitoringExecutionSummaries": [project_as("MonitoringExecutionSummary", item) for item in chosen],
        **more,
    }
