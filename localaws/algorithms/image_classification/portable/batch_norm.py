"""Batch normalisation with the ReLU that follows it, as one pass forward and one back over blocks in the cache.

The running variance is that of the batch divided by its number of pixels, as in MXNet, and not by one less.
"""

import numpy as np
import numpy.typing as npt

from localaws.algorithms.image_classification.portable.grid import FeatureMap, Floats, Scratch

Doubles = npt.NDArray[np.float64]


class BatchNormRelu:
    """max(0, gamma (x - mean) / sqrt(variance + epsilon) + beta), by channel."""

    def __init__(self, given: FeatureMap, epsilon: float, scratch: Scratch) -> None:
        self._epsilon = epsilon
        first = given.parts[0]
        self._spare = scratch.array(*first.shape)
        self._positive = np.empty(first.shape, bool)
        self._ones = np.ones(len(first), np.float32)
        self._zeros = np.zeros(first.shape, np.float32)
        self._mean: Doubles = np.zeros(0)
        self._deviation: Doubles = np.zeros(0)

    def forward(
        self, given: FeatureMap, gamma: Floats, beta: Floats, statistics: tuple[Doubles, Doubles], out: FeatureMap
    ) -> None:
        """Normalise by mean and variance, which are the batch's own or running ones."""
        self._mean, variance = statistics
        self._deviation = np.sqrt(variance + self._epsilon)
        scale = gamma / self._deviation
        rows_scale, rows_shift = out.tile(scale), out.tile(beta - self._mean * scale)
        for source, target in zip(given.parts, out.parts, strict=True):
            np.multiply(source, rows_scale, out=target)
            np.add(target, rows_shift, out=target)
            # Compared with an array: numpy takes thrice as long to compare with a number.
            np.maximum(target, self._zeros[: len(target)], out=target)

    def backward(
        self, given: FeatureMap, gamma: Floats, answered: FeatureMap, gradient: FeatureMap
    ) -> tuple[Doubles, Doubles]:
        """Turn the gradient of the output into that of the input, in place; returns those of gamma and beta."""
        sums, products = (np.zeros(given.parts[0].shape[1]) for _ in range(2))
        for source, target, own in zip(given.parts, answered.parts, gradient.parts, strict=True):
            rows = len(own)
            np.multiply(own, np.greater(target, 0, out=self._positive[:rows]), out=own)
            sums += self._ones[:rows] @ own
            products += self._ones[:rows] @ np.multiply(own, source, out=self._spare[:rows])
        beta_gradient, product = _by_channel(sums, given), _by_channel(products, given)
        gamma_gradient = (product - self._mean * beta_gradient) / self._deviation
        self._spread(given, gamma / self._deviation, (beta_gradient, gamma_gradient), gradient)
        return gamma_gradient, beta_gradient

    def _spread(
        self, given: FeatureMap, scale: Doubles, gradients: tuple[Doubles, Doubles], gradient: FeatureMap
    ) -> None:
        """Take the gradient's own mean out of it, and what it shares with the input."""
        of_beta, of_gamma = (each / given.grid.pixels for each in gradients)
        slope = -scale * of_gamma / self._deviation
        by_row = [given.tile(each) for each in (scale, slope, -scale * of_beta - slope * self._mean)]
        for source, own in zip(given.parts, gradient.parts, strict=True):
            spare = np.multiply(source, by_row[1], out=self._spare[: len(own)])
            np.add(spare, by_row[2], out=spare)
            np.multiply(own, by_row[0], out=own)
            np.add(own, spare, out=own)

    def measure(self, given: FeatureMap) -> tuple[Doubles, Doubles]:
        """Mean and variance of each channel over the pixels; the zeros around them change neither sum."""
        sums, squares = (np.zeros(given.parts[0].shape[1]) for _ in range(2))
        for part in given.parts:
            rows = len(part)
            sums += self._ones[:rows] @ part
            squares += self._ones[:rows] @ np.multiply(part, part, out=self._spare[:rows])
        mean = _by_channel(sums, given) / given.grid.pixels
        return mean, np.maximum(_by_channel(squares, given) / given.grid.pixels - mean**2, 0)


def _by_channel(tiled: Doubles, given: FeatureMap) -> Doubles:
    return tiled.reshape(-1, given.channels).sum(axis=0)
