"""Container images in a registry, for tests of what asks whether they are there."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from seedcode.image.environment import MANIFEST_TYPE, Image
from seedcode.image.registry import Registry

MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST_TYPE})


def put_image(ecr: Any, uri: str) -> str:
    """Put an image into moto's registry, which asks for no layers; its repository is made. Answers its address."""
    repository, _, tag = uri.partition("/")[2].rpartition(":")
    ecr.create_repository(repositoryName=repository)
    ecr.put_image(repositoryName=repository, imageManifest=MANIFEST, imageTag=tag)
    return uri


def push_image(ecr: Any, uri: str) -> str:
    """Push a small image with its layers to the local AWS's registry; its repository is made. Answers its address."""
    registry, tag = Registry(ecr, uri.rpartition(":")[0]), uri.rpartition(":")[2]
    with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(repositoryName=registry.name)
    image = Image(config=b"{}", layer=b"a layer")
    for blob in (image.config, image.layer):
        registry.upload(blob)
    registry.put(image.manifest, MANIFEST_TYPE, tag)
    return uri
