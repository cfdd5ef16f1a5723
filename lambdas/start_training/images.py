"""Whether the image that the pipeline's definition names is in the project's repository: without it each job fails."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from common.container_images import MISSING, Image, list_images


def find_missing(ecr: Any, definition: str, repository: str) -> str | None:  # noqa: ANN401 - boto3 has no static type
    """Return the first image of a definition that is not in the repository (its URI) where it should be; else None.

    Images of other repositories, which this function may not look into, are taken for there.
    """
    ours = (image for image in list_images(definition) if image.place == repository)
    return next((image.uri for image in ours if not _is_there(ecr, image)), None)


def _is_there(ecr: Any, image: Image) -> bool:  # noqa: ANN401 - boto3 has no static type
    try:
        ecr.describe_images(repositoryName=image.repository, imageIds=[image.identifier])
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        return False
    return True
