"""Whether the container images of a definition are in ECR: one that is not fails each job minutes after its start."""

from collections.abc import Callable

from common import container_images
from common.container_images import Image, has_image
from pipelines.clients import Client
from pipelines.errors import PipelineError


def list_images(definition: str, account: str) -> list[Image]:
    """Return a definition's images in an account's own registries; AWS's own, of other accounts, are always there."""
    return [image for image in container_images.list_images(definition) if image.account == account]


def check_images(images: list[Image], make_ecr: Callable[[str], Client]) -> None:
    """Raise PipelineError for an image that is not in its registry; `make_ecr` makes the client of a region."""
    for image in images:
        if not has_image(make_ecr(image.region), image):
            raise PipelineError(
                f"The container image {image.uri} is not in ECR, so nothing was started; push the code to have it "
                "built (`scones up` does it on a laptop), or name another one in SCONES_IMAGE_URI."
            )
