"""The monitoring pipeline's definition: one step that compares an hour's captures with the live version's baseline.

EventBridge Scheduler starts it every hour, with the parameters that refresh_workflow gives it. It has no cache: the
same parameters mean other captures an hour later.
"""

import json

from sagemaker.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline

from pipelines.session import offline_session
from pipelines.settings import Settings
from pipelines.steps.check_for_drift import MonitoringParameters, check_for_drift

WINDOW_ENDS = ("LAST_FULL_HOUR", "NOW")


def build_monitoring_definition(settings: Settings) -> str:
    """Return the definition as canonical JSON: the same input gives the same bytes, and no call is made."""
    session = offline_session(settings)
    parameters = declare_parameters(settings)
    pipeline = Pipeline(
        name=settings.monitoring_pipeline_name,
        parameters=parameters.listed(),
        steps=[check_for_drift(settings, parameters, session)],
        # An experiment is a second record of what the execution already records, and not in every region.
        pipeline_experiment_config=None,
        sagemaker_session=session,
    )
    return json.dumps(json.loads(pipeline.definition()), sort_keys=True, indent=2) + "\n"


def declare_parameters(settings: Settings) -> MonitoringParameters:
    """Declare the parameters with a project's defaults; there is no baseline but a version's, so it must be given."""
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
