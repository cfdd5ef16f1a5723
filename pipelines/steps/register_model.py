"""RegisterModel: a new version in the model registry, with where it came from and how good it is."""

from common.live_model import DIGEST
from pipelines.parameters import TRAINED_FROM
from pipelines.sdk import ExecutionVariables, Join, Package, PipelineVariable, ProcessingStep, Step, register
from pipelines.steps.candidate import Candidate
from pipelines.steps.context import Context
from pipelines.steps.evaluate_model import (
    evaluated_digest,
    measured_accuracy,
    model_card,
    recommended_threshold,
    training_engine,
)
from pipelines.steps.outputs import output_file, output_uri
from pipelines.steps.policies import step_retries
from pipelines.steps.prepare_data import training_samples
from pipelines.weights import DEFAULT_LAYERS

NAME = "RegisterModel"
CONTENT_TYPES = ["application/x-image", "image/png", "image/jpeg"]
INFERENCE_INSTANCES = ["ml.t2.medium", "ml.m5.large", "ml.m5.xlarge", "ml.c5.large", "ml.g4dn.xlarge"]
TRANSFORM_INSTANCES = ["ml.m5.large", "ml.m5.xlarge", "ml.g4dn.xlarge"]


def register_model(context: Context, prepared: ProcessingStep, candidate: Candidate, evaluated: ProcessingStep) -> Step:
    """Build the step; a version takes its tags from its group, so none are sent (AWS refuses them here)."""
    settings = context.settings
    package = Package(
        group=settings.model_package_group,
        image=context.algorithm_image,
        artifact=candidate.artifact,
        role=settings.training_role_arn,
        kms_key=settings.kms_key,
        content_types=CONTENT_TYPES,
        response_types=["application/json"],
        inference_instances=INFERENCE_INSTANCES,
        transform_instances=TRANSFORM_INSTANCES,
        approval_status=context.parameters["ModelApprovalStatus"],
        statistics_uri=output_file(evaluated, "evaluation", "evaluation.json"),
        origin=_origin(context),
        metadata={**_description(context, prepared, evaluated), **candidate.facts},
        model_card=model_card(),
        input_shape=_input_shape(context),
        domain="COMPUTER_VISION",
        task="IMAGE_CLASSIFICATION",
    )
    return register(context.session, package, NAME, "Register model", step_retries())


def _input_shape(context: Context) -> PipelineVariable:
    """Say which images the net takes, as `{"data":[1,3,28,28]}`; AWS refuses commas in the metadata below."""
    return Join("", ['{"data":[1,', context.parameters.hyperparameters["image_shape"], "]}"])


def _origin(context: Context) -> dict[str, str | PipelineVariable | None]:
    return {
        "commit_id": context.parameters["CommitId"],
        "generated_by": ExecutionVariables.PIPELINE_EXECUTION_ARN,
        "project_id": context.settings.project_id,
    }


def _description(
    context: Context, prepared: ProcessingStep, evaluated: ProcessingStep
) -> dict[str, str | PipelineVariable]:
    """Tell what a person wants to know before approving; `pipelines.metadata` knows what AWS takes.

    The two addresses of outputs are what refresh_workflow makes the version's monitoring baseline from; where a step
    came from the cache, they lie with the execution that ran it. By the digest deploy_model tells that what it deploys
    is what was evaluated: the jobs may write over what lies under runs/.
    """
    parameters = context.parameters
    layers = parameters.hyperparameters.get("num_layers")
    initial = {"trained_from": parameters[TRAINED_FROM]} if TRAINED_FROM in parameters.own else {}
    return {
        **initial,
        "accuracy": measured_accuracy().to_string(),
        "accuracy_threshold": parameters["AccuracyThreshold"].to_string(),
        "commit": parameters["CommitId"],
        DIGEST: evaluated_digest().to_string(),
        "dataset_uri": parameters["InputDataUri"],
        "dataset_version": parameters["DatasetVersion"],
        "evaluation_uri": output_uri(evaluated, "evaluation"),
        "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
        "num_layers": layers.to_string() if layers is not None else str(DEFAULT_LAYERS),
        "profile": context.profile.name,
        "recommended_confidence_threshold": recommended_threshold().to_string(),
        "report": output_file(evaluated, "evaluation", "report.html"),
        "start_reason": parameters["StartReason"],
        "started_by": parameters["StartedBy"],
        "test_uri": output_uri(prepared, "test"),
        "training_engine": training_engine().to_string(),
        "training_samples": training_samples().to_string(),
    }
