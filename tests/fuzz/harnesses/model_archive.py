"""An untrusted model.tar.gz, as EvaluateModel opens it."""

from __future__ import annotations

from contextlib import suppress

from common.artifact.params import format_params
from common.artifact.symbol import format_symbol
from common.jobs import Refusal
from evaluation.artifact import load_artifact
from tests.artifacts import build_graph, build_parameters
from tests.fuzz.corpus import archive, compressed
from tests.fuzz.scratch import file

_FILES = {
    "image-classification-symbol.json": format_symbol(build_graph()).encode(),
    "image-classification-0001.params": b"p",
    "./image-classification-0002.params": format_params(build_parameters()),
    "model-shapes.json": b'[{"shape": [1, 3, 28, 28], "name": "data"}]',
}
SEEDS = [archive(_FILES), archive(_FILES, 1), archive(_FILES, 0), compressed(archive(_FILES))]


def one_input(data: bytes) -> None:
    """An artifact is read or refused."""
    with file("model.tar.gz", compressed(data)) as path, suppress(Refusal):
        load_artifact(path.parent)
