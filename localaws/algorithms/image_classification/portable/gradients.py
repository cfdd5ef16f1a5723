"""Gradients of feature maps during one step back, in memory that the next layers use again."""

from collections import defaultdict

from localaws.algorithms.image_classification.portable.grid import FeatureMap, Grid


class MapGradients:
    """The gradient of each map that is still to be used, by the map."""

    def __init__(self) -> None:
        self._of: dict[int, FeatureMap] = {}
        self._free: defaultdict[tuple[Grid, int], list[FeatureMap]] = defaultdict(list)

    def allocate(self, like: FeatureMap) -> FeatureMap:
        """Give memory for a gradient, with zeros in its pads and anything elsewhere."""
        free = self._free[like.grid, like.channels]
        return free.pop() if free else FeatureMap(like.grid, like.channels)

    def __getitem__(self, given: FeatureMap) -> FeatureMap:
        return self._of[id(given)]

    def add(self, given: FeatureMap, gradient: FeatureMap) -> None:
        """Add what one of a map's readers has to say of it.

        Two maps may share a gradient, as both sides of a sum do. Layers go back in order, so when one of the two is
        added to, what the other was for is done.
        """
        known = self._of.get(id(given))
        if known is None:
            self._of[id(given)] = gradient
        else:
            known.body[...] += gradient.body
            self._release(gradient)

    def move(self, out: FeatureMap, given: FeatureMap) -> None:
        """Say that a layer has turned its output's gradient, in place, into that of what it was given."""
        self.add(given, self._of.pop(id(out)))

    def drop(self, given: FeatureMap) -> None:
        """Forget a map's gradient, which its layer has used."""
        self._release(self._of.pop(id(given)))

    def _release(self, gradient: FeatureMap) -> None:
        if not any(held is gradient for held in self._of.values()):
            self._free[gradient.grid, gradient.channels].append(gradient)
