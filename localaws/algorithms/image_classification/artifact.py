"""The model artifact: a symbol, parameters of an epoch and the input's shape, as AWS's algorithm writes them.

No part of it is a pickle. A former artifact comes from outside, so nothing but its known members is unpacked.
"""

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localaws.algorithms.image_classification.engine import mx
from localaws.algorithms.image_classification.errors import ClientError
from localaws.algorithms.image_classification.metered import members

PREFIX = "image-classification"
SYMBOL = f"{PREFIX}-symbol.json"
SHAPES = "model-shapes.json"
PARAMETERS = re.compile(rf"{PREFIX}-(\d{{4,}})\.params")
MAX_MEMBER_BYTES = 2 << 30


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
        symbol = mx.sym.load(str(home / SYMBOL))
        parameters = mx.nd.load(str(found[-1]))
        _, *shape = json.loads((home / SHAPES).read_text(encoding="utf-8"))[0]["shape"]
        channels, height, width = (int(side) for side in shape)
    except (mx.base.MXNetError, OSError, ValueError, LookupError, TypeError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise ClientError(f"The model artifact in {directory} cannot be read: {reason}.") from error
    return Artifact(symbol, parameters, (channels, height, width))


def _unpack(archive: Path, target: Path) -> None:
    """Unpack the known members and no other, under their bare names: no path in the archive is followed."""
    try:
        for opened, member in members(archive):
            name = Path(member.name).name
            known = name in (SYMBOL, SHAPES) or PARAMETERS.fullmatch(name)
            if member.isfile() and not member.issparse() and known and member.size <= MAX_MEMBER_BYTES:
                opened.extract(member.replace(name=name), target, filter="data")
    except ClientError:
        raise
    except Exception as error:  # a broken header makes tarfile raise whatever its parts do: TypeError, ValueError
        raise ClientError(f"{archive.name} is not a whole model archive: {error}.") from error
