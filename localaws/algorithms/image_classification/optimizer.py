"""The optimizers that AWS documents, with the settings that each of them reads."""

from localaws.algorithms.image_classification.engine import mx
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters


def create_optimizer(settings: Hyperparameters, names: list[str]) -> mx.optimizer.Optimizer:
    """Create the optimizer for parameters of these names, in this order.

    Names decide about weight decay: MXNet leaves biases and shifts out of it. AWS applies ``weight_decay`` to
    sgd and nag only.
    """
    common = {
        "learning_rate": settings.learning_rate,
        "rescale_grad": 1 / settings.mini_batch_size,
        "param_idx2name": dict(enumerate(names)),
    }
    return mx.optimizer.create(settings.optimizer, **common, **_own_settings(settings))


def _own_settings(settings: Hyperparameters) -> dict[str, float]:
    if settings.optimizer == "adam":
        return {"beta1": settings.beta_1, "beta2": settings.beta_2, "epsilon": settings.eps}
    if settings.optimizer == "rmsprop":
        return {"gamma1": settings.gamma, "epsilon": settings.eps}
    return {"momentum": settings.momentum, "wd": settings.weight_decay}


def learning_rate(settings: Hyperparameters, epoch: int) -> float:
    """Give the rate of an epoch counted from 0: each passed step of lr_scheduler_step reduces it."""
    passed = sum(step <= epoch for step in settings.lr_scheduler_step)
    return settings.learning_rate * settings.lr_scheduler_factor**passed
