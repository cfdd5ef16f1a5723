"""A registered version's artifact, read and checked against what was evaluated."""

from __future__ import annotations

import hashlib
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from console.errors import CommandError
from console.target import Target

if TYPE_CHECKING:
    from common.artifact.model import Model


def fetch_model(target: Target, package: dict[str, Any]) -> tuple[Model, str]:
    """Fetch a version's artifact; return the model and the digest, which must be that of what was evaluated."""
    from common.archives import BadArchive
    from common.artifact.errors import BadArtifact
    from common.artifact.model import read_model
    from common.live_model import DIGEST, locate_artifact
    from common.s3 import parse_s3_address

    number, s3 = package["ModelPackageVersion"], target.client("s3")
    uri = locate_artifact(s3, target.project.bucket, package)
    address = parse_s3_address(uri)
    if address is None:
        raise CommandError(
            f"Version {number} was registered with {uri or 'no artifact'}; choose one with a model.tar.gz."
        )
    with TemporaryFile() as file:
        s3.download_fileobj(address.bucket, address.key, file)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        evaluated = package.get("CustomerMetadataProperties", {}).get(DIGEST, digest)
        if digest != evaluated:
            raise CommandError(
                f"The artifact of version {number} in {uri} is not what was evaluated: its SHA-256 is {digest}, "
                f"and not {evaluated}. Restore it, or choose another version."
            )
        file.seek(0)
        try:
            return read_model(file), digest
        except (BadArchive, BadArtifact) as error:
            raise CommandError(f"The artifact of version {number} in {uri} cannot be exported: {error}.") from error
