"""The net bound to memory: its parameters, a step forward and a step back.

MXNet queues work and returns at once. A loop that only queues was seen to train to a constant answer, without
any error, so a step here ends when its work is done: logits are read on the way, and ``update`` waits.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from common.artifact.params import Array
from common.artifact.symbol import parse_symbol
from localaws.algorithms.image_classification.engine import mx
from localaws.algorithms.image_classification.errors import ClientError
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.optimizer import create_optimizer
from localaws.algorithms.image_classification.resnet import (
    BATCH_NORM_MOMENTUM,
    add_probabilities,
    build_logits,
)

# Images need no gradient. Neither does the shift of their normalisation: it starts at the right value, and
# its gradient would cost a tenth of each step. MXNet moves running statistics on the way back only, so those
# of this one layer are moved here.
NOT_TRAINED = ("data", "bn_data_gamma", "bn_data_beta")
FINAL_LAYER = ("arg:fc1_weight", "arg:fc1_bias")

Floats = npt.NDArray[np.float32]
Parameters = Mapping[str, Array]


class Network:
    """A net with its gradients and optimizer, for batches of ``mini_batch_size`` images."""

    def __init__(self, settings: Hyperparameters, seed: int) -> None:
        """Build and bind the net, and draw its parameters from a seed."""
        channels, height, width = settings.image_shape
        logits = build_logits(settings.num_classes, settings.num_layers, height, fast_gradient=True)
        kept = build_logits(settings.num_classes, settings.num_layers, height)
        self.graph = parse_symbol(add_probabilities(kept, multi_label=settings.multi_label).tojson())
        trained = [name for name in logits.list_arguments() if name not in NOT_TRAINED]
        wanted = {name: "write" if name in trained else "null" for name in logits.list_arguments()}
        shape = (settings.mini_batch_size, channels, height, width)
        self._executor = logits.simple_bind(mx.cpu(), grad_req=wanted, data=shape)
        self._weights = [self._executor.arg_dict[name] for name in trained]
        self._gradients = [self._executor.grad_dict[name] for name in trained]
        self._updater = mx.optimizer.get_updater(create_optimizer(settings, trained))
        self._draw_parameters(seed)

    def forward(self, images: Floats, *, training: bool) -> Floats:
        """Compute the logits (batch, classes) and wait for them; training also moves running statistics."""
        self._executor.arg_dict["data"][:] = images
        self._executor.forward(is_train=training)
        if training:
            self._move_input_statistics(images)
        return self._executor.outputs[0].asnumpy()

    def update(self, gradient: Floats, learning_rate: float) -> None:
        """Go back from the logits' gradient, move the parameters, and wait until they have moved."""
        self._executor.backward([mx.nd.array(gradient)])
        self._updater.optimizer.set_learning_rate(learning_rate)
        self._updater(list(range(len(self._weights))), self._gradients, self._weights)
        mx.nd.waitall()

    def parameters(self) -> dict[str, Array]:
        """Copy the parameters, by their names in an artifact: ``arg:`` for weights, ``aux:`` for statistics."""
        return {name: value.asnumpy() for name, value in self._live().items()}

    def _live(self) -> dict[str, mx.nd.NDArray]:
        weights = {f"arg:{name}": value for name, value in self._executor.arg_dict.items() if name != "data"}
        return weights | {f"aux:{name}": value for name, value in self._executor.aux_dict.items()}

    def load(self, given: Parameters, origin: str, *, keep_final_layer: bool = True) -> None:
        """Take over parameters of a former model, but for transfer learning not those of the final layer.

        Raises ClientError, naming ``origin``, when they are not of the same net.
        """
        own = self._live()
        taken = set(own) - set(() if keep_final_layer else FINAL_LAYER)
        # A deeper net has all the names of a shallow one, and more: taking a part of it would go unnoticed.
        foreign = sorted(set(given) - set(own))
        different = [name for name in sorted(taken) if name not in given or given[name].shape != own[name].shape]
        if foreign or different:
            raise ClientError(
                f"The {origin} was trained with another network ({[*different, *foreign][0]} differs): num_layers, "
                f"image_shape and num_classes must be those that it was trained with."
            )
        for name in taken:
            own[name][:] = given[name]
        mx.nd.waitall()

    def _move_input_statistics(self, images: Floats) -> None:
        now = {"mean": images.mean(axis=(0, 2, 3)), "var": images.var(axis=(0, 2, 3))}
        for name, value in now.items():
            running = self._executor.aux_dict[f"bn_data_moving_{name}"]
            running[:] = BATCH_NORM_MOMENTUM * running + (1 - BATCH_NORM_MOMENTUM) * mx.nd.array(value)

    def _draw_parameters(self, seed: int) -> None:
        mx.random.seed(seed)
        initializer = mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2)
        for name, value in self._executor.arg_dict.items():
            if name != "data":
                initializer(mx.init.InitDesc(name), value)
        for name, value in self._executor.aux_dict.items():
            value[:] = 1 if name.endswith("_var") else 0
        mx.nd.waitall()
