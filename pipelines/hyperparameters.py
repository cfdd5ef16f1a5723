"""The built-in image classification's hyperparameters, and the pipeline parameter that sets each of them.

Names and meaning are the algorithm's (AWS, "Image Classification Hyperparameters"). Two more are always sent
and are nobody's choice: `num_classes`, which the task fixes, and `num_training_samples`, which PrepareData
counts.
"""

from dataclasses import dataclass

from pipelines.ranges import Range, among, at_least, between

Value = str | int | float


@dataclass(frozen=True)
class Hyperparameter:
    """A hyperparameter, its pipeline parameter, and what it may be."""

    name: str
    parameter: str
    kind: type[str] | type[int] | type[float]
    allowed: tuple[str, ...] = ()
    range: Range | None = None


LAYERS = (18, 20, 32, 34, 44, 50, 56, 101, 110, 152, 200)
HYPERPARAMETERS: dict[str, Hyperparameter] = {
    entry.name: entry
    for entry in (
        Hyperparameter("epochs", "Epochs", int, range=at_least(1)),
        Hyperparameter("image_shape", "ImageShape", str),
        Hyperparameter("num_layers", "NumLayers", int, range=among(*LAYERS)),
        Hyperparameter("mini_batch_size", "MiniBatchSize", int, range=at_least(1)),
        Hyperparameter("optimizer", "Optimizer", str, ("sgd", "adam", "rmsprop", "nag")),
        Hyperparameter("learning_rate", "LearningRate", float, range=between(0, 1)),
        Hyperparameter("lr_scheduler_step", "LearningRateScheduleSteps", str),
        Hyperparameter("lr_scheduler_factor", "LearningRateScheduleFactor", float, range=between(0, 1)),
        Hyperparameter("momentum", "Momentum", float, range=between(0, 1)),
        Hyperparameter("weight_decay", "WeightDecay", float, range=between(0, 1)),
        Hyperparameter("augmentation_type", "AugmentationType", str, ("crop", "crop_color", "crop_color_transform")),
        Hyperparameter("resize", "Resize", int, range=at_least(1)),
        Hyperparameter("use_pretrained_model", "UsePretrainedModel", int, range=among(0, 1)),
        Hyperparameter("kv_store", "KvStore", str, ("dist_sync", "dist_async")),
    )
}
