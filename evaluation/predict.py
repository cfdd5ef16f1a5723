"""Ask the net about every test picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.artifact import Artifact
from evaluation.fit import fit
from evaluation.network import BATCH, Network
from evaluation.testset import TestSet


@dataclass(frozen=True)
class Answers:
    """What is true and what the net said: `actual` (n,), `probabilities` (n, 2)."""

    paths: list[str]
    actual: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The likelier class of each picture."""
        return self.probabilities.argmax(axis=1)

    @property
    def score(self) -> NDArray[np.float64]:
        """The probability of the positive class, motorcycle."""
        return self.probabilities[:, 1]

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of the answer given."""
        return self.probabilities.max(axis=1)


def predict(network: Network, artifact: Artifact, tests: TestSet) -> Answers:
    """Predict all pictures, a batch in memory at a time."""
    answered = []
    for start in range(0, len(tests.paths), BATCH):
        images = [tests.open(path) for path in tests.paths[start : start + BATCH]]
        batch = np.stack([fit(image, artifact.height, artifact.width) for image in images])
        answered.append(network.probabilities(batch))
    return Answers(tests.paths, np.asarray(tests.labels), np.concatenate(answered))
