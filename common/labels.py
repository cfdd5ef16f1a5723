"""The classes of the model, in the order of its answers."""

LABELS = ("bicycle", "motorcycle")
