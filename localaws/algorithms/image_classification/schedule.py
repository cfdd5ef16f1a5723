"""The learning rate over the epochs."""

from localaws.algorithms.image_classification.hyperparameters import Hyperparameters


def learning_rate(settings: Hyperparameters, epoch: int) -> float:
    """Give the rate of an epoch counted from 0: each passed step of lr_scheduler_step reduces it."""
    passed = sum(step <= epoch for step in settings.lr_scheduler_step)
    return settings.learning_rate * settings.lr_scheduler_factor**passed
