"""A whole artifact: its three files, from a folder or from `model.tar.gz`, of several epochs the last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from common.archives import Limits, Readable, read_tar
from common.artifact import shapes, symbol
from common.artifact.errors import BadArtifact, naming
from common.artifact.graph import Graph
from common.artifact.params import Array, read_params
from common.artifact.shapes import Shape, infer_shapes, parse_input_shape
from common.artifact.symbol import parse_json, parse_symbol

PREFIX = "image-classification"
SYMBOL = f"{PREFIX}-symbol.json"
SHAPES = "model-shapes.json"
ENGINE = "training-engine.json"
"""What trained it, as {"engine": "mxnet"}; AWS's algorithm writes no such file, and reads none."""
ENGINES = ("mxnet", "portable")
SAGEMAKER = "sagemaker"
ANY_PARAMETERS = f"{PREFIX}-NNNN.params"
FILES = f"{SYMBOL}, {ANY_PARAMETERS} and {SHAPES}"
LIMITS = Limits(members=1_000, file_bytes=2 << 30, total_bytes=16 << 30)
_PARAMETERS = re.compile(rf"{PREFIX}-(\d{{4,6}})\.params", re.ASCII)
_NEEDED = (SYMBOL, SHAPES)
_MOST_BYTES = {SYMBOL: symbol.MOST_BYTES, SHAPES: shapes.MOST_BYTES, ENGINE: 256}


@dataclass(frozen=True)
class Model:
    """A network with its parameters after an epoch (from 1); it takes images of (channels, height, width).

    `engine` is what trained it: one of ENGINES, or AWS's own algorithm.
    """

    graph: Graph
    parameters: Mapping[str, Array]
    input_shape: tuple[int, int, int]
    epoch: int
    engine: str = SAGEMAKER

    def __post_init__(self) -> None:
        """Raise BadArtifact where the parameters are not those of the network."""
        self.shapes  # noqa: B018 - inferring checks

    @cached_property
    def shapes(self) -> list[Shape]:
        """What each node makes of one image."""
        return infer_shapes(self.graph, self.parameters, self.input_shape)

    @property
    def classes(self) -> int:
        """How many probabilities it answers."""
        return self.shapes[self.graph.output][0]


def load_model(folder: Path) -> Model:
    """Load an artifact's files, which lie beside each other below a folder; raises BadArtifact and OSError."""
    found = [path for path in folder.rglob("*.params") if _PARAMETERS.fullmatch(path.name)]
    home = max(found, key=lambda path: _get_epoch(path.name), default=folder / ANY_PARAMETERS).parent
    files = _Files()
    for path in sorted(home.iterdir()):
        if path.is_file():
            with path.open("rb") as file:
                files.add(path.name, file, path.stat().st_size)
    return files.build()


def read_model(stream: BinaryIO) -> Model:
    """Read a `model.tar.gz`, its files by their bare names; raises BadArtifact and BadArchive."""
    files = _Files()
    for member in read_tar(stream, LIMITS):
        if not member.is_directory:
            files.add(member.name.rpartition("/")[2], member.content, member.size)
    return files.build()


class _Files:
    """Parses an artifact's files as they come, so that no whole file is in memory beside what it holds."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._epoch = -1
        self._parameters: dict[str, Array] | BadArtifact = {}

    def add(self, name: str, stream: Readable, size: int) -> None:
        """Take in one of the files, or pass over another; raises BadArtifact."""
        epoch = _get_epoch(name)
        if epoch > self._epoch:
            self._epoch, self._parameters = epoch, {}
            try:
                with naming(name):
                    self._parameters = read_params(stream, size)
            except BadArtifact as error:  # which matters only if there is no later epoch
                self._parameters = error
        elif name in self._contents or epoch == self._epoch >= 0:
            raise BadArtifact(f"{name} is there twice")
        elif name in _MOST_BYTES:
            with naming(name):
                self._contents[name] = _read(stream, size, _MOST_BYTES[name])

    def build(self) -> Model:
        """Build the model; raises BadArtifact for what is missing or does not fit together."""
        missing = [name for name in _NEEDED if name not in self._contents]
        missing += [ANY_PARAMETERS] if self._epoch < 0 else []
        if missing:
            raise BadArtifact(f"no {', '.join(missing)} is there, where {FILES} are needed")
        with naming(SHAPES):
            shape = parse_input_shape(self._contents[SHAPES])
        with naming(SYMBOL):
            graph = parse_symbol(self._contents[SYMBOL])
        if isinstance(self._parameters, BadArtifact):
            raise self._parameters
        return Model(graph, self._parameters, shape, self._epoch, self._parse_engine())

    def _parse_engine(self) -> str:
        if ENGINE not in self._contents:
            return SAGEMAKER
        with naming(ENGINE):
            given = parse_json(self._contents[ENGINE])
            engine = given.get("engine") if isinstance(given, dict) else None
            if engine not in ENGINES:
                raise BadArtifact(f"it names the engine {str(engine)[:60]!r}, where {' and '.join(ENGINES)} are")
            return str(engine)


def _get_epoch(name: str) -> int:
    """Return the epoch of a file of parameters, -1 for another file."""
    match = _PARAMETERS.fullmatch(name)
    return int(match[1]) if match else -1


def _read(stream: Readable, size: int, most: int) -> bytes:
    if size > most:
        raise BadArtifact(f"it has {size:,} bytes, where {most:,} are allowed")
    return stream.read(size)
