"""The network itself, which ONNX Runtime answers for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.artifact.session import Session
from common.jobs import Refusal
from evaluation.artifact import Artifact

BATCH = 64


@dataclass(frozen=True)
class Facts:
    """What a report says of a network."""

    epoch: int
    input_shape: tuple[int, int, int]
    convolutions: int
    parameters: int
    sha256: str
    engine: str


class Network:
    """A loaded network that answers batches of images with probabilities."""

    def __init__(self, artifact: Artifact, classes: int) -> None:
        """Load it once; refuse one that answers another number of classes than `classes`."""
        model = artifact.model
        if model.classes != classes:
            raise Refusal(
                f"the model answers {model.classes} classes, where the data set has {classes}: "
                f"train with num_classes={classes}, or evaluate on the data set that it was trained on."
            )
        self._session = Session(model)
        # A unit's shortcut, where it has one, is no layer of its own.
        convolutions = sum(node.operator == "Convolution" and "conv" in node.name for node in model.graph.nodes)
        weights = sum(array.size for name, array in model.parameters.items() if name.startswith("arg:"))
        self.facts = Facts(model.epoch, model.input_shape, convolutions, weights, artifact.sha256, model.engine)

    def probabilities(self, images: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities (n, classes) of images (n, 3, height, width), 0 to 255."""
        return self._session.answer(images).astype(np.float64)
