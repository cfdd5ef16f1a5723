"""MXNet's optimizers in numpy, over all parameters of a network as one vector.

The rules are those of https://mxnet.apache.org/versions/1.9.1/api/python/docs/api/optimizer/index.html. Weight decay
is for sgd and nag, as on AWS, and as in MXNet for weights and scales: biases and shifts have none.
"""

from abc import ABC, abstractmethod

import numpy as np

from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.portable.grid import Floats


class Optimizer(ABC):
    """Moves a vector of weights by its gradient, which is summed over a batch."""

    def __init__(self, settings: Hyperparameters, size: int) -> None:
        self._settings = settings
        self._scale = np.float32(1 / settings.mini_batch_size)
        self._spare = np.empty(size, np.float32)

    def update(self, weights: Floats, gradient: Floats, learning_rate: float) -> None:
        """Move the weights in place; the gradient is used up."""
        gradient *= self._scale
        self._move(weights, gradient, learning_rate)

    @abstractmethod
    def _move(self, weights: Floats, gradient: Floats, learning_rate: float) -> None: ...


class Momentum(Optimizer):
    """sgd, and nag: the same with the step that momentum will make next taken beforehand."""

    def __init__(self, settings: Hyperparameters, decayed: Floats) -> None:
        super().__init__(settings, len(decayed))
        self._decay = decayed * np.float32(settings.weight_decay)
        self._velocity = np.zeros_like(decayed)

    def _move(self, weights: Floats, gradient: Floats, learning_rate: float) -> None:
        gradient *= np.float32(learning_rate)
        self._velocity *= np.float32(self._settings.momentum)
        self._velocity -= gradient
        self._decay_velocity(weights, learning_rate)
        if self._settings.optimizer == "nag":
            self._look_ahead(weights, gradient, learning_rate)
        else:
            weights += self._velocity

    def _decay_velocity(self, weights: Floats, learning_rate: float) -> None:
        np.multiply(self._decay, weights, out=self._spare)
        self._spare *= np.float32(learning_rate)
        self._velocity -= self._spare

    def _look_ahead(self, weights: Floats, gradient: Floats, learning_rate: float) -> None:
        """Move by the step and by what momentum will make of it.

        MXNet's kernel writes the weights before it keeps the velocity, whose decay is that of the new ones:
        NAGMomKernel in https://github.com/apache/mxnet/blob/1.9.1/src/operator/optimizer_op-inl.h.
        """
        gradient += self._spare  # the whole step without momentum
        self._velocity += self._spare
        np.subtract(self._velocity, self._spare, out=self._spare)
        self._spare *= np.float32(self._settings.momentum)
        weights += self._spare
        weights -= gradient
        self._decay_velocity(weights, learning_rate)


class Adam(Optimizer):
    """Steps of the gradient's mean over the root of its square's, both corrected for how few there have been."""

    def __init__(self, settings: Hyperparameters, size: int) -> None:
        super().__init__(settings, size)
        self._steps = 0
        self._mean, self._square = np.zeros(size, np.float32), np.zeros(size, np.float32)

    def _move(self, weights: Floats, gradient: Floats, learning_rate: float) -> None:
        first, second = self._settings.beta_1, self._settings.beta_2
        self._steps += 1
        rate = learning_rate * (1 - second**self._steps) ** 0.5 / (1 - first**self._steps)
        _average(self._mean, gradient, first, self._spare)
        gradient *= gradient
        _average(self._square, gradient, second, self._spare)
        np.sqrt(self._square, out=self._spare)
        self._spare += np.float32(self._settings.eps)
        np.divide(self._mean, self._spare, out=self._spare)
        self._spare *= np.float32(rate)
        weights -= self._spare


class RMSProp(Optimizer):
    """Steps of the gradient over the root of its square's mean."""

    def __init__(self, settings: Hyperparameters, size: int) -> None:
        super().__init__(settings, size)
        self._square = np.zeros(size, np.float32)
        self._root = np.empty(size, np.float32)

    def _move(self, weights: Floats, gradient: Floats, learning_rate: float) -> None:
        np.multiply(gradient, gradient, out=self._root)
        _average(self._square, self._root, self._settings.gamma, self._spare)
        np.add(self._square, np.float32(self._settings.eps), out=self._root)
        np.sqrt(self._root, out=self._root)
        gradient /= self._root
        gradient *= np.float32(learning_rate)
        weights -= gradient


def create_optimizer(settings: Hyperparameters, decayed: Floats) -> Optimizer:
    """Create the optimizer for weights of which ``decayed`` says by 1 or 0 whether they have weight decay."""
    if settings.optimizer == "adam":
        return Adam(settings, len(decayed))
    if settings.optimizer == "rmsprop":
        return RMSProp(settings, len(decayed))
    return Momentum(settings, decayed)


def _average(running: Floats, value: Floats, kept: float, spare: Floats) -> None:
    """Move a running mean towards a value, of which it takes 1 - ``kept``."""
    running *= np.float32(kept)
    np.multiply(value, np.float32(1 - kept), out=spare)
    running += spare
