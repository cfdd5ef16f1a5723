"""An artifact kept ready to answer: its net bound once for each of a few batch sizes."""

import numpy as np
import numpy.typing as npt

from localaws.algorithms.image_classification.artifact import Artifact
from localaws.algorithms.image_classification.engine import mx

# A batch is filled up to the next size, and what fills it costs as much as an image: doubling wastes half at most.
BATCH_SIZES = (1, 2, 4, 8, 16)

Floats = npt.NDArray[np.float32]


class Predictor:
    """Computes probabilities. Not for several threads at once: one thread owns it."""

    def __init__(self, artifact: Artifact) -> None:
        """Bind the net for one image; larger batches are bound when they first come, on the same weights."""
        self._artifact = artifact
        self._executors = {BATCH_SIZES[0]: self._bind(BATCH_SIZES[0])}

    def predict(self, images: Floats) -> Floats:
        """Turn (count, channels, height, width), 0 to 255 and at most 16, into (count, classes)."""
        count = len(images)
        size = next(size for size in BATCH_SIZES if size >= count)
        if size not in self._executors:
            self._executors[size] = self._bind(size)
        executor = self._executors[size]
        executor.arg_dict["data"][:count] = images
        executor.forward(is_train=False)
        answers: Floats = executor.outputs[0].asnumpy()
        return answers[:count]

    def _bind(self, size: int) -> mx.executor.Executor:
        symbol, parameters = self._artifact.symbol, self._artifact.parameters
        shapes, _, _ = symbol.infer_shape(data=(size, *self._artifact.image_shape))
        arguments = {
            # Not among the parameters are the images and the labels, which answering does not use.
            name: parameters[f"arg:{name}"] if f"arg:{name}" in parameters else mx.nd.zeros(shape)
            for name, shape in zip(symbol.list_arguments(), shapes, strict=True)
        }
        statistics = {name: parameters[f"aux:{name}"] for name in symbol.list_auxiliary_states()}
        return symbol.bind(mx.cpu(), arguments, aux_states=statistics, grad_req="null")
