"""The processing job of an execution, under Model Monitor's contract for containers."""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from localaws.aws import Aws
from localaws.clock import at
from localaws.jobs.role import acting_as
from localaws.monitoring import inputs, times
from localaws.monitoring.times import Window
from localaws.shapes import Document

_FORMAT = json.dumps({"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}})
_ALIKE = ("StoppingCondition", "NetworkConfig", "RoleArn")


def request(aws: Aws, schedule: Document, definition: Document, execution: Document) -> Document:
    """What CreateProcessingJob is asked; raises a JobFailure where there is nothing to analyse."""
    definition = {**definition, "BaselineConfig": inputs.find_baseline(aws, definition)}
    source = definition["MonitoringInputs"][0]["EndpointInput"]
    scheduled = at(execution["ScheduledTime"])
    window = times.analysed(schedule["MonitoringScheduleConfig"].get("ScheduleConfig", {}), source, scheduled)
    captured = inputs.captures(aws, source, window, acting_as(aws, definition["RoleArn"]).clients.s3)
    application = definition["MonitoringAppSpecification"]
    program = {name: application[name] for name in ("ContainerEntrypoint", "ContainerArguments") if name in application}
    return {
        "ProcessingJobName": f"model-monitoring-{scheduled:%Y%m%d%H%M}-{secrets.token_hex(12)}",
        "ProcessingInputs": [
            *inputs.baseline(definition["BaselineConfig"]),
            *captured,
            *inputs.ground_truth(definition, window),
        ],
        "ProcessingOutputConfig": _outputs(definition, schedule, scheduled),
        "ProcessingResources": definition["MonitoringResources"],
        "AppSpecification": {"ImageUri": application["ImageUri"], **program},
        "Environment": _environment(schedule, definition, window),
        "MonitoringScheduleArn": schedule["MonitoringScheduleArn"],
        **{name: definition[name] for name in _ALIKE if name in definition},
    }


def _environment(schedule: Document, definition: Document, window: Window) -> dict[str, str]:
    source = definition["MonitoringInputs"][0]["EndpointInput"]
    config = definition["BaselineConfig"]
    files = {
        variable: f"{path}/{config[member]['S3Uri'].rsplit('/', 1)[-1]}"
        for variable, (member, _, path) in inputs.BASELINE.items()
        if config.get(member, {}).get("S3Uri")
    }
    labelled = "GroundTruthS3Input" in definition["MonitoringInputs"][0]
    return {
        "publish_cloudwatch_metrics": "Disabled",
        **definition.get("Environment", {}),
        "dataset_format": _FORMAT,
        "dataset_source": source["LocalPath"],
        "output_path": _output(definition)["LocalPath"],
        "start_time": _text(window.start),
        "end_time": _text(window.end),
        "sagemaker_endpoint_name": source["EndpointName"],
        "sagemaker_monitoring_schedule_name": schedule["MonitoringScheduleName"],
        **files,
        **({"ground_truth_source": inputs.GROUND_TRUTH} if labelled else {}),
    }


def _outputs(definition: Document, schedule: Document, scheduled: datetime) -> Document:
    output = _output(definition)
    endpoint = definition["MonitoringInputs"][0]["EndpointInput"]["EndpointName"]
    folder = f"{endpoint}/{schedule['MonitoringScheduleName']}/{scheduled:%Y/%m/%d/%H}"
    # Reports are written at the end, so that both modes leave the same.
    place = {**output, "S3UploadMode": "EndOfJob", "S3Uri": f"{output['S3Uri'].rstrip('/')}/{folder}"}
    key = definition["MonitoringOutputConfig"].get("KmsKeyId")
    return {"Outputs": [{"OutputName": "result", "S3Output": place}], **({"KmsKeyId": key} if key else {})}


def _output(definition: Document) -> Document:
    output: Document = definition["MonitoringOutputConfig"]["MonitoringOutputs"][0]["S3Output"]
    return output


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
