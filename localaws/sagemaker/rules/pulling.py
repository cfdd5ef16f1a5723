"""Which images AWS checks when a resource is created, and in which words it refuses those that cannot be pulled.

Training and tuning: https://github.com/aws/amazon-sagemaker-examples/issues/2534 and issues/2450; models:
https://github.com/aws-samples/easy-amazon-sagemaker-deployments/issues/4. Processing fails when it runs:
https://github.com/aws-samples/amazon-sagemaker-tensorflow-object-detection-api/issues/14.

Images of another region's registry are refused for each in other words: training,
https://github.com/aws-samples/mlops-amazon-sagemaker/issues/9; processing,
https://github.com/aws/amazon-sagemaker-examples/issues/2422; models,
https://github.com/aws/sagemaker-pytorch-inference-toolkit/pull/7.
"""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.images.pulling import RIGHTS, Absent, find_image, find_region, own_image
from localaws.shapes import Document


def check_training(aws: Aws, job: Document) -> None:
    """Refuse a training job, or a search's definition of one, whose image cannot be pulled."""
    uri = job.get("AlgorithmSpecification", {}).get("TrainingImage", "")
    here = aws.settings.region
    if region := _elsewhere(aws, uri):
        raise errors.validation(
            f"Invalid DNS suffix 'amazonaws.com' for region '{region}' in training image. Please provide the valid "
            f"<region>.<dns-suffix>: '{here}.amazonaws.com'"
        )
    image = own_image(aws, uri)
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


def check_processing(aws: Aws, job: Document) -> None:
    """Refuse a processing job whose image is in another region; one that is not there fails when it runs."""
    uri = job["AppSpecification"]["ImageUri"]
    if region := _elsewhere(aws, uri):
        raise errors.validation(
            f"Invalid region {region} in image URI {uri}. Please provide an image URI in region {aws.settings.region}."
        )


def check_model(aws: Aws, role: str | None, container: Document) -> None:
    """Refuse a container of CreateModel whose image cannot be pulled."""
    if _elsewhere(aws, container.get("Image", "")):
        raise errors.validation(
            f'Region of "{container["Image"]}" does not match expected region of {aws.settings.region}. Cross region '
            "ECR image pulls are not allowed."
        )
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


def _elsewhere(aws: Aws, uri: str) -> str | None:
    """The region of an image's registry where it is another one."""
    region = find_region(uri)
    return region if region != aws.settings.region else None
