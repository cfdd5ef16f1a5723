"""The training pipeline's parameters: what a person, a schedule or an event may set when an execution starts.

Each is declared once, with its default, its type and what it may be. The definition, the check before a start and the
steps read the declaration; hyperparameters have a table of their own, pipelines/hyperparameters.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

from common.data_version import CURATED, RAW
from pipelines.hyperparameters import HYPERPARAMETERS, Value
from pipelines.profiles import Profile
from pipelines.ranges import Range, at_least, between
from pipelines.search_space import DEFAULT_PARALLEL, DEFAULT_TRIALS, STRATEGIES
from pipelines.settings import Settings

APPROVAL_STATUSES = ("PendingManualApproval", "Approved", "Rejected")
MODEL_URI, TRAINED_FROM = "ModelUri", "TrainedFrom"
"""Only where a run starts from an initial model: AWS takes no empty channel."""


@dataclass(frozen=True)
class Declaration:
    """A parameter; its default may follow from the project and the profile."""

    name: str
    default: Value | Callable[[Settings, Profile], Value]
    kind: type[str] | type[int] | type[float] = str
    range: Range | None = None
    allowed: tuple[str, ...] = ()

    def default_of(self, settings: Settings, profile: Profile) -> Value:
        """Return the default in a project's definition of a profile."""
        return self.default(settings, profile) if callable(self.default) else self.default


OWN = (
    Declaration("InputDataUri", lambda settings, _: f"s3://{settings.bucket}/{RAW}"),
    Declaration("CuratedDataUri", lambda settings, _: f"s3://{settings.bucket}/{CURATED}"),
    Declaration("DatasetVersion", "unversioned"),
    Declaration("AccuracyThreshold", 0.80, float, between(0, 1)),
    # The p-value below which a model counts as worse than the live version; 0 lets every model pass.
    Declaration("PairedGateLevel", 0.05, float, between(0, 0.5)),
    Declaration("LiveModelUri", ""),
    # Of the predictions that the recommended confidence threshold lets pass, so many shall be correct.
    Declaration("TargetPrecision", 0.95, float, between(0.5, 1)),
    Declaration("ModelApprovalStatus", APPROVAL_STATUSES[0], allowed=APPROVAL_STATUSES),
    Declaration("TrainingInstanceType", lambda _, profile: profile.instance_type),
    Declaration("TrainingInstanceCount", lambda _, profile: profile.instance_count, int, at_least(1)),
    Declaration("ProcessingInstanceType", "ml.m5.large"),
    Declaration("ProcessingInstanceCount", 1, int, between(1, 100)),  # AWS's ProcessingClusterConfig
    Declaration("Seed", 1, int, between(0, 2**32 - 1)),
    Declaration("CommitId", "unknown"),
    Declaration("StartedBy", "unknown"),
    Declaration("StartReason", "started by a person"),
)
OF_TUNING = (
    Declaration("MaxTrainingJobs", DEFAULT_TRIALS, int, at_least(1)),
    Declaration("MaxParallelTrainingJobs", DEFAULT_PARALLEL, int, at_least(1)),
    Declaration("TuningStrategy", STRATEGIES[0], allowed=STRATEGIES),
)
RANGES: dict[str, Range] = {
    **{entry.name: entry.range for entry in (*OWN, *OF_TUNING) if entry.range},
    **{entry.parameter: entry.range for entry in HYPERPARAMETERS.values() if entry.range},
}
