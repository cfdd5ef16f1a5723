"""Where steps write in S3, and how later steps refer to what was written."""

from pipelines.sdk import ExecutionVariables, Join, PipelineVariable, ProcessingStep
from pipelines.settings import Settings


def run_uri(settings: Settings, name: str) -> PipelineVariable:
    """Return `s3://<bucket>/runs/<execution id>/<name>`; the cache ignores where outputs go."""
    return Join("/", ["s3:/", settings.bucket, "runs", ExecutionVariables.PIPELINE_EXECUTION_ID, name])


def output_uri(step: ProcessingStep, name: str) -> PipelineVariable:
    """Refer to an output of a step where it was written: by this execution, or by a cached one."""
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def output_file(step: ProcessingStep, name: str, file: str) -> PipelineVariable:
    """Refer to one file of a step's output."""
    return Join("/", [output_uri(step, name), file])
