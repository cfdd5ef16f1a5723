"""The algorithm's hyperparameters: names, ranges and defaults of AWS's page IC-Hyperparameter.

The page gives ``momentum`` the default 0.9, and so do logs of real runs. ``resize`` is called required for
images on one line and optional on another: real runs without it succeed, so it is optional here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification import rules
from localaws.algorithms.rule import Rule

LARGE_FAMILY = (18, 34, 50, 101, 152, 200)
SMALL_FAMILY = (20, 32, 44, 56, 110)
REQUIRED = ("num_classes", "num_training_samples")
# The table "Tunable Image Classification Hyperparameters"; layers, augmentation and schedule are not in it.
TUNABLE = {
    **dict.fromkeys(("beta_1", "beta_2", "eps", "gamma", "learning_rate", "momentum"), ("Continuous",)),
    "weight_decay": ("Continuous",),
    "mini_batch_size": ("Integer",),
    "optimizer": ("Categorical",),
}
RULES: dict[str, Rule] = {
    "num_classes": rules.positive_integer(),
    "num_training_samples": rules.positive_integer(),
    "num_layers": rules.integer_choice(*LARGE_FAMILY, *SMALL_FAMILY),
    "image_shape": rules.image_shape(),
    "resize": rules.positive_integer(),
    "augmentation_type": rules.choice("crop", "crop_color", "crop_color_transform"),
    "epochs": rules.positive_integer(),
    "mini_batch_size": rules.positive_integer(),
    "learning_rate": rules.fraction(),
    "lr_scheduler_factor": rules.fraction(),
    "lr_scheduler_step": rules.integer_list(),
    "optimizer": rules.choice("sgd", "adam", "rmsprop", "nag"),
    "momentum": rules.fraction(),
    "weight_decay": rules.fraction(),
    "beta_1": rules.fraction(),
    "beta_2": rules.fraction(),
    "eps": rules.fraction(),
    "gamma": rules.fraction(),
    "multi_label": rules.flag(),
    "use_weighted_loss": rules.flag(),
    "use_pretrained_model": rules.flag(),
    "top_k": rules.positive_integer(at_least=2),
    "checkpoint_frequency": rules.positive_integer(),
    "early_stopping": rules.boolean(),
    "early_stopping_min_epochs": rules.positive_integer(),
    "early_stopping_patience": rules.positive_integer(),
    "early_stopping_tolerance": rules.fraction(),
    "precision_dtype": rules.choice("float32", "float16"),
    "kv_store": rules.choice("dist_sync", "dist_async"),
}


@dataclass(frozen=True)
class Hyperparameters:
    """One training job's settings, checked. None stands for "no default value" in AWS's table."""

    num_classes: int
    num_training_samples: int
    num_layers: int = 152
    image_shape: tuple[int, int, int] = (3, 224, 224)
    resize: int | None = None
    augmentation_type: str | None = None
    epochs: int = 30
    mini_batch_size: int = 32
    learning_rate: float = 0.1
    lr_scheduler_factor: float = 0.1
    lr_scheduler_step: tuple[int, ...] = ()
    optimizer: str = "sgd"
    momentum: float = 0.9
    weight_decay: float = 0.0001
    beta_1: float = 0.9
    beta_2: float = 0.999
    eps: float = 1e-8
    gamma: float = 0.9
    multi_label: bool = False
    use_weighted_loss: bool = False
    use_pretrained_model: bool = False
    top_k: int | None = None
    checkpoint_frequency: int | None = None
    early_stopping: bool = False
    early_stopping_min_epochs: int = 10
    early_stopping_patience: int = 5
    early_stopping_tolerance: float = 0.0
    precision_dtype: str = "float32"
    kv_store: str | None = None

    def describe(self) -> list[str]:
        """List ``name: value`` lines for the log, in the order of the table."""
        return [f"{field.name}: {getattr(self, field.name)}" for field in fields(self)]


def read_hyperparameters(texts: Mapping[str, str]) -> Hyperparameters:
    """Read the texts of ``hyperparameters.json``.

    Names with a leading underscore are SageMaker's own (a tuning job sends ``_tuning_objective_metric``).
    Raises ClientError for an unknown name, a missing one, or a value out of its range.
    """
    given = {name: str(text).strip() for name, text in texts.items() if not name.startswith("_")}
    _refuse_unknown(given)
    missing = [name for name in REQUIRED if name not in given]
    if missing:
        raise ClientError(f"The hyperparameter '{missing[0]}' is required and was not given: set it.")
    values = {name: _read_value(name, text) for name, text in given.items()}
    hyperparameters = Hyperparameters(**values)  # type: ignore[arg-type]
    _refuse_contradictions(hyperparameters)
    return hyperparameters


def _refuse_unknown(given: Mapping[str, str]) -> None:
    unknown = sorted(set(given) - set(RULES))
    if unknown:
        raise ClientError(
            f"Additional hyperparameters are not allowed ('{unknown[0]}' was unexpected): "
            f"remove it, or use one of {', '.join(sorted(RULES))}."
        )


def _read_value(name: str, text: str) -> object:
    rule = RULES[name]
    try:
        return rule.read(text)
    except ValueError:
        raise ClientError(
            f"The value '{text}' is not valid for the '{name}' hyperparameter, which expects {rule.allowed}."
        ) from None


def _refuse_contradictions(given: Hyperparameters) -> None:
    if given.checkpoint_frequency is not None and given.checkpoint_frequency > given.epochs:
        raise ClientError(
            f"The value '{given.checkpoint_frequency}' is not valid for the 'checkpoint_frequency' "
            f"hyperparameter, which expects an integer no greater than epochs ({given.epochs})."
        )
    if given.use_pretrained_model and given.num_layers not in LARGE_FAMILY:
        allowed = ", ".join(str(depth) for depth in LARGE_FAMILY)
        raise ClientError(
            f"use_pretrained_model is 1 and num_layers is {given.num_layers}, for which no pretrained model "
            f"exists: choose num_layers from {allowed}, or set use_pretrained_model to 0 and give an artifact of "
            f"this net in the channel model."
        )
