"""The hourly schedule of EventBridge Scheduler, pointed at the baseline of the version that serves.

The stack makes it, disabled and without parameters, as no version serves yet. An update of the stack that changes it
puts it back to that, and the next refresh repairs it.
"""

from typing import Any

from common.aws_errors import find_resource
from refresh_workflow.aws import Client
from refresh_workflow.baseline import address
from refresh_workflow.monitoring import Monitoring

PARAMETERS = "SageMakerPipelineParameters"
LIST = "PipelineParameterList"
# UpdateSchedule puts a schedule anew: what it leaves out is lost.
KEPT = (
    *("Name", "GroupName", "Description", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow"),
    *("StartDate", "EndDate", "KmsKeyArn", "ActionAfterCompletion"),
)


def point(scheduler: Client, monitoring: Monitoring, endpoint_name: str, version: str) -> list[str]:
    """Give the schedule the version's parameters where it has others; return what was begun, or why it was not.

    The first parameters enable it. Who disables it later, keeps it disabled.
    """
    found: dict[str, Any] | None = find_resource(scheduler.get_schedule, Name=monitoring.schedule_name)
    if found is None:
        return [f"The stack has no schedule {monitoring.schedule_name}, so nothing is monitored; deploy it again."]
    target, wanted = found["Target"], parameters(monitoring, endpoint_name, version)
    given = target.get(PARAMETERS, {}).get(LIST, [])
    if sorted(given, key=_name) == wanted:
        return []
    scheduler.update_schedule(
        **{name: found[name] for name in KEPT if name in found},
        State=found["State"] if given else "ENABLED",
        Target={**target, PARAMETERS: {LIST: wanted}},
    )
    return ["schedule"]


def parameters(monitoring: Monitoring, endpoint_name: str, version: str) -> list[dict[str, str]]:
    """What the monitoring pipeline is started with, by name; image and instance type are the baseline's."""
    chosen = {
        "BaselineUri": address(monitoring, version),
        "CaptureUri": monitoring.capture_uri,
        "EndpointName": endpoint_name,
        "GroundTruthUri": monitoring.ground_truth_uri,
        "ImageUri": monitoring.image_uri,
        "ProcessingInstanceType": monitoring.instance_type,
        "ReportsUri": monitoring.reports_uri,
    }
    return [{"Name": name, "Value": value.rstrip("/")} for name, value in sorted(chosen.items())]


def _name(parameter: dict[str, str]) -> str:
    return parameter["Name"]
