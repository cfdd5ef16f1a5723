"""What is asked for: a net, how it learns, and from which archive. Two equal requests make the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.errors import CommandError
from console.pretraining.selection import NAMES
from pipelines.errors import PipelineError
from pipelines.hyperparameters import HYPERPARAMETERS, Value
from pipelines.initial_model import choose_hyperparameters
from pipelines.profiles import Profile
from pipelines.weights import net_name, net_of

# The rate falls where it falls in the profile `compact`: after these shares of the epochs.
_STEPS = (0.6, 0.85)
# Of a profile, what says which start it has and on which hosts: neither is the pretraining's.
_NOT_TAKEN = ("use_pretrained_model", "kv_store", "epochs")


@dataclass(frozen=True)
class Request:
    """A pretraining: `hyperparameters` are the algorithm's, without the number of images."""

    hyperparameters: Mapping[str, Value]
    archive_sha256: str
    seed: int

    @property
    def net(self) -> str:
        return net_name(*net_of(self.hyperparameters))

    @property
    def epochs(self) -> int:
        return int(self.hyperparameters["epochs"])

    def document(self) -> dict[str, Any]:
        """What a later run compares itself with."""
        return {
            "hyperparameters": dict(self.hyperparameters),
            "archive_sha256": self.archive_sha256,
            "seed": self.seed,
        }


def make_request(
    profile: Profile, archive_sha256: str, epochs: int, seed: int, overrides: Mapping[str, str] | None = None
) -> Request:
    """Take the net and the learning of a profile, what is set in its place, and the 98 classes."""
    if epochs < 1:
        raise CommandError(f"--epochs is {epochs}; it must be a whole number of at least 1.")
    given = overrides or {}
    _refuse_unknown(profile, given)
    values = choose_hyperparameters(profile, given)
    if HYPERPARAMETERS["lr_scheduler_step"].parameter not in given:
        values.pop("lr_scheduler_step", None)
        values |= _schedule(epochs)
    taken = {name: value for name, value in values.items() if name not in _NOT_TAKEN}
    return Request({**taken, "epochs": epochs, "num_classes": len(NAMES)}, archive_sha256, seed)


def _schedule(epochs: int) -> dict[str, Value]:
    steps = sorted({max(1, round(share * epochs)) for share in _STEPS} - {epochs})
    return {"lr_scheduler_step": ",".join(map(str, steps))} if steps else {}


def _refuse_unknown(profile: Profile, overrides: Mapping[str, str]) -> None:
    known = {HYPERPARAMETERS[name].parameter for name in profile.hyperparameters if name not in _NOT_TAKEN}
    for name in overrides:
        if name not in known:
            raise PipelineError(f"--set {name} is nothing that pretraining takes; it takes {', '.join(sorted(known))}.")
