"""A network's parameters: trained ones as parts of one vector, with their gradients in another, and running statistics.

An artifact has convolutions as (channels out, channels in, row, column); here they lie as their products read them,
which is the other way round.
"""

from collections.abc import Mapping
from copy import copy

import numpy as np

from localaws.algorithms.image_classification.network import NOT_TRAINED
from localaws.algorithms.image_classification.portable.grid import Floats

Shape = tuple[int, ...]

_DECAYED = ("_weight", "_gamma")
_CONVOLUTION = 4


class ParameterStore:
    """Parameters by their names, of shapes as an artifact has them."""

    def __init__(self, shapes: Mapping[str, Shape], statistics: Mapping[str, Shape]) -> None:
        trained = [name for name in shapes if name not in NOT_TRAINED]
        size = sum(int(np.prod(shapes[name])) for name in trained)
        self.weights: Floats = np.zeros(size, np.float32)
        self.gradients: Floats = np.zeros(size, np.float32)
        self.decayed: Floats = np.zeros(size, np.float32)
        self.by_name: dict[str, Floats] = {name: np.zeros(shapes[name], np.float32) for name in NOT_TRAINED}
        self.statistics: dict[str, Floats] = {name: np.zeros(shape, np.float32) for name, shape in statistics.items()}
        self._names = list(shapes)
        self._places: dict[str, tuple[slice, Shape]] = {}
        start = 0
        for name in trained:
            own = slice(start, start + int(np.prod(shapes[name])))
            shape = shapes[name][::-1] if len(shapes[name]) == _CONVOLUTION else shapes[name]
            self._places[name] = (own, shape)
            self.decayed[own] = name.endswith(_DECAYED)
            start = own.stop
        self.by_name |= self._view(self.weights)
        self.gradient_of = self._view(self.gradients)

    def share(self) -> "ParameterStore":
        """Make the store of another replica: the same weights, but gradients and statistics of its own."""
        other = copy(self)
        other.gradients = np.zeros_like(self.gradients)
        other.gradient_of = self._view(other.gradients)
        other.statistics = {name: value.copy() for name, value in self.statistics.items()}
        return other

    def _view(self, vector: Floats) -> dict[str, Floats]:
        return {name: vector[own].reshape(shape) for name, (own, shape) in self._places.items()}

    def draw(self, seed: int) -> None:
        """Draw first values as MXNet's Xavier with ``gaussian``, ``in`` and 2: their squares' mean is 2 / inputs."""
        rng = np.random.default_rng(seed)
        for name in self._names:
            value = self.by_name[name]
            if name.endswith("_weight"):
                inputs = value[..., 0].size if value.ndim == _CONVOLUTION else value.shape[1]
                value[...] = rng.standard_normal(value.shape, np.float32) * np.sqrt(2 / inputs)
            else:
                value[...] = name.endswith("_gamma")
        for name, value in self.statistics.items():
            value[...] = name.endswith("_var")

    def export(self) -> dict[str, Floats]:
        """Copy all as an artifact has them."""
        weights = {f"arg:{name}": _turn(self.by_name[name]).copy() for name in self._names}
        return weights | {f"aux:{name}": value.copy() for name, value in self.statistics.items()}

    def assign(self, values: Mapping[str, Floats]) -> None:
        """Take over values as an artifact has them."""
        for full_name, value in values.items():
            kind, _, name = full_name.partition(":")
            own = self.by_name[name] if kind == "arg" else self.statistics[name]
            own[...] = _turn(value)


def _turn(value: Floats) -> Floats:
    return np.ascontiguousarray(value.transpose()) if value.ndim == _CONVOLUTION else value
