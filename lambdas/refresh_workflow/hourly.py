"""The hourly schedule of EventBridge Scheduler, pointed at the baseline of the version that serves.

The stack makes it, disabled and without parameters, as no version serves yet. An update of the stack that changes it
puts it back to that, and the next refresh repairs it.
"""

from typing import Any

from common.aws_errors import find_resource
from refresh_workflow import model_monitor
from refresh_workflow.aws import Client, Clients
from refresh_workflow.baseline import address, ensure_baseline, find_evidence
from refresh_workflow.monitoring import PIPELINE, Monitoring
from refresh_workflow.settings import Settings

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


def refresh_monitoring(clients: Clients, settings: Settings, version: str) -> list[str]:
    """Begin the version's baseline and point the schedule at it, where that is not done yet; return what was begun.

    The schedule does not wait for the baseline: until that is there, a run fails and says so, and nothing is taken
    for drift. A version that was registered before its test images were recorded is not monitored.
    """
    monitoring = settings.monitoring
    if monitoring is None:
        return ["No container image was built yet, so nothing is monitored; push the code, or deploy with ImageUri."]
    evidence = find_evidence(clients.sagemaker, settings.model_package_group, version)
    if evidence is None:
        return [f"Version {version} does not say where its test images lie, so it is not monitored; train it anew."]
    begun = []
    if ensure_baseline(clients, monitoring, settings.endpoint_name, evidence):
        begun.append("baseline")
    return begun + _point(clients, monitoring, settings.endpoint_name, version)


def _point(clients: Clients, monitoring: Monitoring, endpoint_name: str, version: str) -> list[str]:
    """Point the stack's schedule at the version. The other backend's, of before an update of the stack, goes.

    Scheduler's own is the stack's, which takes it away by itself.
    """
    if monitoring.backend == PIPELINE:
        begun = point(clients.scheduler, monitoring, endpoint_name, version)
        return begun + model_monitor.remove(clients.sagemaker, monitoring.schedule_name)
    return model_monitor.point(clients.sagemaker, monitoring, endpoint_name, version)
