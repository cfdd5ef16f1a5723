"""From logits to probabilities, gradients and accuracies: softmax for one label, sigmoids for several."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Loss:
    """Cross-entropy of logits (count, classes) against targets of 0 and 1.

    ``positive_weights`` (one a class) multiply the loss of ones; they are 1 without use_weighted_loss.
    """

    multi_label: bool
    positive_weights: Floats

    def probabilities(self, logits: Floats) -> Floats:
        """Turn logits into probabilities; with one label they sum to 1."""
        if self.multi_label:
            return 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def gradient(self, logits: Floats, targets: Floats) -> Floats:
        """Differentiate the loss, summed over the batch, by the logits."""
        probabilities = self.probabilities(logits)
        if not self.multi_label:
            return probabilities - targets
        weights = np.where(targets > 0, self.positive_weights, 1)
        return (probabilities - targets) * weights

    def correct(self, logits: Floats, targets: Floats) -> float:
        """Count right answers; with several labels an image counts by its share of right classes."""
        if self.multi_label:
            return float(((logits > 0) == (targets > 0)).mean(axis=1).sum())
        return float((logits.argmax(axis=1) == targets.argmax(axis=1)).sum())


def make_loss(targets: Floats, *, multi_label: bool, weighted: bool) -> Loss:
    """Choose the loss. Weights follow the training targets: negatives by positives of each class."""
    if not (multi_label and weighted):
        return Loss(multi_label, np.ones(targets.shape[1], np.float32))
    positives = np.maximum(targets.sum(axis=0), 1)
    return Loss(multi_label, ((len(targets) - positives) / positives).astype(np.float32))


def count_top_k(logits: Floats, targets: Floats, k: int) -> int:
    """Count images with a right class among the k likeliest."""
    best = np.argsort(-logits, axis=1)[:, :k]
    return int(np.take_along_axis(targets, best, axis=1).any(axis=1).sum())
