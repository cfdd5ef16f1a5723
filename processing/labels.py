"""The two classes, and where CIFAR-100 keeps them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.jobs import Refusal
from common.labels import LABELS

FINE_LABELS = 100
COARSE_LABELS = 20


@dataclass(frozen=True)
class VehicleClass:
    """A class to learn: its number and folder here, and its fine label in CIFAR-100."""

    label: int
    name: str
    fine: int


FINE = {"bicycle": 8, "motorcycle": 48}
CLASSES = tuple(VehicleClass(label, name, FINE[name]) for label, name in enumerate(LABELS))


def lookup() -> NDArray[np.int8]:
    """Map every fine label to its class number, or to -1 where the class is not wanted; shape (100,)."""
    table = np.full(FINE_LABELS, -1, dtype=np.int8)
    for vehicle in CLASSES:
        table[vehicle.fine] = vehicle.label
    return table


def verify(names: list[str]) -> None:
    """Refuse an archive whose `fine_label_names.txt` does not put our classes where we look for them."""
    for vehicle in CLASSES:
        found = names[vehicle.fine] if vehicle.fine < len(names) else "nothing"
        if found != vehicle.name:
            raise Refusal(
                f"fine_label_names.txt names {found!r} at index {vehicle.fine}, where CIFAR-100 has "
                f"{vehicle.name!r}: give the published cifar-100-binary.tar.gz or an archive with its names."
            )
