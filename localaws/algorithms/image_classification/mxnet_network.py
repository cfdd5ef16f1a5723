"""The network on MXNet, bound to memory once.

MXNet queues work and returns at once. A loop that only queues was seen to train to a constant answer, without
any error, so a step here ends when its work is done: logits are read on the way, and ``update`` waits.
"""

from typing import Any

from common.artifact.graph import Graph
from localaws.algorithms.image_classification.engine import MXNET, import_mxnet
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.network import NOT_TRAINED, Floats, Network, Parameters
from localaws.algorithms.image_classification.resnet import BATCH_NORM_MOMENTUM

mx: Any = import_mxnet()


class MXNetNetwork(Network):
    """A net with its gradients and optimizer in MXNet."""

    engine = MXNET

    def __init__(self, settings: Hyperparameters, seed: int) -> None:
        """Bind the net, and draw its parameters from a seed.

        Neither images nor NOT_TRAINED have a gradient: the input's shift alone would cost a tenth of each step. MXNet
        moves running statistics on the way back only, so those of this one layer are moved here.
        """
        super().__init__(settings)
        logits = build_logits(self.graph, settings.num_classes)
        trained = [name for name in logits.list_arguments() if name not in ("data", *NOT_TRAINED)]
        wanted = {name: "write" if name in trained else "null" for name in logits.list_arguments()}
        shape = (settings.mini_batch_size, *settings.image_shape)
        self._executor = logits.simple_bind(mx.cpu(), grad_req=wanted, data=shape)
        self._weights = [self._executor.arg_dict[name] for name in trained]
        self._gradients = [self._executor.grad_dict[name] for name in trained]
        self._updater = mx.optimizer.get_updater(create_optimizer(settings, trained))
        self._draw_parameters(seed)

    def forward(self, images: Floats, *, training: bool) -> Floats:
        self._executor.arg_dict["data"][:] = images
        self._executor.forward(is_train=training)
        if training:
            self._move_input_statistics(images)
        logits: Floats = self._executor.outputs[0].asnumpy()
        return logits

    def update(self, gradient: Floats, learning_rate: float) -> None:
        self._executor.backward([mx.nd.array(gradient)])
        self._updater.optimizer.set_learning_rate(learning_rate)
        self._updater(list(range(len(self._weights))), self._gradients, self._weights)
        mx.nd.waitall()

    def parameters(self) -> dict[str, Floats]:
        return {name: value.asnumpy() for name, value in self._arrays().items()}

    def _assign(self, values: Parameters) -> None:
        own = self._arrays()
        for name, value in values.items():
            own[name][:] = value
        mx.nd.waitall()

    def _arrays(self) -> dict[str, Any]:
        weights = {f"arg:{name}": value for name, value in self._executor.arg_dict.items() if name != "data"}
        return weights | {f"aux:{name}": value for name, value in self._executor.aux_dict.items()}

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
