"""A model.tar.gz in the `model` channel or behind an endpoint, as the algorithm's stand-in reads it."""

from __future__ import annotations

from contextlib import suppress

from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.artifact import read_artifact
from tests.fuzz.corpus import compressed
from tests.fuzz.harnesses import model_archive
from tests.fuzz.scratch import file

SEEDS = model_archive.SEEDS


def one_input(data: bytes) -> None:
    """An artifact is read or refused."""
    with file("model.tar.gz", compressed(data)) as path, suppress(ClientError):
        read_artifact(path.parent)
