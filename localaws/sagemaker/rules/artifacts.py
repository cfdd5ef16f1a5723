"""A model's artifact must be in S3 when the model is created, and readable by the role that it will run under.

AWS's words where it is not there: https://github.com/aws/amazon-sagemaker-examples/issues/2264, and where it may not be
read: https://github.com/philschmid/llm-sagemaker-sample/issues/2. That CreateModelPackage checks as well is likely:
botocore has CreateModelPackageInput.SkipModelValidation to keep it from checking.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from common.aws_errors import get_code, is_missing
from localaws import errors
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.jobs.failures import ClientFailure
from localaws.jobs.staging import split_uri
from localaws.shapes import Document


def check_model(aws: Aws, role: str | None, container: Document) -> None:
    """Refuse a container of CreateModel whose `ModelDataUrl` is not there, or not for `role`."""
    uri = container.get("ModelDataUrl")
    if not uri:
        return
    try:
        acting = aws.acting_as(role)
    except AwsError as error:
        raise errors.validation(_denied(aws, role, uri)) from error
    try:
        seen = _is_there(acting, uri)
    except PermissionError as error:
        raise errors.validation(_denied(aws, role, uri)) from error
    if not seen:
        raise errors.validation(f"Could not find model data at {uri}.")


def check_package(aws: Aws, request: Document) -> None:
    """Refuse a model package whose artifacts are not there, unless it asks for no validation."""
    if request.get("SkipModelValidation") == "All":
        return
    for container in request.get("InferenceSpecification", {}).get("Containers") or []:
        uri = container.get("ModelDataUrl")
        if uri and not _is_there(aws, uri):
            raise errors.validation(f"Could not find model data at {uri}.")


def _is_there(aws: Aws, uri: str) -> bool:
    try:
        bucket, key = split_uri(uri)
        aws.clients.s3.head_object(Bucket=bucket, Key=key)
    except ClientFailure as failure:
        raise errors.validation(str(failure).removeprefix("ClientError: ")) from failure
    except ClientError as error:
        if is_missing(error):
            return False
        if get_code(error) in ("403", "AccessDenied"):
            raise PermissionError from error
        raise
    return True


def _denied(aws: Aws, role: str | None, uri: str) -> str:
    return (
        f'Could not access model data at {uri}. Please ensure that the role "{role}" exists and that its trust '
        'relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". '
        f'Also ensure that the role has "s3:GetObject" permissions and that the object is located in '
        f"{aws.settings.region}. If your Model uses multiple models or uncompressed models, please ensure that the "
        'role has "s3:ListBucket" permission.'
    )
