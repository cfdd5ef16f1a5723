"""Open a model.tar.gz of the built-in image classification algorithm, wherever it was made."""

import json
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation import metered
from evaluation.refusal import Refusal

PREFIX = "image-classification"
SYMBOL = f"{PREFIX}-symbol.json"
SHAPES = "model-shapes.json"
PARAMS = re.compile(rf"{PREFIX}-(\d{{4}})\.params")
FILE_LIMIT = 2 << 30
MEMBERS_LIMIT = 256
SIDES = range(8, 1025)


@dataclass(frozen=True)
class Artifact:
    """A net on disk: load it with MXNet's `load_checkpoint(prefix, epoch)`; it takes (channels, height, width)."""

    prefix: str
    epoch: int
    channels: int
    height: int
    width: int


@contextmanager
def opened(directory: Path) -> Iterator[Artifact]:
    """Unpack the artifact in `directory` for as long as the block runs.

    Only the three files of the algorithm leave the archive, under names of ours; of several epochs the last.
    """
    path = directory / "model.tar.gz"
    if not path.is_file():
        raise Refusal(f"{directory} holds no model.tar.gz: point --model at the training job's output.")
    with TemporaryDirectory() as folder:
        target = Path(folder)
        try:
            epoch = _unpack(path, target)
        except Refusal:
            raise
        except Exception as error:  # a broken header makes tarfile raise whatever its parts do: TypeError, ValueError
            size = path.stat().st_size
            raise Refusal(
                f"{path} ({size:,} bytes) is truncated or no tar.gz archive ({error}): train the model again."
            ) from error
        channels, height, width = _shape(target, path)
        yield Artifact(str(target / PREFIX), epoch, channels, height, width)


def _unpack(path: Path, target: Path) -> int:
    """Copy what is needed and return the last epoch."""
    epoch = -1
    with metered.opened(path) as (tar, allow):
        for count, member in enumerate(tar, start=1):
            name = member.name.removeprefix("./")
            _check(member, count, path)
            allow(member.size)
            numbered = PARAMS.fullmatch(name)
            if numbered and int(numbered[1]) > epoch:
                (target / f"{PREFIX}-{max(epoch, 0):04d}.params").unlink(missing_ok=True)
                epoch = int(numbered[1])
                _copy(tar, member, target / name)
            elif name in (SYMBOL, SHAPES):
                _copy(tar, member, target / name)
    missing = [name for name in (SYMBOL, SHAPES) if not (target / name).exists()]
    missing += [f"{PREFIX}-NNNN.params"] if epoch < 0 else []
    if missing:
        raise Refusal(
            f"{path} holds no {', '.join(missing)} at its top, where {SYMBOL}, {PREFIX}-NNNN.params and {SHAPES} "
            "are needed: give an artifact of the built-in image classification algorithm."
        )
    return epoch


def _check(member: tarfile.TarInfo, count: int, path: Path) -> None:
    if not (member.isdir() or member.isreg()) or member.issparse():
        raise Refusal(f"{path} holds {member.name!r}, a link or special file, where only plain files are allowed.")
    if member.size > FILE_LIMIT or count > MEMBERS_LIMIT:
        raise Refusal(
            f"{path}'s file number {count}, {member.name!r}, has {member.size:,} bytes, where {MEMBERS_LIMIT} files "
            f"of {FILE_LIMIT:,} bytes are allowed: train a smaller net."
        )


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    content = tar.extractfile(member)
    if content is None:
        raise Refusal(f"the artifact's {member.name!r} is a folder, where a file is needed: train the model again.")
    with content, target.open("wb") as stream:
        shutil.copyfileobj(content, stream)


def _shape(target: Path, path: Path) -> tuple[int, int, int]:
    """Read model-shapes.json, which the algorithm writes as `[{"shape": [1, 3, 28, 28], "name": "data"}]`."""
    try:
        shape = json.loads((target / SHAPES).read_text(encoding="utf-8"))[0]["shape"]
        channels, height, width = (int(size) for size in shape[-3:])
    except (ValueError, LookupError, TypeError) as error:
        raise Refusal(f"{SHAPES} in {path} does not give the net's input shape: train the model again.") from error
    if channels != 3 or height not in SIDES or width not in SIDES:
        raise Refusal(
            f"{SHAPES} in {path} asks for pictures of {channels}x{height}x{width}, where 3 channels and sides of "
            f"{SIDES.start} to {SIDES.stop - 1} are allowed: train on RGB pictures."
        )
    return channels, height, width
