"""A model.tar.gz in the `model` channel or behind an endpoint, as the algorithm's stand-in unpacks it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from localaws.algorithms.image_classification.artifact import _unpack
from localaws.algorithms.image_classification.errors import ClientError
from tests.fuzz.corpus import compressed
from tests.fuzz.harnesses import model_archive
from tests.fuzz.scratch import file

SEEDS = model_archive.SEEDS


def one_input(data: bytes) -> None:
    """An artifact's known files are unpacked, or it is refused. MXNet is not called."""
    with file("model.tar.gz", compressed(data)) as path, TemporaryDirectory() as target, suppress(ClientError):
        _unpack(path, Path(target))
