"""The pipeline's parameters: what a person, a schedule or an event may set when an execution starts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sagemaker.workflow.parameters import Parameter, ParameterFloat, ParameterInteger, ParameterString

from pipelines.former_model import PARAMETER, FormerModel
from pipelines.hyperparameters import HYPERPARAMETERS, Hyperparameter, Value
from pipelines.profiles import Profile
from pipelines.settings import Settings

APPROVAL_STATUSES = ("PendingManualApproval", "Approved", "Rejected")
KINDS: dict[type, type[Parameter]] = {str: ParameterString, int: ParameterInteger, float: ParameterFloat}


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Every parameter of the pipeline, by the name that the steps use."""

    input_data_uri: Parameter
    curated_data_uri: Parameter
    dataset_version: Parameter
    accuracy_threshold: Parameter
    paired_gate_level: Parameter
    live_model_uri: Parameter
    target_precision: Parameter
    approval_status: Parameter
    training_instance_type: Parameter
    training_instance_count: Parameter
    processing_instance_type: Parameter
    processing_instance_count: Parameter
    seed: Parameter
    commit_id: Parameter
    started_by: Parameter
    start_reason: Parameter
    # Only where the channel `model` is: AWS takes no empty one.
    model_uri: Parameter | None = None
    trained_from: Parameter | None = None
    hyperparameters: Mapping[str, Parameter]

    def listed(self) -> list[Parameter]:
        """Return all of them, the hyperparameters last, for the pipeline's definition."""
        own = [value for name, value in vars(self).items() if name != "hyperparameters" and value]
        return [*own, *self.hyperparameters.values()]


def declare_parameters(settings: Settings, profile: Profile, former: FormerModel | None = None) -> Parameters:
    """Declare the pipeline's parameters with the defaults of a project and a profile.

    The artifact that a run starts from is a default as well: a retraining that names no parameter starts from it again.
    """
    starts_from_model = former is not None or profile.starts_from_weights
    return Parameters(
        input_data_uri=ParameterString("InputDataUri", f"s3://{settings.bucket}/raw/"),
        curated_data_uri=ParameterString("CuratedDataUri", f"s3://{settings.bucket}/curated/"),
        dataset_version=ParameterString("DatasetVersion", "unversioned"),
        accuracy_threshold=ParameterFloat("AccuracyThreshold", 0.80),
        # The p-value below which a model counts as worse than the live version; 0 lets every model pass.
        paired_gate_level=ParameterFloat("PairedGateLevel", 0.05),
        live_model_uri=ParameterString("LiveModelUri", ""),
        # Of the answers that the recommended confidence threshold lets pass, so many shall be right.
        target_precision=ParameterFloat("TargetPrecision", 0.95),
        approval_status=ParameterString(
            "ModelApprovalStatus", APPROVAL_STATUSES[0], enum_values=list(APPROVAL_STATUSES)
        ),
        training_instance_type=ParameterString("TrainingInstanceType", profile.instance_type),
        training_instance_count=ParameterInteger("TrainingInstanceCount", profile.instance_count),
        processing_instance_type=ParameterString("ProcessingInstanceType", "ml.m5.large"),
        processing_instance_count=ParameterInteger("ProcessingInstanceCount", 1),
        seed=ParameterInteger("Seed", 1),
        commit_id=ParameterString("CommitId", "unknown"),
        started_by=ParameterString("StartedBy", "unknown"),
        start_reason=ParameterString("StartReason", "started by a person"),
        model_uri=ParameterString(PARAMETER, former.uri if former else None) if starts_from_model else None,
        trained_from=ParameterString("TrainedFrom", former.name if former else "unknown")
        if starts_from_model
        else None,
        hyperparameters={
            name: _declare_hyperparameter(HYPERPARAMETERS[name], value)
            for name, value in profile.hyperparameters.items()
        },
    )


def _declare_hyperparameter(entry: Hyperparameter, default: Value) -> Parameter:
    """Declare one hyperparameter of the profile; a closed set of words becomes the parameter's enum."""
    if entry.allowed:
        return ParameterString(entry.parameter, str(default), enum_values=list(entry.allowed))
    return KINDS[entry.kind](entry.parameter, default_value=default)
