"""Open a model.tar.gz of the built-in image classification algorithm, wherever it was made."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from common.archives import BadArchive, Folder, Limits, read_tar
from common.jobs import Refusal
from common.model_files import BadModel, read_input_shape

PREFIX = "image-classification"
SYMBOL = f"{PREFIX}-symbol.json"
SHAPES = "model-shapes.json"
PARAMS = re.compile(rf"{PREFIX}-(\d{{4}})\.params")
LIMITS = Limits(members=256, file_bytes=2 << 30, total_bytes=8 << 30)


@dataclass(frozen=True)
class Artifact:
    """A net on disk, as others made it; it takes (channels, height, width).

    `sha256` is the digest of the archive that it came in, in hexadecimal digits: what is evaluated under this digest is
    what may be registered and deployed.
    """

    symbol: Path
    parameters: Path
    epoch: int
    channels: int
    height: int
    width: int
    sha256: str


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
            epoch, digest = _unpack(path, target)
        except BadArchive as error:
            size = path.stat().st_size
            raise Refusal(f"{path} ({size:,} bytes) cannot be used, as {error}: train the model again.") from error
        channels, height, width = _shape(target, path)
        parameters = target / f"{PREFIX}-{epoch:04d}.params"
        yield Artifact(target / SYMBOL, parameters, epoch, channels, height, width, digest)


def _unpack(path: Path, target: Path) -> tuple[int, str]:
    """Copy what is needed; return the last epoch and the archive's digest."""
    epoch = -1
    with path.open("rb") as stream, Folder(target) as folder:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        for member in read_tar(stream, LIMITS):
            numbered = PARAMS.fullmatch(member.name)
            if member.is_directory:
                continue
            if numbered and int(numbered[1]) > epoch:
                (target / f"{PREFIX}-{max(epoch, 0):04d}.params").unlink(missing_ok=True)
                epoch = int(numbered[1])
                folder.write(member)
            elif member.name in (SYMBOL, SHAPES):
                folder.write(member)
    missing = [name for name in (SYMBOL, SHAPES) if not (target / name).exists()]
    missing += [f"{PREFIX}-NNNN.params"] if epoch < 0 else []
    if missing:
        raise Refusal(
            f"{path} holds no {', '.join(missing)} at its top, where {SYMBOL}, {PREFIX}-NNNN.params and {SHAPES} "
            "are needed: give an artifact of the built-in image classification algorithm."
        )
    return epoch, digest


def _shape(target: Path, path: Path) -> tuple[int, int, int]:
    try:
        channels, height, width = read_input_shape(target / SHAPES)
    except BadModel as error:
        raise Refusal(f"in {path}, {error}: train the model again.") from error
    if channels != 3:
        raise Refusal(f"{SHAPES} in {path} asks for {channels} channel, where 3 are needed: train on RGB images.")
    return channels, height, width
