"""The model artifact: a symbol, parameters of an epoch and the input's shape, as AWS's algorithm writes them.

No part of it is a pickle. A former artifact comes from outside: MXNet's own loaders see none of it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from common.archives import BadArchive
from common.artifact.errors import BadArtifact
from common.artifact.graph import Graph
from common.artifact.model import ENGINE, FILES, PREFIX, SHAPES, SYMBOL, Model, load_model, read_model
from common.artifact.params import Array, format_params
from common.artifact.symbol import format_symbol
from localaws.algorithms.errors import ClientError


def parameters_path(directory: Path, epoch: int) -> Path:
    """Name the parameters of an epoch counted from 1."""
    return directory / f"{PREFIX}-{epoch:04d}.params"


def save_parameters(path: Path, parameters: Mapping[str, Array]) -> None:
    """Write parameters so that a reader finds the old file or the whole new one, never a part."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(format_params(parameters))
    unfinished.replace(path)


def save_description(directory: Path, graph: Graph, image_shape: tuple[int, int, int], engine: str) -> None:
    """Write what is the same for all epochs: the symbol, the shape of the input, and what trains."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / SYMBOL).write_text(format_symbol(graph), encoding="utf-8")
    shapes = [{"shape": [1, *image_shape], "name": "data"}]
    (directory / SHAPES).write_text(json.dumps(shapes), encoding="utf-8")
    (directory / ENGINE).write_text(json.dumps({"engine": engine}), encoding="utf-8")


def read_artifact(directory: Path) -> Model:
    """Read an artifact from its files or its ``model.tar.gz``; of several epochs, the last.

    Raises ClientError when the directory holds none or a broken one.
    """
    archives = sorted(directory.glob("*.tar.gz"))
    if not archives and not any(directory.rglob("*.params")):
        raise ClientError(
            f"No model artifact was found in {directory}: it must hold {FILES}, or a model.tar.gz of them."
        )
    try:
        if not archives:
            return load_model(directory)
        with archives[0].open("rb") as stream:
            return read_model(stream)
    except BadArchive as error:
        raise ClientError(f"{archives[0].name} is not a whole model archive: {error}.") from error
    except (BadArtifact, OSError) as error:
        raise ClientError(f"The model artifact in {directory} cannot be read: {error}.") from error
