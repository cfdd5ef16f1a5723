"""What happens after each boosting round: a log line, a checkpoint, the model so far."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import xgboost

from localaws.algorithms.xgboost.metrics import format_line

CHECKPOINT = "xgboost-checkpoint"
_KEPT = 5
_NUMBERED = re.compile(rf"{CHECKPOINT}\.([0-9]+)")

History = dict[str, dict[str, list[float]]]


class Report(xgboost.callback.TrainingCallback):
    """Prints each round's metrics in the form that the algorithm's metric definitions read."""

    def __init__(self, first: int) -> None:
        self._first = first

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: History) -> bool:
        del model
        latest = {channel: {name: values[-1] for name, values in found.items()} for channel, found in evals_log.items()}
        print(format_line(self._first + epoch, latest), flush=True)
        return False


class Checkpoints(xgboost.callback.TrainingCallback):
    """Keeps the newest rounds' models as ``xgboost-checkpoint.<round>``, which a restarted job goes on from."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        found = find_checkpoint(directory)
        self.latest = found
        self.rounds_done = 0 if found is None else _number(found) + 1

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: History) -> bool:
        del evals_log
        number = self.rounds_done + epoch
        save_model(model, self._directory / f"{CHECKPOINT}.{number}")
        (self._directory / f"{CHECKPOINT}.{number - _KEPT}").unlink(missing_ok=True)
        return False


class ModelSoFar(xgboost.callback.TrainingCallback):
    """Writes the artifact after each round, so that a stopped job has one (`save_model_on_termination`)."""

    def __init__(self, artifact: Path) -> None:
        self._artifact = artifact

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: History) -> bool:
        del epoch, evals_log
        save_model(model, self._artifact)
        return False


def find_checkpoint(directory: Path) -> Path | None:
    """The newest checkpoint in a directory."""
    found = [path for path in directory.glob(f"{CHECKPOINT}.*") if _NUMBERED.fullmatch(path.name)]
    return max(found, key=_number, default=None)


def save_model(model: xgboost.Booster, target: Path) -> None:
    """Write a model in XGBoost's own format, whole or not at all: another program may be reading the file."""
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(model.save_raw("ubj"))
    part.replace(target)
    logging.debug("Stored %s", target)


def _number(path: Path) -> int:
    found = _NUMBERED.fullmatch(path.name)
    return int(found[1]) if found else -1
