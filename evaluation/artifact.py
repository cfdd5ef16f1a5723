"""Open a model.tar.gz of the built-in image classification algorithm, wherever it was made."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from common.archives import BadArchive
from common.artifact.errors import BadArtifact
from common.artifact.model import SHAPES, Model, read_model
from common.jobs import Refusal


@dataclass(frozen=True)
class Artifact:
    """A model as others made it, of three channels.

    `sha256` is the digest of the archive that it came in, in hexadecimal digits: what is evaluated under this digest is
    what may be registered and deployed.
    """

    model: Model
    sha256: str


def load_artifact(directory: Path) -> Artifact:
    """Load the artifact in `directory`, of several epochs the last; raises Refusal. Nothing is unpacked to disk."""
    path = directory / "model.tar.gz"
    if not path.is_file():
        raise Refusal(f"{directory} holds no model.tar.gz: point --model at the training job's output.")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        try:
            model = read_model(stream)
        except BadArchive as error:
            size = path.stat().st_size
            raise Refusal(f"{path} ({size:,} bytes) cannot be used, as {error}: train the model again.") from error
        except BadArtifact as error:
            raise Refusal(f"in {path}, {error}: train the model again.") from error
    if model.input_shape[0] != 3:
        raise Refusal(
            f"{SHAPES} in {path} asks for {model.input_shape[0]} channel, where 3 are needed: train on RGB images."
        )
    return Artifact(model, digest)
