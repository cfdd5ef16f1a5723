"""What is asked for: a net, how it learns, and from which archive. Two equal requests make the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.errors import CommandError
from console.pretraining.selection import NAMES
from pipelines.hyperparameters import Value
from pipelines.profiles import Profile
from pipelines.weights import net_name, net_of

EPOCHS = 30
# The rate falls where it falls in the profile `compact`: after these shares of the epochs.
_STEPS = (0.6, 0.85)
# Of a profile, what says which start it has and on which hosts: neither is the pretraining's.
_NOT_TAKEN = ("use_pretrained_model", "kv_store", "lr_scheduler_step", "epochs")


@dataclass(frozen=True)
class Request:
    """A pretraining: `hyperparameters` are the algorithm's, without the number of pictures."""

    hyperparameters: Mapping[str, Value]
    archive_sha256: str
    seed: int

    @property
    def net(self) -> str:
        """The net's name, by which its weights are kept."""
        return net_name(*net_of(self.hyperparameters))

    @property
    def epochs(self) -> int:
        """How many epochs are asked for."""
        return int(self.hyperparameters["epochs"])

    def document(self) -> dict[str, Any]:
        """What a later run compares itself with."""
        return {
            "hyperparameters": dict(self.hyperparameters),
            "archive_sha256": self.archive_sha256,
            "seed": self.seed,
        }


def make_request(profile: Profile, archive_sha256: str, epochs: int, seed: int) -> Request:
    """Take the net and the learning of a profile, and the 98 classes."""
    if epochs < 1:
        raise CommandError(f"--epochs is {epochs}; it must be a whole number of at least 1.")
    taken = {name: value for name, value in profile.hyperparameters.items() if name not in _NOT_TAKEN}
    steps = sorted({max(1, round(share * epochs)) for share in _STEPS} - {epochs})
    schedule: dict[str, Value] = {"lr_scheduler_step": ",".join(map(str, steps))} if steps else {}
    return Request({**taken, **schedule, "epochs": epochs, "num_classes": len(NAMES)}, archive_sha256, seed)
