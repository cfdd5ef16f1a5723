"""The network on MXNet, bound to memory once.

MXNet queues work and returns at once. A loop that only queues was seen to train to a constant answer, without
any error, so a step here ends when its work is done: logits are read on the way, and ``update`` waits.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from common.artifact.graph import Graph
from localaws.algorithms.image_classification.engine import MXNET, import_mxnet
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.mxnet_replica import DATA, GROUPS, Predictor, Replica
from localaws.algorithms.image_classification.network import Floats, Network, Parameters
from localaws.algorithms.image_classification.replicas import count_replicas, share_out
from localaws.algorithms.image_classification.resnet import BATCH_NORM_MOMENTUM

mx: Any = import_mxnet()

INPUT_STATISTICS = ("bn_data_moving_mean", "bn_data_moving_var")


class MXNetNetwork(Network):
    """A net with its gradients and optimizer in MXNet: a replica for each share of a batch."""

    engine = MXNET

    def __init__(self, settings: Hyperparameters, seed: int) -> None:
        """Bind the net, and draw its parameters from a seed.

        Neither images nor NOT_TRAINED have a gradient: the input's shift alone would cost a tenth of each step. MXNet
        moves running statistics on the way back only, so those of this one layer are moved here.
        """
        super().__init__(settings)
        logits = build_logits(self.graph, settings.num_classes)
        self._parts = share_out(settings.mini_batch_size, count_replicas(settings.mini_batch_size))
        shapes = [(part.stop - part.start, *settings.image_shape) for part in self._parts]
        self._replicas = [Replica(logits, number, shape) for number, shape in enumerate(shapes)]
        self._first, self._others = self._replicas[0], self._replicas[1:]
        self._predictors = [Predictor(logits, *each) for each in zip(self._replicas, shapes, strict=True)]
        self._received = mx.nd.zeros_like(self._first.gradients)
        self._updater = mx.optimizer.get_updater(create_optimizer(settings, list(GROUPS)))
        self._draw_parameters(seed)
        self._spread()

    def forward(self, images: Floats, *, training: bool) -> Floats:
        if training:
            self._move_input_statistics(images)
        else:
            self._settle()
        used: Sequence[Replica | Predictor] = self._replicas if training else self._predictors
        for each, part in zip(used, self._parts, strict=True):
            each.place_images(images[part])
        for each in used:
            each.queue_forward()
        return np.concatenate([each.read_logits() for each in used])

    def update(self, gradient: Floats, learning_rate: float) -> None:
        for replica, part in zip(self._replicas, self._parts, strict=True):
            replica.place_gradient(gradient[part])
        for replica in self._replicas:
            replica.queue_backward()
        for other in self._others:
            other.gradients.copyto(self._received)
            self._first.gradients += self._received
        self._updater.optimizer.set_learning_rate(learning_rate)
        self._updater(list(range(len(GROUPS))), self._first.gradient_groups, self._first.weight_groups)
        for other in self._others:
            self._first.weights.copyto(other.weights)
        mx.nd.waitall()

    def parameters(self) -> dict[str, Floats]:
        self._settle()
        return {name: value.asnumpy() for name, value in self._arrays().items()}

    def _assign(self, values: Parameters) -> None:
        self._settle()
        own = self._arrays()
        for name, value in values.items():
            own[name][:] = value
        self._spread()

    def _arrays(self) -> dict[str, Any]:
        weights = {f"arg:{name}": value for name, value in self._first.argument.items() if name != DATA}
        return weights | {f"aux:{name}": value for name, value in self._first.statistic.items()}

    def _move_input_statistics(self, images: Floats) -> None:
        now = (images.mean(axis=(0, 2, 3)), images.var(axis=(0, 2, 3)))
        for (name, running), value in zip(self._input.items(), now, strict=True):
            self._input[name] = BATCH_NORM_MOMENTUM * running + (1 - BATCH_NORM_MOMENTUM) * value
        self._settled = False

    def _settle(self) -> None:
        """After steps of training, give all the mean of the replicas' running statistics, weighted by their images."""
        if self._settled:
            return
        found = [replica.statistics.asnumpy() for replica in self._replicas]
        shares = [part.stop - part.start for part in self._parts]
        self._first.statistics[:] = np.average(found, axis=0, weights=shares)
        for name, value in self._input.items():
            self._first.statistic[name][:] = value
        self._spread()

    def _spread(self) -> None:
        """Give the first replica's parameters to the others, and to what answers."""
        for other in self._others:
            self._first.queue_copy(other)
        for predictor in self._predictors:
            predictor.queue_parameters()
        mx.nd.waitall()
        self._input = {name: self._first.statistic[name].asnumpy() for name in INPUT_STATISTICS}
        self._settled = True

    def _draw_parameters(self, seed: int) -> None:
        mx.random.seed(seed)
        initializer = mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2)
        for name, value in self._first.argument.items():
            if name != DATA:
                initializer(mx.init.InitDesc(name), value)
        for name, value in self._first.statistic.items():
            value[:] = 1 if name.endswith("_var") else 0
        mx.nd.waitall()


def build_logits(graph: Graph, num_classes: int) -> Any:  # noqa: ANN401 - MXNet has no types
    """Build a net's symbol up to its logits, operator by operator: no loader of MXNet's is called.

    The last pooling is written as a mean. Values and parameters are the same, but on a CPU the gradient of MXNet's
    global pooling takes a tenth of a training step. Artifacts keep the pooling.
    """
    built: list[Any] = []
    for node in graph.nodes:
        inputs = [built[place] for place in node.inputs]
        if node.flag("global_pool", default=False):
            pooled = mx.sym.mean(*inputs, axis=(2, 3), name=node.name)
            return mx.sym.FullyConnected(mx.sym.Flatten(pooled), num_hidden=num_classes, name="fc1")
        if node.is_variable:
            built.append(mx.sym.Variable(node.name))
        else:
            operator = mx.sym.identity if node.operator == "_copy" else getattr(mx.sym, node.operator)
            built.append(operator(*inputs, name=node.name, **node.attributes))
    raise ValueError("the graph has no pooling over whole maps, before which the logits' layer would be")


def create_optimizer(settings: Hyperparameters, names: list[str]) -> Any:  # noqa: ANN401 - MXNet has no types
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


build = MXNetNetwork
