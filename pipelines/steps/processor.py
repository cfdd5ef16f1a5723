"""A processing job in the project's own image, encrypted, networked and tagged as the settings say."""

from pipelines.sdk import (
    NetworkConfig,
    Parameter,
    PipelineVariable,
    ProcessingInput,
    ProcessingOutput,
    ScriptProcessor,
    make_input,
    make_output,
)
from pipelines.settings import Settings
from pipelines.steps.context import Context
from pipelines.steps.outputs import run_uri

ROOT = "/opt/ml/processing"
MESSAGE = "/opt/ml/output/message"
VOLUME_GB = 30
MAX_RUNTIME_SECONDS = 3_600


def make_processor(
    context: Context, instance_count: int | Parameter, environment: dict[str, PipelineVariable] | None = None
) -> ScriptProcessor:
    """Make a processor that runs `python3 <code>`; its code comes from S3, so nothing is uploaded here."""
    settings = context.settings
    return ScriptProcessor(
        role=settings.training_role_arn,
        image_uri=settings.image_uri,
        command=["python3"],
        instance_count=instance_count,
        instance_type=context.parameters["ProcessingInstanceType"],
        volume_size_in_gb=VOLUME_GB,
        # No key for the volume: AWS refuses one where instances have local disks, and a start chooses the type.
        output_kms_key=settings.kms_key,
        max_runtime_in_seconds=MAX_RUNTIME_SECONDS,
        sagemaker_session=context.session,
        env=environment,
        tags=settings.aws_tags or None,
        network_config=network(settings),
    )


def channel(name: str, source: PipelineVariable, folder: str, distribution: str = "FullyReplicated") -> ProcessingInput:
    """Bring an S3 prefix to `/opt/ml/processing/<folder>` of every instance, whole or one share each."""
    return make_input(name, source, f"{ROOT}/{folder}", distribution)


def result(context: Context, name: str, folder: str) -> ProcessingOutput:
    """Bring `/opt/ml/processing/<folder>` to the execution's own prefix when the job ends."""
    return make_output(name, f"{ROOT}/{folder}", run_uri(context.settings, name))


def network(settings: Settings) -> NetworkConfig | None:
    """The network of a job, encrypted between its instances; None where there is no VPC."""
    if not settings.subnets:
        return None
    return NetworkConfig(
        subnets=list(settings.subnets),
        security_group_ids=list(settings.security_groups),
        encrypt_inter_container_traffic=True,
    )
