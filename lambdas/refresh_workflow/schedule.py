"""The hourly monitoring schedule, pointed at the baseline of the version that serves."""

from typing import Any

from botocore.exceptions import ClientError

from refresh_workflow.aws import Client, is_missing
from refresh_workflow.baseline import CONSTRAINTS, ENTRY_POINT, ROOT, STATISTICS, address
from refresh_workflow.monitoring import Monitoring

HOURLY = "cron(0 * ? * * *)"
MAX_RUNTIME_SECONDS = 3300  # a run must end before the next begins


def ensure_schedule(sagemaker: Client, monitoring: Monitoring, endpoint_name: str, version: str) -> bool:
    """Create the schedule, or update it where it differs; False when it is as it should be."""
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
    try:
        found = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=name)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    configuration: dict[str, Any] = found["MonitoringScheduleConfig"]
    return configuration


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
