"""``python -m localaws.algorithms.image_classification.new_head SOURCE TARGET``: an artifact's body with a new head.

The model channel wants an artifact of the same number of classes. A net that learned other classes is given a final
layer of the wanted size, drawn from a seed: what is left of its training is what all images have in common.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.artifact import (
    parameters_path,
    read_artifact,
    save_description,
    save_parameters,
)
from localaws.algorithms.image_classification.engine import EngineError
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.network import build_network


def main(words: Sequence[str] | None = None) -> int:
    """Write the new artifact's files to TARGET; returns 0, or 1 with the reason on standard error."""
    options = _parse(words)
    try:
        put_head(options.source, options.target, options.num_layers, options.num_classes, options.seed)
    except (ClientError, EngineError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def put_head(source: Path, target: Path, num_layers: int, num_classes: int, seed: int) -> None:
    """Draw a net of the source's shape with ``num_classes``, load all but the final layer, and save it."""
    former = read_artifact(source)
    settings = Hyperparameters(num_classes, 1, num_layers=num_layers, image_shape=former.input_shape, mini_batch_size=1)
    network = build_network(settings, seed)
    network.load(former.parameters, "artifact", keep_final_layer=False)
    save_description(target, network.graph, settings.image_shape, network.engine)
    save_parameters(parameters_path(target, 1), network.parameters())


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("new_head")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--num-layers", type=int, required=True)
    parser.add_argument("--num-classes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
