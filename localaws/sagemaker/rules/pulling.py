"""Which images AWS checks when a resource is created, and in which words it refuses those that cannot be pulled.

Training and tuning: https://github.com/aws/amazon-sagemaker-examples/issues/2534 and issues/2450; models:
https://github.com/aws-samples/easy-amazon-sagemaker-deployments/issues/4. Processing fails when it runs:
https://github.com/aws-samples/amazon-sagemaker-tensorflow-object-detection-api/issues/14.
"""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.images.pulling import RIGHTS, Absent, find_image, own_image
from localaws.shapes import Document


def check_training(aws: Aws, job: Document) -> None:
    """Refuse a training job, or a search's definition of one, whose image cannot be pulled."""
    image = own_image(aws, job.get("AlgorithmSpecification", {}).get("TrainingImage", ""))
    if image is None:
        return
    role, registry = job["RoleArn"], aws.settings.account
    try:
        find_image(aws.acting_as(role), image)
    except Absent as absent:
        words = {
            "repository": f"Cannot find repository: {image.repository} in registry ID: {registry} Please check if your "
            "ECR repository exists and",
            "image": f"Cannot find the requested image: {image.uri} with tag: {image.tag or 'null'} and digest: "
            f"{image.digest or 'null'}. Please check if your ECR image exists and",
            "rights": f"Access denied for repository: {image.repository} in registry ID: {registry}. Please check if "
            "your ECR repository and image exist and",
        }[str(absent)]
        raise errors.validation(f"{words} role {role} has proper pull permissions for SageMaker: {RIGHTS}") from None


def check_model(aws: Aws, role: str | None, container: Document) -> None:
    """Refuse a container of CreateModel whose image cannot be pulled."""
    image = own_image(aws, container.get("Image", ""))
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
        find_image(acting, image)
    except Absent as absent:
        sentence = denied if str(absent) == "rights" else f"Requested image {image.uri} not found."
        raise errors.validation(sentence) from None
