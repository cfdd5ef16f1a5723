"""Whether the image that the pipeline's definition names is in the project's repository: without it each job fails.

Found as `scones run` does; this function ships alone, and a contract test holds both to the same answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

MEMBERS = frozenset({"Image", "ImageUri", "TrainingImage"})
MISSING = frozenset({"ImageNotFoundException", "RepositoryNotFoundException"})


def find_missing(ecr: Any, definition: str, repository: str) -> str | None:  # noqa: ANN401 - boto3 has no static type
    """Return the first image of a definition that is not in the repository (its URI) where it should be; else None."""
    for uri in sorted(set(_uris(json.loads(definition)))):
        if identifier := _identify(uri, repository):
            try:
                ecr.describe_images(repositoryName=repository.partition("/")[2], imageIds=[identifier])
            except ClientError as error:
                if error.response["Error"]["Code"] in MISSING:
                    return uri
                raise
    return None


def _identify(uri: str, repository: str) -> dict[str, str] | None:
    """Name an image as ECR does; None for one of another repository, which this function may not look into."""
    name, _, digest = uri.partition("@")
    # A host may have a port, a repository's name has no colon.
    place, colon, tag = name.rpartition(":")
    place, tag = (place, tag) if colon and "/" not in tag else (name, "latest")
    if place != repository:
        return None
    return {"imageDigest": digest} if digest else {"imageTag": tag}


def _uris(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in MEMBERS and isinstance(item, str):
                yield item
            else:
                yield from _uris(item)
    elif isinstance(value, list):
        for item in value:
            yield from _uris(item)
