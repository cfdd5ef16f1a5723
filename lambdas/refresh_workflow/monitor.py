"""The live version is compared with what it was tested on: its baseline, and the schedule that measures every hour."""

from refresh_workflow import hourly, model_monitor
from refresh_workflow.aws import Clients
from refresh_workflow.baseline import ensure_baseline, find_evidence
from refresh_workflow.monitoring import PIPELINE, Monitoring
from refresh_workflow.settings import Settings


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
        begun = hourly.point(clients.scheduler, monitoring, endpoint_name, version)
        return begun + model_monitor.remove(clients.sagemaker, monitoring.schedule_name)
    return model_monitor.point(clients.sagemaker, monitoring, endpoint_name, version)
