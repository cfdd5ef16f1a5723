"""The net itself, run by MXNet on the CPU."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.jobs import Refusal
from common.model_files import BadModel, check_outputs, check_parameters, read_symbol
from evaluation.artifact import Artifact
from evaluation.engine import mx

BATCH = 64


@dataclass(frozen=True)
class Facts:
    """What a report says of a net."""

    epoch: int
    input_shape: tuple[int, int, int]
    convolutions: int
    parameters: int
    sha256: str


class Network:
    """A loaded net that answers batches of images with probabilities."""

    def __init__(self, artifact: Artifact, classes: int) -> None:
        """Load and bind the net once; refuse one that answers another number of classes than `classes`."""
        self._shape = (BATCH, artifact.channels, artifact.height, artifact.width)
        try:
            symbol, arguments, states = _load(artifact)
            check_outputs(symbol.get_internals().infer_shape(data=self._shape)[1])
            _, outputs, _ = symbol.infer_shape(data=self._shape)
        except BadModel as error:
            raise Refusal(f"in the artifact, {error}: train the model again.") from error
        except (mx.base.MXNetError, ValueError, TypeError, OSError) as error:
            reason = str(error).strip().splitlines()[0]
            raise Refusal(f"MXNet cannot load the artifact ({reason}): train the model again.") from error
        if outputs != [(BATCH, classes)]:
            raise Refusal(
                f"the model answers {outputs[0][-1]} classes, where the data set has {classes}: "
                f"train with num_classes={classes}, or evaluate on the data set that it was trained on."
            )
        self._executor = self._bind(symbol, arguments, states)
        self.facts = Facts(artifact.epoch, self._shape[1:], _convolutions(symbol), _size(arguments), artifact.sha256)

    def probabilities(self, images: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities (n, classes) of images (n, 3, height, width), 0 to 255, n at most BATCH.

        Reading the output waits for MXNet, which else only queues the work.
        """
        batch = np.zeros(self._shape, dtype=np.float32)
        batch[: len(images)] = images
        answered = self._executor.forward(is_train=False, data=mx.nd.array(batch))[0].asnumpy()
        return answered[: len(images)].astype(np.float64)

    def _bind(
        self, symbol: mx.sym.Symbol, arguments: dict[str, mx.nd.NDArray], states: dict[str, mx.nd.NDArray]
    ) -> mx.executor.Executor:
        executor = symbol.simple_bind(mx.cpu(), grad_req="null", data=self._shape)
        given = {"data", *arguments, *states}
        needed = [*symbol.list_arguments(), *symbol.list_auxiliary_states()]
        missing = [name for name in needed if name not in given and not name.endswith("label")]
        if missing:
            raise Refusal(f"the artifact's parameters lack {', '.join(missing[:3])}: train the model again.")
        executor.copy_params_from(arguments, states, allow_extra_params=True)
        return executor


def _load(artifact: Artifact) -> tuple[mx.sym.Symbol, dict[str, mx.nd.NDArray], dict[str, mx.nd.NDArray]]:
    """Load the symbol, its parameters and its running statistics, each by the name that it has in the symbol."""
    symbol = mx.sym.load_json(read_symbol(artifact.symbol))
    check_parameters(artifact.parameters)
    loaded = mx.nd.load(str(artifact.parameters))
    named = {
        kind: {name.removeprefix(kind): value for name, value in loaded.items() if name.startswith(kind)}
        for kind in ("arg:", "aux:")
    }
    return symbol, named["arg:"], named["aux:"]


def _convolutions(symbol: mx.sym.Symbol) -> int:
    """How many convolutions a symbol has, each known by its weight (a dense layer's weight is named fc)."""
    return sum("conv" in name and name.endswith("weight") for name in symbol.list_arguments())


def _size(arguments: dict[str, mx.nd.NDArray]) -> int:
    return sum(int(np.prod(value.shape)) for value in arguments.values())
