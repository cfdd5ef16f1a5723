"""Which net a set of hyperparameters is, and the name under which weights for it are kept."""

from collections.abc import Mapping

from pipelines.hyperparameters import Value

# The algorithm's own, where a profile names none.
DEFAULT_LAYERS = 152
DEFAULT_SHAPE = "3,224,224"


def net_of(hyperparameters: Mapping[str, Value]) -> tuple[int, str]:
    """Return number of layers and image shape, without spaces, as the algorithm would take them."""
    shape = str(hyperparameters.get("image_shape", DEFAULT_SHAPE)).replace(" ", "")
    return int(hyperparameters.get("num_layers", DEFAULT_LAYERS)), shape


def net_name(layers: int, shape: str) -> str:
    """Name a net: `20-layers-3x28x28`."""
    return f"{layers}-layers-{shape.replace(',', 'x')}"
