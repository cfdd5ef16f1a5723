"""MXNet as the judge of what is read, written and answered without it: networks of the algorithm, drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from common.artifact.model import Model
from common.artifact.params import Array
from common.artifact.symbol import parse_symbol


def draw_images(count: int, shape: tuple[int, int, int], seed: int = 8) -> Array:
    """Noise on patches of colour, 0 to 255: noise alone has the same mean everywhere, and all answers would be one."""
    channels, height, width = shape
    random = np.random.default_rng(seed)
    patches = random.uniform(0, 255, (count, channels, 2, 2)).repeat(-(-height // 2), 2).repeat(-(-width // 2), 3)
    noise = random.normal(0, 20, (count, *shape))
    return np.clip(patches[:, :, :height, :width] + noise, 0, 255).astype(np.float32)


@dataclass(frozen=True)
class Drawn:
    """A network within MXNet, and the same as a model."""

    symbol: Any
    model: Model
    mx: Any

    def answer(self, images: Array) -> Array:
        """MXNet's probabilities of images (count, channels, height, width)."""
        return _answer(self.mx, self.symbol, dict(self.model.parameters), images)


class Judge:
    """Draws networks; needs MXNet."""

    def __init__(self) -> None:
        from localaws.algorithms.image_classification.mxnet_network import mx

        self.mx: Any = mx

    def draw(self, layers: int, side: int, *, multi_label: bool = False, classes: int = 2) -> Drawn:
        """One of the algorithm's networks."""
        from tests.mxnet_resnet import add_probabilities, build_logits

        symbol = add_probabilities(build_logits(classes, layers, side), multi_label=multi_label)
        return self.draw_symbol(symbol, (3, side, side), "fc1")

    def draw_symbol(self, symbol: Any, shape: tuple[int, int, int], last: str) -> Drawn:
        """Any network, with random weights, and logits (of the layer `last`) that differ by about 0.3."""
        parameters = self._draw_parameters(symbol, shape)
        logits = symbol.get_internals()[f"{last}_output"]
        answers = _answer(self.mx, logits, parameters, draw_images(16, shape, seed=9))
        scale = 0.3 / answers.std(axis=0)
        parameters[f"arg:{last}_weight"] *= scale[:, np.newaxis]
        parameters[f"arg:{last}_bias"] = (parameters[f"arg:{last}_bias"] - answers.mean(axis=0)) * scale
        return Drawn(symbol, Model(parse_symbol(symbol.tojson()), parameters, shape, 1), self.mx)

    def _draw_parameters(self, symbol: Any, shape: tuple[int, int, int]) -> dict[str, Array]:
        random = np.random.default_rng(8)
        arguments, _, states = symbol.infer_shape(data=(1, *shape))
        parameters: dict[str, Array] = {}
        for name, size in zip(symbol.list_arguments(), arguments, strict=True):
            if name.endswith("weight"):
                # Half of what keeps a layer's variance, as sums of many layers would grow too large.
                drawn = random.normal(0, 0.5 * np.sqrt(2 / np.prod(size[1:])), size)
            else:
                drawn = random.uniform(0.8, 1.2, size) if name.endswith("gamma") else random.normal(0, 0.3, size)
            if name not in ("data", "softmax_label"):
                parameters[f"arg:{name}"] = drawn.astype(np.float32)
        for name, size in zip(symbol.list_auxiliary_states(), states, strict=True):
            mean, variance = (128, 5000) if name.startswith("bn_data") else (0, 1)
            drawn = random.uniform(0.8, 1.2, size) * (variance if name.endswith("var") else mean)
            parameters[f"aux:{name}"] = drawn.astype(np.float32)
        return parameters


def _answer(mx: Any, symbol: Any, parameters: dict[str, Array], images: Array) -> Array:
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", data=images.shape)
    for kind, arrays in (("arg", executor.arg_dict), ("aux", executor.aux_dict)):
        for name, value in arrays.items():
            if f"{kind}:{name}" in parameters:
                value[:] = parameters[f"{kind}:{name}"]
    executor.arg_dict["data"][:] = images
    answers: Array = executor.forward(is_train=False)[0].asnumpy()
    return answers
