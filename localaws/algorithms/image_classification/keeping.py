"""Which epochs' parameters are kept: the best one for the artifact, and checkpoints to go on from."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from common.artifact.errors import BadArtifact
from common.artifact.params import load_params
from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.artifact import (
    parameters_path,
    save_description,
    save_parameters,
)
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.log import log
from localaws.algorithms.image_classification.network import Network

STATE = "training-state.json"


@dataclass(frozen=True)
class State:
    """How far training has come: epochs done, and the best of them (counted from 1; 0 for none yet)."""

    epochs_done: int = 0
    best_epoch: int = 0
    best_accuracy: float = 0.0


class Keeper:
    """Writes the artifact's files as epochs end.

    The artifact holds the epoch with the best validation accuracy, and with ``checkpoint_frequency`` every
    so many epochs' parameters beside it, as AWS documents. ``/opt/ml/checkpoints``, where a job has it, holds
    what an interrupted job needs to go on: the newest and the best parameters (momentum starts anew).
    """

    def __init__(self, container: Container, settings: Hyperparameters, network: Network) -> None:
        self._model = container.model
        self._checkpoints = container.checkpoints if container.checkpoints.is_dir() else None
        self._settings = settings
        self._network = network
        self.state = State()
        save_description(self._model, network.graph, settings.image_shape, network.engine)

    def resume(self) -> None:
        """Go on from the checkpoint of an interrupted job, if there is one."""
        if self._checkpoints is None or not (self._checkpoints / STATE).is_file():
            return
        try:
            state = State(**json.loads((self._checkpoints / STATE).read_text(encoding="utf-8")))
            newest = load_params(parameters_path(self._checkpoints, state.epochs_done))
            best = load_params(parameters_path(self._checkpoints, state.best_epoch))
        except (BadArtifact, OSError, ValueError, TypeError) as error:
            where = self._checkpoints
            raise ClientError(f"The checkpoint in {where} cannot be read: empty that place.") from error
        self._network.load(newest, "checkpoint")
        save_parameters(parameters_path(self._model, state.best_epoch), best)
        self.state = state
        log(f"Resuming from the checkpoint of epoch {state.epochs_done}")

    def end_epoch(self, epoch: int, accuracy: float) -> None:
        """Keep what this epoch (from 1) is worth. Only a strictly better accuracy replaces the best."""
        if self.state.best_epoch == 0 or accuracy > self.state.best_accuracy:
            log(f"Storing the best model with validation accuracy: {accuracy:.6f}")
            self._replace_best(epoch)
            self.state = State(epoch, epoch, accuracy)
        else:
            self.state = State(epoch, self.state.best_epoch, self.state.best_accuracy)
        if self._is_periodic(epoch):
            self._save(self._model, epoch)
        if self._checkpoints is not None and epoch % (self._settings.checkpoint_frequency or 1) == 0:
            self._write_checkpoint(self._checkpoints)

    def finish(self) -> None:
        """See that there is an artifact even when training was stopped before its first epoch ended."""
        if self.state.best_epoch == 0:
            self._save(self._model, 1)

    def _is_periodic(self, epoch: int) -> bool:
        frequency = self._settings.checkpoint_frequency
        return frequency is not None and epoch % frequency == 0

    def _replace_best(self, epoch: int) -> None:
        former = self.state.best_epoch
        self._save(self._model, epoch)
        if former and not self._is_periodic(former):
            parameters_path(self._model, former).unlink(missing_ok=True)

    def _save(self, directory: Path, epoch: int) -> None:
        path = parameters_path(directory, epoch)
        save_parameters(path, self._network.parameters())
        log(f'Saved checkpoint to "{path}"')

    def _write_checkpoint(self, directory: Path) -> None:
        """Write parameters first and the state last: the state never names a file that is not there."""
        best = parameters_path(directory, self.state.best_epoch)
        if not best.is_file():
            save_parameters(best, load_params(parameters_path(self._model, self.state.best_epoch)))
        newest = parameters_path(directory, self.state.epochs_done)
        save_parameters(newest, self._network.parameters())
        unfinished = directory / f"{STATE}.unfinished"
        unfinished.write_text(json.dumps(asdict(self.state)), encoding="utf-8")
        unfinished.replace(directory / STATE)
        for path in directory.glob("*.params"):
            if path not in (best, newest):
                path.unlink()
