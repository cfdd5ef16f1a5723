"""The container images that a pipeline's definition names, and what they are called in ECR."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from common.aws_errors import find_resource

# The members of job requests that name an image.
MEMBERS = frozenset({"Image", "ImageUri", "TrainingImage"})
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[a-z0-9][a-z0-9._/-]*)"
    r"(?::(?P<tag>[\w][\w.-]*))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True)
class Image:
    """An image in an ECR registry; without tag and digest it is `latest`, as Docker has it."""

    uri: str
    account: str
    region: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def place(self) -> str:
        """The URI of its repository."""
        return f"{self.uri.partition('/')[0]}/{self.repository}"

    @property
    def identifier(self) -> dict[str, str]:
        """The image as ECR's operations name it."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag or "latest"}


def parse_image(uri: str) -> Image | None:
    """Read an image's address; None for one of another registry than ECR."""
    found = _ECR.fullmatch(uri)
    return Image(uri, **found.groupdict()) if found else None


def list_images(definition: str) -> list[Image]:
    """Return the images in ECR that a pipeline's definition names, each once, sorted by their addresses."""
    return [image for image in map(parse_image, sorted(set(_uris(json.loads(definition))))) if image]


def has_image(ecr: Any, image: Image) -> bool:  # noqa: ANN401 - boto3's clients have no static type
    """Whether an image is in its registry, which is one of the client's region."""
    request = {"registryId": image.account, "repositoryName": image.repository, "imageIds": [image.identifier]}
    return find_resource(ecr.describe_images, **request) is not None


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
