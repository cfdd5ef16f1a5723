"""The model artifact: a symbol, parameters of an epoch and the input's shape, as AWS's algorithm writes them.

No part of it is a pickle. A former artifact comes from outside, so nothing but its known members is unpacked.
"""

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.archives import BadArchive, Folder, Limits, read_tar
from common.model_files import BadModel, check_outputs, check_parameters, read_input_shape, read_symbol
from localaws.algorithms.image_classification.engine import mx
from localaws.algorithms.image_classification.errors import ClientError

PREFIX = "image-classification"
SYMBOL = f"{PREFIX}-symbol.json"
SHAPES = "model-shapes.json"
PARAMETERS = re.compile(rf"{PREFIX}-(\d{{4,}})\.params")
LIMITS = Limits(members=1_000, file_bytes=2 << 30, total_bytes=16 << 30)


@dataclass(frozen=True)
class Artifact:
    """A read artifact: symbol, parameters by name, and the shape (channels, height, width) that it takes."""

    symbol: mx.sym.Symbol
    parameters: Mapping[str, mx.nd.NDArray]
    image_shape: tuple[int, int, int]


def parameters_path(directory: Path, epoch: int) -> Path:
    """Name the parameters of an epoch counted from 1."""
    return directory / f"{PREFIX}-{epoch:04d}.params"


def save_parameters(path: Path, parameters: Mapping[str, mx.nd.NDArray]) -> None:
    """Write parameters so that a reader finds the old file or the whole new one, never a part."""
    unfinished = path.with_suffix(".unfinished")
    mx.nd.save(str(unfinished), dict(parameters))
    unfinished.replace(path)


def load_parameters(path: Path) -> dict[str, mx.nd.NDArray]:
    """Load parameters that came from elsewhere; raises BadModel."""
    check_parameters(path)
    loaded: dict[str, mx.nd.NDArray] = mx.nd.load(str(path))
    return loaded


def save_description(directory: Path, symbol: mx.sym.Symbol, image_shape: tuple[int, int, int]) -> None:
    """Write what is the same for all epochs: the symbol and the shape of the input."""
    directory.mkdir(parents=True, exist_ok=True)
    symbol.save(str(directory / SYMBOL))
    shapes = [{"shape": [1, *image_shape], "name": "data"}]
    (directory / SHAPES).write_text(json.dumps(shapes), encoding="utf-8")


def read_artifact(directory: Path) -> Artifact:
    """Read an artifact from its files or its ``model.tar.gz``; of several epochs, the last.

    Raises ClientError when the directory holds none or a broken one.
    """
    archives = sorted(directory.glob("*.tar.gz"))
    if not archives:
        return _read_files(directory)
    with tempfile.TemporaryDirectory() as scratch:
        _unpack(archives[0], Path(scratch))
        return _read_files(Path(scratch))


def _read_files(directory: Path) -> Artifact:
    found = sorted(path for path in directory.rglob("*.params") if PARAMETERS.fullmatch(path.name))
    if not found:
        raise ClientError(
            f"No model artifact was found in {directory}: it must hold {SYMBOL}, {PREFIX}-NNNN.params and "
            f"{SHAPES}, or a model.tar.gz of them."
        )
    home = found[-1].parent
    try:
        shape = read_input_shape(home / SHAPES)
        symbol = mx.sym.load_json(read_symbol(home / SYMBOL))
        check_outputs(symbol.get_internals().infer_shape(data=(1, *shape))[1])
        return Artifact(symbol, load_parameters(found[-1]), shape)
    except (BadModel, mx.base.MXNetError, OSError, TypeError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise ClientError(f"The model artifact in {directory} cannot be read: {reason}.") from error


def _unpack(archive: Path, target: Path) -> None:
    """Unpack the known members and no other, under their bare names: no path in the archive is followed."""
    try:
        with archive.open("rb") as stream, Folder(target) as folder:
            for member in read_tar(stream, LIMITS):
                name = Path(member.name).name
                if not member.is_directory and (name in (SYMBOL, SHAPES) or PARAMETERS.fullmatch(name)):
                    folder.write(member, name)
    except BadArchive as error:
        raise ClientError(f"{archive.name} is not a whole model archive: {error}.") from error
