"""The built-in image classification's hyperparameters, and the pipeline parameter that sets each of them.

Names and meaning are the algorithm's (AWS, "Image Classification Hyperparameters"). Two more are always sent
and are nobody's choice: `num_classes`, which the task fixes, and `num_training_samples`, which PrepareData
counts.
"""

from dataclasses import dataclass

Value = str | int | float


@dataclass(frozen=True)
class Hyperparameter:
    """A hyperparameter, its pipeline parameter, and what it may be."""

    name: str
    parameter: str
    kind: type[str] | type[int] | type[float]
    allowed: tuple[str, ...] = ()


HYPERPARAMETERS: dict[str, Hyperparameter] = {
    entry.name: entry
    for entry in (
        Hyperparameter("epochs", "Epochs", int),
        Hyperparameter("image_shape", "ImageShape", str),
        Hyperparameter("num_layers", "NumLayers", int),
        Hyperparameter("mini_batch_size", "MiniBatchSize", int),
        Hyperparameter("optimizer", "Optimizer", str, ("sgd", "adam", "rmsprop", "nag")),
        Hyperparameter("learning_rate", "LearningRate", float),
        Hyperparameter("lr_scheduler_step", "LearningRateScheduleSteps", str),
        Hyperparameter("lr_scheduler_factor", "LearningRateScheduleFactor", float),
        Hyperparameter("momentum", "Momentum", float),
        Hyperparameter("weight_decay", "WeightDecay", float),
        Hyperparameter("augmentation_type", "AugmentationType", str, ("crop", "crop_color", "crop_color_transform")),
        Hyperparameter("resize", "Resize", int),
        Hyperparameter("use_pretrained_model", "UsePretrainedModel", int),
        Hyperparameter("kv_store", "KvStore", str, ("dist_sync", "dist_async")),
    )
}
