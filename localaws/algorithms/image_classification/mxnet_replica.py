"""A replica of the net in MXNet: memory of its own, and a device of its own.

MXNet gives every device of a CPU one thread, which sleeps while it has nothing to do. Work is queued and done in the
order of its device's queue. What waits for a copy into memory waits in the first device's queue, whichever the memory's
device is: copy everything before anything is queued.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from localaws.algorithms.image_classification.engine import import_mxnet
from localaws.algorithms.image_classification.network import NOT_TRAINED, Floats

mx: Any = import_mxnet()

DATA = "data"
_DECAYED = ("_weight", "_gamma")
"""What has weight decay by MXNet's rule; it is the first part of the vectors, and the rest the second."""
GROUPS = ("decayed_weight", "free_bias")
"""Names of the two parts from which MXNet's optimizers find that out."""

Shape = tuple[int, ...]


class Replica:
    """Trains on shares of ``shape`` (images, channels, height, width).

    Weights, gradients and running statistics are one vector each, of which the arrays that the net knows are views:
    what is exchanged or moved is one operation, and not one for each layer.
    """

    def __init__(self, logits: Any, number: int, shape: Shape) -> None:  # noqa: ANN401 - MXNet has no types
        self.device = mx.cpu(number)
        of_arguments, _, of_statistics = logits.infer_shape(data=shape)
        shapes = dict(zip(logits.list_arguments(), of_arguments, strict=True))
        decayed = [name for name in shapes if name.endswith(_DECAYED) and name not in NOT_TRAINED]
        free = [name for name in shapes if name not in (DATA, *NOT_TRAINED, *decayed)]
        trained = {name: shapes[name] for name in (*decayed, *free)}
        self.weights, views = self._lay_out(trained)
        self.gradients, gradients = self._lay_out(trained)
        self.statistics, self.statistic = self._lay_out(
            dict(zip(logits.list_auxiliary_states(), of_statistics, strict=True))
        )
        self.argument: dict[str, Any] = {
            name: views[name] if name in views else mx.nd.zeros(own, ctx=self.device) for name, own in shapes.items()
        }
        self._executor = logits.bind(
            self.device,
            args=self.argument,
            args_grad=gradients,
            grad_req={name: "write" if name in trained else "null" for name in shapes},
            aux_states=self.statistic,
        )
        self._logits_gradient = mx.nd.zeros(self._executor.outputs[0].shape, ctx=self.device)
        end = sum(int(np.prod(shapes[name])) for name in decayed)
        self.weight_groups, self.gradient_groups = (
            [vector[:end], vector[end:]] for vector in (self.weights, self.gradients)
        )

    def place_images(self, images: Floats) -> None:
        """Take the share's images."""
        self.argument[DATA][:] = images

    def queue_forward(self) -> None:
        """Have the logits computed, normalised by the share's own statistics."""
        self._executor.forward(is_train=True)

    def read_logits(self) -> Floats:
        """Wait for the logits (images, classes)."""
        logits: Floats = self._executor.outputs[0].asnumpy()
        return logits

    def place_gradient(self, gradient: Floats) -> None:
        """Take the gradient of the share's logits."""
        self._logits_gradient[:] = gradient

    def queue_backward(self) -> None:
        """Have the gradients of all weights computed."""
        self._executor.backward([self._logits_gradient])

    def queue_copy(self, other: "Replica") -> None:
        """Have all parameters of this replica copied to another."""
        self.weights.copyto(other.weights)
        self.statistics.copyto(other.statistics)
        for name in NOT_TRAINED:
            self.argument[name].copyto(other.argument[name])

    def _lay_out(self, shapes: Mapping[str, Shape]) -> tuple[Any, dict[str, Any]]:
        """Make a vector, and views of it by their names."""
        ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes.values())]).tolist()
        vector = mx.nd.zeros(ends[-1], ctx=self.device)
        places = zip(shapes.items(), ends, ends[1:], strict=False)
        return vector, {name: vector[start:stop].reshape(shape) for (name, shape), start, stop in places}


class Predictor:
    """Answers for shares of ``shape`` by running statistics, with parameters copied from a replica.

    It has arrays of its own: MXNet lays weights out anew to answer, which writes beyond views of a vector. It does so
    at the first answer, and answers by those ever after, whatever the arrays are given: each copy is bound anew.
    """

    def __init__(self, logits: Any, replica: Replica, shape: Shape) -> None:  # noqa: ANN401 - MXNet has no types
        self._logits, self._replica, self._shape = logits, replica, shape
        self.queue_parameters()

    def queue_parameters(self) -> None:
        """Have the replica's parameters copied."""
        self._executor: Any = self._logits.simple_bind(self._replica.device, grad_req="null", data=self._shape)
        for name, value in self._executor.arg_dict.items():
            if name != DATA:
                self._replica.argument[name].copyto(value)
        for name, value in self._executor.aux_dict.items():
            self._replica.statistic[name].copyto(value)

    def place_images(self, images: Floats) -> None:
        """Take the share's images."""
        self._executor.arg_dict[DATA][:] = images

    def queue_forward(self) -> None:
        """Have the logits computed."""
        self._executor.forward(is_train=False)

    def read_logits(self) -> Floats:
        """Wait for the logits (images, classes)."""
        logits: Floats = self._executor.outputs[0].asnumpy()
        return logits
