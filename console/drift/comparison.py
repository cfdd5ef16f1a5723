"""Two versions asked about the same new vehicles, by day and at dusk: is the new one better, is it worse?

Only images that the two answer differently say anything: McNemar's test, exact and one-sided, as in the gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from common.images import resize_and_crop
from common.labels import LABELS
from console import registry
from console.artifact import fetch_model
from console.drift import dusk
from console.target import Target

if TYPE_CHECKING:
    from PIL.Image import Image

LEVEL = 0.05
"""A p-value below it is taken for a difference, as in the pipeline's own gate."""
_BATCH = 64

Correct = NDArray[np.bool_]
"""Whether each image is answered correctly."""


@dataclass(frozen=True)
class Compared:
    """Two versions on the same images: `fixed` are those that only the new one answers correctly."""

    old: float
    new: float
    fixed: int
    broken: int

    @property
    def p_better(self) -> float:
        """How likely so many fixed ones are, or more, if neither version were the better one."""
        from evaluation.trust.comparison import worse_by_chance

        return worse_by_chance(self.fixed, self.broken)

    @property
    def p_worse(self) -> float:
        """The same of the broken ones."""
        from evaluation.trust.comparison import worse_by_chance

        return worse_by_chance(self.broken, self.fixed)

    @property
    def verdict(self) -> str:
        """In words, with the p-value that they rest on."""
        if self.p_better < LEVEL:
            return f"better (p = {self.p_better:.2g})"
        if self.p_worse < LEVEL:
            return f"worse (p = {self.p_worse:.2g})"
        return f"no worse (p = {self.p_worse:.2g})"


def compare(old: Correct, new: Correct) -> Compared:
    """Compare answers to the same images."""
    return Compared(float(old.mean()), float(new.mean()), int((new & ~old).sum()), int((old & ~new).sum()))


class Asked:
    """A version's network, which answers drawn vehicles."""

    def __init__(self, target: Target, version: int) -> None:
        from common.artifact.session import Session

        arn = registry.get_summary(target, version)["ModelPackageArn"]
        package = target.client("sagemaker").describe_model_package(ModelPackageName=arn)
        model, _ = fetch_model(target, package)
        _, self._height, self._width = model.input_shape
        self._session = Session(model)

    def answer(self, images: Sequence[Image]) -> Correct:
        """Whether each is answered correctly; the images are vehicles in the order of their numbers."""
        found = [self._predict(images[start : start + _BATCH]) for start in range(0, len(images), _BATCH)]
        truth = [LABELS.index(dusk.get_label(number)) for number in range(len(images))]
        return np.concatenate(found) == np.asarray(truth)

    def _predict(self, images: Sequence[Image]) -> NDArray[np.int64]:
        cut = [np.asarray(resize_and_crop(image, self._width, self._height), np.float32) for image in images]
        return self._session.answer(np.stack(cut).transpose(0, 3, 1, 2)).argmax(axis=1)
