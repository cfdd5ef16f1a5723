"""Container images of the account's own registry must be in it, and the role that pulls them must be allowed to.

What AWS says, and when: training and tuning when they are created (https://github.com/aws/amazon-sagemaker-examples/
issues/2534 and issues/2450), models when they are created (https://github.com/aws-samples/
easy-amazon-sagemaker-deployments/issues/4), processing when it runs (https://github.com/aws-samples/
amazon-sagemaker-tensorflow-object-detection-api/issues/14). Images of other registries, as those of AWS's built-in
algorithms and frameworks, are not looked for: their registries are not here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from botocore.exceptions import ClientError

from localaws import errors
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.jobs.failures import ClientFailure
from localaws.shapes import Document

_NAME = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>.+))?"
)
_RIGHTS = "ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer"
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


class _Absent(Exception):
    """What the registry lacks: `repository`, `image`, or the role's `rights`."""


def check_training(aws: Aws, job: Document) -> None:
    """Refuse a training job, or a search's definition of one, whose image cannot be pulled."""
    image = own(aws, job.get("AlgorithmSpecification", {}).get("TrainingImage", ""))
    if image is None:
        return
    role, registry = job["RoleArn"], aws.settings.account
    try:
        _find(aws.acting_as(role), image)
    except _Absent as absent:
        words = {
            "repository": f"Cannot find repository: {image.repository} in registry ID: {registry} Please check if your "
            "ECR repository exists and",
            "image": f"Cannot find the requested image: {image.uri} with tag: {image.tag or 'null'} and digest: "
            f"{image.digest or 'null'}. Please check if your ECR image exists and",
            "rights": f"Access denied for repository: {image.repository} in registry ID: {registry}. Please check if "
            "your ECR repository and image exist and",
        }[str(absent)]
        raise errors.validation(f"{words} role {role} has proper pull permissions for SageMaker: {_RIGHTS}") from None


def check_model(aws: Aws, role: str | None, container: Document) -> None:
    """Refuse a container of CreateModel whose image cannot be pulled."""
    image = own(aws, container.get("Image", ""))
    if image is None:
        return
    denied = (
        f"Role {role} cannot pull {image.uri}. Ensure that the role exists and the image was granted pull permission."
    )
    try:
        acting = aws.acting_as(role)
    except AwsError as error:
        raise errors.validation(denied) from error
    try:
        _find(acting, image)
    except _Absent as absent:
        sentence = denied if str(absent) == "rights" else f"Requested image {image.uri} not found."
        raise errors.validation(sentence) from None


def pull(aws: Aws, uri: str) -> None:
    """Fail a job that runs, or an instance that starts, whose image is not there; `aws` acts as its role."""
    image = own(aws, uri)
    if image is None:
        return
    place, _, _ = uri.partition(image.repository)
    try:
        _find(aws, image)
    except _Absent as absent:
        words = {
            "repository": f"API error (404): repository {place}{image.repository} not found: name unknown: The "
            f"repository with name '{image.repository}' does not exist in the registry with id "
            f"'{aws.settings.account}'",
            "image": f"API error (404): manifest for {uri} not found: manifest unknown: Requested image not found",
            "rights": f"API error (403): pull access denied for {place}{image.repository}: the role needs {_RIGHTS}",
        }[str(absent)]
        raise ClientFailure(words) from None


def own(aws: Aws, uri: str) -> Image | None:
    """The image that a URI names, where it is one of the account's registry in this region."""
    parts = _NAME.fullmatch(uri)
    if not parts or (parts["account"], parts["region"]) != (aws.settings.account, aws.settings.region):
        return None
    tag = parts["tag"] or (None if parts["digest"] else "latest")
    return Image(uri, parts["repository"], tag, parts["digest"])


def _find(aws: Aws, image: Image) -> None:
    try:
        found = aws.clients.get("ecr").batch_get_image(repositoryName=image.repository, imageIds=[image.id])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "RepositoryNotFoundException":
            raise _Absent("repository") from error
        if code in _DENIED:
            raise _Absent("rights") from error
        raise
    if not found["images"]:
        raise _Absent("image")
