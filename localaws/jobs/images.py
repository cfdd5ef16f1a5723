"""Which program stands for a container image, as there is no Docker to run the image itself.

The built-in image classification algorithm has its stand-in; an image that is given an entry point runs that with
this interpreter; script mode runs the script that the SDK uploaded; any other image can be mapped to a program in
`images.json` in the local AWS's home: {"repository-name": ["program", "argument"]}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.jobs.failures import ClientFailure

STAND_IN = ["python3", "-m", "localaws.algorithms.image_classification"]
_STAND_INS = {"image-classification": STAND_IN}
# What the built-in algorithm's own definitions find in its log lines; a job may not bring others.
BUILTIN_METRICS = [
    {"Name": f"{channel}:{metric}", "Regex": rf"{channel.capitalize()}-{metric}=([0-9.]+)"}
    for channel in ("train", "validation")
    for metric in ("accuracy", "cross-entropy")
]


def repository(image: str) -> str:
    """The repository's name in an image URI: `registry/name:tag` and `registry/name@digest` answer `name`."""
    name = image.rsplit("/", 1)[-1]
    return name.split("@")[0].split(":")[0]


def is_builtin(image: str) -> bool:
    """Whether the image is a built-in algorithm that a stand-in runs."""
    return repository(image) in _STAND_INS


def command(
    home: Path, image: str, verb: str, entrypoint: Sequence[str] | None, arguments: Sequence[str] | None
) -> list[str]:
    """The program for an image; `verb` is what SageMaker adds where no entry point is given (train, serve)."""
    if is_builtin(image):
        return [*_STAND_INS[repository(image)], verb]
    if entrypoint:
        return [*entrypoint, *(arguments or [])]
    mapped = _mapped(home).get(repository(image))
    if mapped:
        return [*mapped, *(arguments or [verb])]
    raise ClientFailure(
        f"The image {image} cannot run here: there is no Docker, and it has neither an entry point nor a program; "
        f"name one in {home / 'images.json'}, such as "
        f'{{"{repository(image)}": ["python3", "/path/to/program.py"]}}.'
    )


def _mapped(home: Path) -> dict[str, list[str]]:
    file = home / "images.json"
    if not file.exists():
        return {}
    try:
        mapped: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ClientFailure(f"{file} is not JSON: {error}.") from error
    if not isinstance(mapped, dict) or not all(map(_is_program, mapped.values())):
        raise ClientFailure(f'{file} is not a map such as {{"repository-name": ["program", "argument"]}}.')
    return mapped


def _is_program(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) for word in value)


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
