"""What a tuned run searches: AWS's tunable hyperparameters in ranges, and what AWS does not tune in variants.

Of the built-in image classification, SageMaker tunes what its optimizer and its batches are made of, and refuses
ranges for layers, augmentation and schedule. Those are searched as training job definitions that compete with each
other, of which one tuning job takes up to ten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.errors import PipelineError
from pipelines.hyperparameters import Value
from pipelines.profiles import Profile

STRATEGIES = ("Bayesian", "Random", "Hyperband")
DEFAULT_TRIALS = 12
DEFAULT_PARALLEL = 2
OBJECTIVE = "validation:accuracy"
# Name -> smallest and largest value; learning rate and weight decay are searched on a logarithmic scale.
LOGARITHMIC = {"learning_rate": (0.001, 0.2), "weight_decay": (0.00001, 0.01)}
INTEGER = {"mini_batch_size": (16, 64)}
CATEGORICAL = {"optimizer": ("sgd", "nag", "adam")}
SEARCHED = (*LOGARITHMIC, *INTEGER, *CATEGORICAL)

# The algorithm's own defaults stand under None: 152 layers, no augmentation.
_OTHER_LAYERS: dict[Value | None, int] = {20: 32, 32: 20, 44: 32, 56: 44, 110: 56, 18: 34, 34: 18, 50: 34, None: 50}
_OTHER_AUGMENTATION: dict[Value | None, str] = {
    None: "crop_color",
    "crop": "crop_color",
    "crop_color": "crop_color_transform",
    "crop_color_transform": "crop_color",
}
_GENTLE_FACTOR = 0.3


@dataclass(frozen=True)
class Variant:
    """A training job definition: the profile, but for what `changes` say."""

    name: str
    changes: Mapping[str, Value] = field(default_factory=dict)


def variants(profile: Profile, *, fixed_net: bool = False) -> list[Variant]:
    """The profile as it is, with other layers, with another augmentation, and with gentler steps where it has any.

    A run that starts from an initial model's weights has a `fixed_net`: they fit no other layers.
    """
    chosen = profile.hyperparameters
    found = [
        Variant("profile"),
        Variant("other-augmentation", {"augmentation_type": _OTHER_AUGMENTATION[chosen.get("augmentation_type")]}),
    ]
    if not fixed_net:
        found.append(Variant("other-layers", {"num_layers": _OTHER_LAYERS.get(chosen.get("num_layers"), 50)}))
    if "lr_scheduler_step" in chosen:
        found.append(Variant("gentler-steps", {"lr_scheduler_factor": _GENTLE_FACTOR}))
    return found


def tuning_overrides(trials: int | None, strategy: str | None) -> dict[str, str]:
    """The pipeline parameters of a search of so many trials; raises PipelineError for a number below 1."""
    if trials is not None and trials < 1:
        raise PipelineError(f"{trials} trials were asked for; at least 1 is needed.")
    if strategy is not None and strategy not in STRATEGIES:
        raise PipelineError(f"The strategy is {strategy!r}; it must be one of {', '.join(STRATEGIES)}.")
    found = {} if trials is None else {"MaxTrainingJobs": str(trials)}
    if trials is not None and trials < DEFAULT_PARALLEL:
        found["MaxParallelTrainingJobs"] = str(trials)
    return found | ({} if strategy is None else {"TuningStrategy": strategy})
