"""The network in numpy: its graph laid out as layers over feature maps that are allocated once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from common.artifact.graph import Graph, Node
from localaws.algorithms.image_classification.engine import PORTABLE
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.network import Floats, Network, Parameters
from localaws.algorithms.image_classification.portable.convolution import choose_convolution
from localaws.algorithms.image_classification.portable.gradients import MapGradients
from localaws.algorithms.image_classification.portable.grid import FeatureMap, Grid, Scratch
from localaws.algorithms.image_classification.portable.layers import (
    ConvolutionLayer,
    HeadLayer,
    InputLayer,
    Layer,
    MaxPoolingLayer,
    NormLayer,
    SumLayer,
)
from localaws.algorithms.image_classification.portable.optimizer import create_optimizer
from localaws.algorithms.image_classification.portable.parameters import ParameterStore, Shape
from localaws.algorithms.image_classification.replicas import count_replicas, share_out

T = TypeVar("T")


class PortableNetwork(Network):
    """A net with its gradients and optimizer in numpy: a replica for each share of a batch, and a thread for each.

    numpy lets other threads run while it computes.
    """

    engine = PORTABLE

    def __init__(self, settings: Hyperparameters, seed: int) -> None:
        """Lay out the net, and draw its parameters from a seed."""
        super().__init__(settings)
        self._parts = share_out(settings.mini_batch_size, count_replicas(settings.mini_batch_size))
        layouts = [Layout(self.graph, part.stop - part.start, settings.image_shape) for part in self._parts]
        self._store = ParameterStore(layouts[0].shapes, layouts[0].statistics)
        self._store.draw(seed)
        stores = [self._store, *(self._store.share() for _ in layouts[1:])]
        self._replicas = [Replica(*each) for each in zip(layouts, stores, strict=True)]
        self._threads = ThreadPoolExecutor(len(self._parts))
        self._optimizer = create_optimizer(settings, self._store.decayed)

    def forward(self, images: Floats, *, training: bool) -> Floats:
        if not training:
            self._settle()
        return np.concatenate(self._on_each(lambda replica, part: replica.forward(images[part], training=training)))

    def update(self, gradient: Floats, learning_rate: float) -> None:
        self._on_each(lambda replica, part: replica.backward(gradient[part]))
        for other in self._replicas[1:]:
            self._store.gradients += other.store.gradients
        self._optimizer.update(self._store.weights, self._store.gradients, learning_rate)

    def parameters(self) -> dict[str, Floats]:
        self._settle()
        return self._store.export()

    def _assign(self, values: Parameters) -> None:
        self._settle()
        self._store.assign(values)
        self._spread()

    def _on_each(self, work: "Callable[[Replica, slice], T]") -> list[T]:
        if len(self._parts) == 1:
            return [work(self._replicas[0], self._parts[0])]
        return list(self._threads.map(work, self._replicas, self._parts))

    def _settle(self) -> None:
        """Give all replicas the mean of their running statistics, weighted by their images."""
        if len(self._parts) == 1:
            return
        shares = [part.stop - part.start for part in self._parts]
        for name, value in self._store.statistics.items():
            found = [replica.store.statistics[name] for replica in self._replicas]
            value[...] = np.average(found, axis=0, weights=shares)
        self._spread()

    def _spread(self) -> None:
        """Give the first replica's running statistics to the others; weights are shared."""
        for other in self._replicas[1:]:
            for name, value in self._store.statistics.items():
                other.store.statistics[name][...] = value


class Replica:
    """Goes forward and back over its share of a batch."""

    def __init__(self, layout: "Layout", store: ParameterStore) -> None:
        self._layout = layout
        self._gradients = MapGradients()
        self.store = store

    def forward(self, images: Floats, *, training: bool) -> Floats:
        """Compute the share's logits."""
        self._layout.input.forward(images, self.store, training=training)
        for layer in self._layout.layers:
            layer.forward(self.store, training=training)
        return self._layout.head.forward(self.store)

    def backward(self, gradient: Floats) -> None:
        """Compute the weights' gradients from that of the share's logits."""
        self._layout.head.backward(gradient, self.store, self._gradients)
        for layer in reversed(self._layout.layers):
            layer.backward(self.store, self._gradients)


class Layout:
    """Reads a graph of ``resnet.py`` node by node, and makes the layers, their maps and the parameters' shapes."""

    input: InputLayer
    head: HeadLayer

    def __init__(self, graph: Graph, batch: int, image_shape: Shape) -> None:
        self.layers: list[Layer] = []
        self.shapes: dict[str, Shape] = {}
        self.statistics: dict[str, Shape] = {}
        self._graph = graph
        self._scratch = Scratch()
        self._batch, self._image_shape = batch, image_shape
        self._maps: dict[int, FeatureMap] = {}
        for place, node in enumerate(graph.nodes):
            self._add(place, node)

    def _add(self, place: int, node: Node) -> None:
        match node.operator:
            case "BatchNorm":
                self._add_norm(place, node)
            case "Convolution":
                self._add_convolution(place, node)
            case "elemwise_add":
                first, second = (self._maps[given] for given in node.inputs)
                out = self._maps[place] = FeatureMap(first.grid, first.channels)
                self.layers.append(SumLayer((first, second), out))
            case "Pooling" if not node.flag("global_pool", default=False):
                given = self._maps[node.inputs[0]]
                out = self._maps[place] = FeatureMap(given.grid.reduced(2), given.channels)
                self.layers.append(MaxPoolingLayer(given, out))
            case "FullyConnected":
                given = self._maps[node.inputs[0]]
                classes = int(node.attributes["num_hidden"])
                self.shapes |= {f"{node.name}_weight": (classes, given.channels), f"{node.name}_bias": (classes,)}
                self.head = HeadLayer(given, node.name)
            case "Activation" | "Flatten" | "Pooling":
                # A ReLU is a part of its normalisation, and the mean over a map one of the head.
                self._maps[place] = self._maps[node.inputs[0]]

    def _add_norm(self, place: int, node: Node) -> None:
        settings = (node.name, node.number("eps", 1e-3), node.number("momentum", 0.9))
        if node.flag("fix_gamma", default=True):
            channels, height, width = self._image_shape
            pad = self._stem().pair("pad", 0)[0]
            out = self._maps[place] = FeatureMap(Grid(height, self._batch, width, pad), channels)
            self.input = InputLayer(out, *settings)
        else:
            given = self._maps[node.inputs[0]]
            out = self._maps[place] = FeatureMap(given.grid, given.channels)
            self.layers.append(NormLayer(given, out, *settings, self._scratch))
        parts = {f"{node.name}_{part}": (out.channels,) for part in ("gamma", "beta", "moving_mean", "moving_var")}
        for name, shape in parts.items():
            (self.statistics if "_moving_" in name else self.shapes)[name] = shape

    def _add_convolution(self, place: int, node: Node) -> None:
        given = self._maps[node.inputs[0]]
        kernel, stride = node.pair("kernel", 1)[0], node.pair("stride", 1)[0]
        filters = int(node.attributes["num_filter"])
        out = self._maps[place] = FeatureMap(given.grid.reduced(stride), filters)
        weight = self._graph.nodes[node.inputs[1]].name
        self.shapes[weight] = (filters, given.channels, kernel, kernel)
        passes_back = given is not self.input.out
        convolution = choose_convolution(given, out, kernel, stride, self._scratch)
        self.layers.append(ConvolutionLayer(given, out, weight, convolution, passes_back))

    def _stem(self) -> Node:
        return next(node for node in self._graph.nodes if node.operator == "Convolution")


build = PortableNetwork
