"""Whether an image of the account's registry is there to be run, as ECR answers the role that pulls it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.failures import ClientFailure

_NAME = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>.+))?"
)
RIGHTS = "ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer"
_DENIED = ("AccessDeniedException", "AccessDenied")


@dataclass(frozen=True)
class Image:
    """An image of the account's registry, by its tag (`latest` where none is given) or its digest."""

    uri: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def id(self) -> dict[str, str]:
        """The image as ECR's operations take it."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": str(self.tag)}


class Absent(Exception):
    """What the registry lacks: `repository`, `image`, or the role's `rights`."""


def pull(aws: Aws, uri: str) -> None:
    """Fail a job that runs, or an instance that starts, whose image is not there; `aws` acts as its role."""
    image = own_image(aws, uri)
    if image is None:
        return
    place, _, _ = uri.partition(image.repository)
    try:
        find_image(aws, image)
    except Absent as absent:
        words = {
            "repository": f"API error (404): repository {place}{image.repository} not found: name unknown: The "
            f"repository with name '{image.repository}' does not exist in the registry with id "
            f"'{aws.settings.account}'",
            "image": f"API error (404): manifest for {uri} not found: manifest unknown: Requested image not found",
            "rights": f"API error (403): pull access denied for {place}{image.repository}: the role needs {RIGHTS}",
        }[str(absent)]
        raise ClientFailure(words) from None


def own_image(aws: Aws, uri: str) -> Image | None:
    """The image that a URI names, where it is one of the account's registry in this region."""
    parts = _NAME.fullmatch(uri)
    if not parts or (parts["account"], parts["region"]) != (aws.settings.account, aws.settings.region):
        return None
    tag = parts["tag"] or (None if parts["digest"] else "latest")
    return Image(uri, parts["repository"], tag, parts["digest"])


def find_region(uri: str) -> str | None:
    """The region of the registry that a URI names; None where it is none of ECR's."""
    parts = _NAME.fullmatch(uri)
    return parts["region"] if parts else None


def find_image(aws: Aws, image: Image) -> None:
    """Ask the registry for an image; raises Absent with what it lacks."""
    try:
        found = aws.clients.get("ecr").batch_get_image(repositoryName=image.repository, imageIds=[image.id])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "RepositoryNotFoundException":
            raise Absent("repository") from error
        if code in _DENIED:
            raise Absent("rights") from error
        raise
    if not found["images"]:
        raise Absent("image")
