"""The seam between training and the engine that computes: a net with its parameters, gradients and optimizer."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module

import numpy as np
import numpy.typing as npt

from common.artifact.graph import Graph
from common.artifact.params import Array
from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.engine import MXNET, choose_engine
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.resnet import build_graph

# The scale of the images' normalisation is 1 by its definition, and its shift starts at the right value.
NOT_TRAINED = ("bn_data_gamma", "bn_data_beta")
FINAL_LAYER = ("arg:fc1_weight", "arg:fc1_bias")

Floats = npt.NDArray[np.float32]
Parameters = Mapping[str, Array]


class Network(ABC):
    """A net for batches of ``mini_batch_size`` images. ``graph`` is what an artifact describes it by."""

    engine: str

    def __init__(self, settings: Hyperparameters) -> None:
        _, height, _ = settings.image_shape
        self.graph: Graph = build_graph(
            settings.num_classes, settings.num_layers, height, multi_label=settings.multi_label
        )

    @abstractmethod
    def forward(self, images: Floats, *, training: bool) -> Floats:
        """Compute the logits (batch, classes) of images (batch, channels, height, width) from 0 to 255.

        Training normalises by the batch's own statistics, and running ones have moved when ``update`` is done.
        """

    @abstractmethod
    def update(self, gradient: Floats, learning_rate: float) -> None:
        """Go back from the logits' gradient, summed over the batch, and move the parameters."""

    @abstractmethod
    def parameters(self) -> dict[str, Floats]:
        """Copy the parameters by their names in an artifact: ``arg:`` for weights, ``aux:`` for statistics."""

    @abstractmethod
    def _assign(self, values: Parameters) -> None:
        """Take over parameters of the right names and shapes."""

    def load(self, given: Parameters, origin: str, *, keep_final_layer: bool = True) -> None:
        """Take over parameters of a former model, but for transfer learning not those of the final layer.

        Raises ClientError, naming ``origin``, when they are not of the same net.
        """
        own = self.parameters()
        taken = set(own) - set(() if keep_final_layer else FINAL_LAYER)
        # A deeper net has all the names of a shallow one, and more: taking a part of it would go unnoticed.
        foreign = sorted(set(given) - set(own))
        different = [name for name in sorted(taken) if name not in given or given[name].shape != own[name].shape]
        if foreign or different:
            raise ClientError(
                f"The {origin} was trained with another network ({[*different, *foreign][0]} differs): num_layers, "
                f"image_shape and num_classes must be those that it was trained with."
            )
        self._assign({name: given[name] for name in taken})


def build_network(settings: Hyperparameters, seed: int) -> Network:
    """Build a net on the chosen engine, and draw its parameters from a seed. Raises EngineError."""
    home = __name__.rpartition(".")[0]
    # Only the chosen one is imported: MXNet takes a second and is not everywhere.
    name = f"{home}.mxnet_network" if choose_engine() == MXNET else f"{home}.portable.network"
    network: Network = import_module(name).build(settings, seed)
    return network
