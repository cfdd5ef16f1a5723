"""Model Monitor's hourly schedule, pointed at the baseline of the version that serves.

AWS closed Model Monitor to who did not use it before 2026-07-30: what it refuses them is said, and fails nothing.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html
"""

from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, get_code, is_closed, is_missing
from refresh_workflow.aws import Client
from refresh_workflow.baseline import CONSTRAINTS, ENTRY_POINT, ROOT, STATISTICS, address
from refresh_workflow.monitoring import Monitoring

HOURLY = "cron(0 * ? * * *)"
MAX_RUNTIME_SECONDS = 3300  # a run must end before the next begins
# What AWS answers while an execution of the schedule runs.
_BUSY = frozenset({"ValidationException", "ResourceInUse", "ConflictException"})


CLOSED = (
    "Model Monitor is closed to this account, so nothing is monitored; "
    "deploy the stack with MonitoringBackend=PIPELINE."
)


def point(sagemaker: Client, monitoring: Monitoring, endpoint_name: str, version: str) -> list[str]:
    """Create the schedule, or update it where it differs; return what was begun, or why it was not."""
    try:
        return ["schedule"] if _ensure(sagemaker, monitoring, endpoint_name, version) else []
    except ClientError as error:
        if is_closed(error):
            return [CLOSED]
        raise


def remove(sagemaker: Client, name: str) -> list[str]:
    """Remove a schedule that the stack no longer wants; one that cannot go yet is said, and goes at a later refresh."""
    try:
        sagemaker.delete_monitoring_schedule(MonitoringScheduleName=name)
    except ClientError as error:
        if is_missing(error) or is_closed(error):
            return []
        if get_code(error) in _BUSY:
            return [f"Model Monitor's schedule {name} is not gone yet: {error.response['Error']['Message']}"]
        raise
    return [f"Model Monitor's schedule {name} was removed."]


def _ensure(sagemaker: Client, monitoring: Monitoring, endpoint_name: str, version: str) -> bool:
    request = {
        "MonitoringScheduleName": monitoring.schedule_name,
        "MonitoringScheduleConfig": _configuration(monitoring, endpoint_name, version),
    }
    present = _find(sagemaker, monitoring.schedule_name)
    if present is None:
        sagemaker.create_monitoring_schedule(**request)
        return True
    if _holds(present, request["MonitoringScheduleConfig"]):
        return False
    sagemaker.update_monitoring_schedule(**request)
    return True


def _find(sagemaker: Client, name: str) -> dict[str, Any] | None:
    found = find_resource(sagemaker.describe_monitoring_schedule, MonitoringScheduleName=name)
    return None if found is None else found["MonitoringScheduleConfig"]


def _holds(found: object, wanted: object) -> bool:
    """Say whether what was found has all that is wanted; AWS adds members of its own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return False
        return all(_holds(one, other) for one, other in zip(found, wanted, strict=True))
    return found == wanted


def _configuration(monitoring: Monitoring, endpoint_name: str, version: str) -> dict[str, Any]:
    # No MonitoringType: the types are those of AWS's own containers, and each takes their kinds of input only.
    return {
        "ScheduleConfig": {"ScheduleExpression": HOURLY},
        "MonitoringJobDefinition": _job(monitoring, endpoint_name, address(monitoring, version)),
    }


def _job(monitoring: Monitoring, endpoint_name: str, baseline: str) -> dict[str, Any]:
    output = {"S3Uri": monitoring.reports_uri, "LocalPath": f"{ROOT}/output", "S3UploadMode": "EndOfJob"}
    return {
        "BaselineConfig": {
            "ConstraintsResource": {"S3Uri": f"{baseline}/{CONSTRAINTS}"},
            "StatisticsResource": {"S3Uri": f"{baseline}/{STATISTICS}"},
        },
        "MonitoringInputs": [
            {
                "EndpointInput": {
                    "EndpointName": endpoint_name,
                    "LocalPath": f"{ROOT}/input/endpoint",
                    "S3InputMode": "File",
                    "S3DataDistributionType": "FullyReplicated",
                }
            }
        ],
        "MonitoringOutputConfig": {"MonitoringOutputs": [{"S3Output": output}], **monitoring.encryption},
        "MonitoringResources": {"ClusterConfig": monitoring.cluster},
        "MonitoringAppSpecification": {"ImageUri": monitoring.image_uri, "ContainerEntrypoint": ENTRY_POINT},
        "StoppingCondition": {"MaxRuntimeInSeconds": MAX_RUNTIME_SECONDS},
        "Environment": {
            "publish_cloudwatch_metrics": "Enabled",
            "GROUND_TRUTH_URI": monitoring.ground_truth_uri,
        },
        "NetworkConfig": monitoring.network,
        "RoleArn": monitoring.role_arn,
    }
