"""Whether the container images of a definition are in ECR: one that is not fails each job minutes after its start."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from pipelines.clients import Client
from pipelines.errors import PipelineError

# The members of job requests that name an image.
MEMBERS = frozenset({"Image", "ImageUri", "TrainingImage"})
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[a-z0-9][a-z0-9._/-]*)"
    r"(?::(?P<tag>[\w][\w.-]*))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_MISSING = frozenset({"ImageNotFoundException", "RepositoryNotFoundException"})


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
    def identifier(self) -> dict[str, str]:
        """The image as ECR's operations name it."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag or "latest"}


def parse_image(uri: str) -> Image | None:
    """Read an image's address; None for one of another registry than ECR."""
    found = _ECR.fullmatch(uri)
    return Image(uri, **found.groupdict()) if found else None


def list_images(definition: str, account: str) -> list[Image]:
    """Return a definition's images in an account's own registries; AWS's own, of other accounts, are always there."""
    uris = sorted(set(_uris(json.loads(definition))))
    return [image for image in map(parse_image, uris) if image and image.account == account]


def check_images(images: list[Image], make_ecr: Callable[[str], Client]) -> None:
    """Raise PipelineError for an image that is not in its registry; `make_ecr` makes the client of a region."""
    for image in images:
        if not has_image(make_ecr(image.region), image):
            raise PipelineError(
                f"The container image {image.uri} is not in ECR, so nothing was started; push the code to have it "
                "built (`scones up` does it on a laptop), or name another one in SCONES_IMAGE_URI."
            )


def has_image(ecr: Client, image: Image) -> bool:
    """Say whether an image is in its registry."""
    try:
        ecr.describe_images(registryId=image.account, repositoryName=image.repository, imageIds=[image.identifier])
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        return False
    return True


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
