"""CheckForDrift: the captures of the last hours meet the live version's baseline, in the project's own image.

The container reads the captures itself, from the folders of the hours: as an input of the job, an hour without any
would be an empty prefix, and AWS fails a job over that.
"""

from dataclasses import dataclass

from pipelines.sdk import (
    ExecutionVariables,
    Join,
    Parameter,
    ParameterInteger,
    ParameterString,
    PipelineSession,
    PipelineVariable,
    ProcessingStep,
    Processor,
    make_output,
)
from pipelines.settings import Settings
from pipelines.steps.policies import job_retries
from pipelines.steps.processor import ROOT, VOLUME_GB, network

NAME = "CheckForDrift"
MAX_RUNTIME_SECONDS = 3_300  # it ends before the next one begins


@dataclass(frozen=True, kw_only=True)
class MonitoringParameters:
    """Every parameter of the monitoring pipeline, by the name that the step uses."""

    baseline_uri: Parameter
    capture_uri: Parameter
    endpoint_name: Parameter
    ground_truth_uri: Parameter
    reports_uri: Parameter
    hours: Parameter
    window_end: Parameter
    image_uri: Parameter
    instance_type: Parameter

    def listed(self) -> list[Parameter]:
        """Return all of them, for the pipeline's definition."""
        return list(vars(self).values())


WINDOW_ENDS = ("LAST_FULL_HOUR", "NOW")


def check_for_drift(settings: Settings, parameters: MonitoringParameters, session: PipelineSession) -> ProcessingStep:
    """Build the step; it writes below the endpoint's reports, in a folder of the execution's own."""
    processor = Processor(
        role=settings.monitoring_role_arn,
        image_uri=parameters.image_uri,
        entrypoint=["python3", "-m", "monitoring"],
        instance_count=1,
        instance_type=parameters.instance_type,
        volume_size_in_gb=VOLUME_GB,
        # No key for the volume: AWS refuses one where instances have local disks, and a start chooses the type.
        output_kms_key=settings.kms_key,
        max_runtime_in_seconds=MAX_RUNTIME_SECONDS,
        sagemaker_session=session,
        env=_environment(settings, parameters),
        tags=settings.aws_tags or None,
        network_config=network(settings),
    )
    folder = [parameters.reports_uri, parameters.endpoint_name, ExecutionVariables.PIPELINE_EXECUTION_ID]
    output = make_output("report", f"{ROOT}/output", Join("/", folder))
    return ProcessingStep(
        name=NAME,
        display_name="Check for drift",
        step_args=processor.run(outputs=[output]),
        retry_policies=job_retries(),
    )


def build_monitoring_parameters(settings: Settings) -> MonitoringParameters:
    """Build the parameters with a project's defaults; there is no baseline but a version's, so it must be given."""
    root = f"s3://{settings.bucket}"
    return MonitoringParameters(
        baseline_uri=ParameterString("BaselineUri"),
        capture_uri=ParameterString("CaptureUri", f"{root}/data-capture"),
        endpoint_name=ParameterString("EndpointName", settings.endpoint_name),
        ground_truth_uri=ParameterString("GroundTruthUri", f"{root}/ground-truth"),
        reports_uri=ParameterString("ReportsUri", f"{root}/monitoring/reports"),
        hours=ParameterInteger("Hours", 1),
        window_end=ParameterString("WindowEnd", WINDOW_ENDS[0], enum_values=list(WINDOW_ENDS)),
        image_uri=ParameterString("ImageUri", settings.image_uri),
        instance_type=ParameterString("ProcessingInstanceType", "ml.m5.large"),
    )


def _environment(settings: Settings, parameters: MonitoringParameters) -> dict[str, str | PipelineVariable]:
    """What monitoring/scheduled.py reads; none of it is empty, which AWS would refuse."""
    return {
        "AWS_DEFAULT_REGION": settings.region,
        "BASELINE_URI": parameters.baseline_uri,
        "CAPTURE_URI": parameters.capture_uri,
        "ENDPOINT_NAME": parameters.endpoint_name,
        "GROUND_TRUTH_URI": parameters.ground_truth_uri,
        "HOURS": parameters.hours.to_string(),
        "SCHEDULE_NAME": Join("-", [parameters.endpoint_name, "drift"]),
        "STARTED_AT": ExecutionVariables.START_DATETIME.to_string(),
        "WINDOW_END": parameters.window_end,
    }
