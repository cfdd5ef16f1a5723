"""A small artifact: a dense layer over the mean of an image, which tells bright from dark."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from common.artifact.graph import Graph, Node
from common.artifact.params import Array, format_params
from common.artifact.symbol import format_symbol

PREFIX = "image-classification"


def build_graph(classes: int = 2) -> Graph:
    """The mean of each channel, a dense layer, probabilities."""
    pooled = {"global_pool": "True", "kernel": "(7, 7)", "pool_type": "avg"}
    dense = {"num_hidden": str(classes)}
    nodes = (
        Node("null", "data"),
        Node("Pooling", "pool", (0,), pooled),
        Node("Flatten", "flat", (1,)),
        Node("null", "fc_weight", (), dense),
        Node("null", "fc_bias", (), dense),
        Node("FullyConnected", "fc", (2, 3, 4), dense),
        Node("null", "softmax_label"),
        Node("SoftmaxOutput", "softmax", (5, 6)),
    )
    return Graph(nodes, len(nodes) - 1)


def build_parameters(classes: int = 2, channels: int = 3) -> dict[str, Array]:
    """Weights with which the last class is likelier from a mean of 128 on."""
    weight = np.linspace(-0.02, 0.02, classes, dtype=np.float32)[:, None]
    return {"arg:fc_weight": np.repeat(weight / channels, channels, axis=1), "arg:fc_bias": -128 * weight[:, 0]}


def write_parameters(folder: Path, epoch: int, parameters: dict[str, Array]) -> Path:
    """Write the parameters of an epoch; return their path."""
    path = folder / f"{PREFIX}-{epoch:04d}.params"
    path.write_bytes(format_params(parameters))
    return path


def write_artifact(folder: Path, classes: int = 2, shape: tuple[int, int, int] = (3, 28, 28), epoch: int = 3) -> None:
    """Write the three files of an artifact."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{PREFIX}-symbol.json").write_text(format_symbol(build_graph(classes)), encoding="utf-8")
    write_parameters(folder, epoch, build_parameters(classes, shape[0]))
    (folder / "model-shapes.json").write_text(json.dumps([{"shape": [1, *shape], "name": "data"}]))
