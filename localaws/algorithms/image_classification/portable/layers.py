"""A network's layers over its feature maps: each computes its output, and on the way back its inputs' gradients."""

from abc import ABC, abstractmethod
from dataclasses import InitVar, dataclass, field

import numpy as np

from localaws.algorithms.image_classification.portable.batch_norm import BatchNormRelu, Doubles
from localaws.algorithms.image_classification.portable.convolution import Convolution
from localaws.algorithms.image_classification.portable.gradients import MapGradients
from localaws.algorithms.image_classification.portable.grid import FeatureMap, Floats, Scratch
from localaws.algorithms.image_classification.portable.parameters import ParameterStore
from localaws.algorithms.image_classification.portable.pooling import MaxPooling, average, spread_average


class Layer(ABC):
    """Reads and writes maps that it was given at the start."""

    @abstractmethod
    def forward(self, store: ParameterStore, *, training: bool) -> None: ...

    @abstractmethod
    def backward(self, store: ParameterStore, gradients: MapGradients) -> None: ...


@dataclass
class ConvolutionLayer(Layer):
    """A convolution; ``passes_back`` is whether anything before it is trained."""

    given: FeatureMap
    out: FeatureMap
    weight: str
    convolution: Convolution
    passes_back: bool

    def forward(self, store: ParameterStore, *, training: bool) -> None:  # noqa: ARG002 - the same in both cases
        self.convolution.forward(self.given, store.by_name[self.weight], self.out)

    def backward(self, store: ParameterStore, gradients: MapGradients) -> None:
        before = gradients.allocate(self.given) if self.passes_back else None
        weight, weight_gradient = store.by_name[self.weight], store.gradient_of[self.weight]
        self.convolution.backward(self.given, weight, gradients[self.out], weight_gradient, before)
        gradients.drop(self.out)
        if before is not None:
            gradients.add(self.given, before)


@dataclass
class NormLayer(Layer):
    """Batch normalisation and ReLU."""

    given: FeatureMap
    out: FeatureMap
    name: str
    epsilon: float
    momentum: float
    scratch: InitVar[Scratch]
    norm: BatchNormRelu = field(init=False)

    def __post_init__(self, scratch: Scratch) -> None:
        self.norm = BatchNormRelu(self.given, self.epsilon, scratch)

    def forward(self, store: ParameterStore, *, training: bool) -> None:
        if training:
            statistics = self.norm.measure(self.given)
            move_statistics(store, self.name, statistics, self.momentum)
        else:
            statistics = get_statistics(store, self.name)
        gamma, beta = (store.by_name[f"{self.name}_{part}"] for part in ("gamma", "beta"))
        self.norm.forward(self.given, gamma, beta, statistics, self.out)

    def backward(self, store: ParameterStore, gradients: MapGradients) -> None:
        gradient = gradients[self.out]
        found = self.norm.backward(self.given, store.by_name[f"{self.name}_gamma"], self.out, gradient)
        for part, value in zip(("gamma", "beta"), found, strict=True):
            store.gradient_of[f"{self.name}_{part}"][...] = value
        gradients.move(self.out, self.given)


@dataclass
class SumLayer(Layer):
    """The end of a residual unit."""

    given: tuple[FeatureMap, FeatureMap]
    out: FeatureMap

    def forward(self, store: ParameterStore, *, training: bool) -> None:  # noqa: ARG002 - it has no parameters
        np.add(self.given[0].body, self.given[1].body, out=self.out.body)

    def backward(self, store: ParameterStore, gradients: MapGradients) -> None:  # noqa: ARG002
        for each in self.given:
            gradients.add(each, gradients[self.out])
        gradients.drop(self.out)


@dataclass
class MaxPoolingLayer(Layer):
    """The stem's pooling."""

    given: FeatureMap
    out: FeatureMap
    pooling: MaxPooling = field(init=False)

    def __post_init__(self) -> None:
        self.pooling = MaxPooling(self.out)

    def forward(self, store: ParameterStore, *, training: bool) -> None:  # noqa: ARG002 - it has no parameters
        self.pooling.forward(self.given, self.out)

    def backward(self, store: ParameterStore, gradients: MapGradients) -> None:  # noqa: ARG002
        before = gradients.allocate(self.given)
        self.pooling.backward(gradients[self.out], before)
        gradients.drop(self.out)
        gradients.add(self.given, before)


@dataclass
class InputLayer:
    """The images, normalised by channel with a fixed scale of 1: nothing in it is trained."""

    out: FeatureMap
    name: str
    epsilon: float
    momentum: float

    def forward(self, images: Floats, store: ParameterStore, *, training: bool) -> None:
        """Take images as (batch, channels, height, width)."""
        if training:
            statistics = (images.mean(axis=(0, 2, 3), dtype=np.float64), images.var(axis=(0, 2, 3), dtype=np.float64))
            move_statistics(store, self.name, statistics, self.momentum)
        else:
            statistics = get_statistics(store, self.name)
        mean, variance = statistics
        scale = 1 / np.sqrt(variance + self.epsilon)
        pixels = self.out.pixels
        np.multiply(images.transpose(2, 0, 3, 1), scale.astype(np.float32), out=pixels)
        pixels += (store.by_name[f"{self.name}_beta"] - mean * scale).astype(np.float32)


@dataclass
class HeadLayer:
    """The mean of each map, and the final layer."""

    given: FeatureMap
    name: str
    features: Floats = field(init=False)

    def forward(self, store: ParameterStore) -> Floats:
        """Compute the logits (batch, classes)."""
        self.features = average(self.given)
        weight, bias = (store.by_name[f"{self.name}_{part}"] for part in ("weight", "bias"))
        logits: Floats = self.features @ weight.T + bias
        return logits

    def backward(self, gradient: Floats, store: ParameterStore, gradients: MapGradients) -> None:
        """Begin the way back from the logits' gradient."""
        np.matmul(gradient.T, self.features, out=store.gradient_of[f"{self.name}_weight"])
        np.sum(gradient, axis=0, out=store.gradient_of[f"{self.name}_bias"])
        before = gradients.allocate(self.given)
        spread_average(gradient @ store.by_name[f"{self.name}_weight"], before)
        gradients.add(self.given, before)


def move_statistics(store: ParameterStore, name: str, now: tuple[Doubles, Doubles], momentum: float) -> None:
    """Move running statistics towards those of a batch."""
    for part, value in zip(("mean", "var"), now, strict=True):
        running = store.statistics[f"{name}_moving_{part}"]
        running[...] = momentum * running + (1 - momentum) * value


def get_statistics(store: ParameterStore, name: str) -> tuple[Doubles, Doubles]:
    """Give the running statistics."""
    mean, variance = (store.statistics[f"{name}_moving_{part}"].astype(np.float64) for part in ("mean", "var"))
    return mean, variance
