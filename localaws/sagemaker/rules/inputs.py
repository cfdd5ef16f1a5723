"""What must be in S3 when it is named: inputs of jobs, as the job's role sees them, and a model's artifact.

AWS checks the channels of training jobs, also of a search's, and for a transform job's input before it creates the
job: https://github.com/aws/amazon-sagemaker-examples/issues/2267 (training), issues/2414 (transform). It checks a
processing job's inputs when the job runs; that is localaws/jobs/staging.py. An artifact must be there when the model is
created, and readable by the role that it will run under. AWS's words where it is not there:
https://github.com/aws/amazon-sagemaker-examples/issues/2264, and where it may not be read:
https://github.com/philschmid/llm-sagemaker-sample/issues/2. That CreateModelPackage checks as well is likely: botocore
has CreateModelPackageInput.SkipModelValidation to keep it from checking.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import get_code, is_missing
from localaws import errors
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.failures import ClientFailure
from localaws.jobs.staging import split_uri
from localaws.shapes import Document

# Nothing that is distinguishable from an empty prefix without the right to list the bucket.
_UNSEEN = ("NoSuchBucket", "AccessDenied", "403", "404")


def check_channels(aws: Aws, job: Document) -> None:
    """Refuse a training job (or a search's definition of one) with a channel that has nothing in S3."""
    sources = [channel["DataSource"].get("S3DataSource") for channel in job.get("InputDataConfig") or []]
    _check(aws, job["RoleArn"], filter(None, sources))


def check_transform(aws: Aws, role: str | None, job: Document) -> None:
    """Refuse a transform job whose input has nothing in S3; `role` is the model's."""
    _check(aws, role, [job["TransformInput"]["DataSource"]["S3DataSource"]])


def _check(aws: Aws, role: str | None, sources: Iterable[Document]) -> None:
    s3 = aws.acting_as(role).clients.s3
    for uri in dict.fromkeys(source["S3Uri"] for source in sources if "S3Uri" in source):
        if not _is_there(s3, uri) or not _is_in_region(s3, uri, aws.settings.region):
            raise errors.validation(_words(aws, role, uri))


def _is_there(s3: Any, uri: str) -> bool:  # noqa: ANN401 - boto3's
    bucket, prefix = _split(uri)
    try:
        return bool(s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount"))
    except ClientError as error:
        if error.response["Error"]["Code"] in _UNSEEN:
            return False
        raise


def _is_in_region(s3: Any, uri: str, region: str) -> bool:  # noqa: ANN401 - boto3's
    """Whether a bucket is in the job's region, as S3DataSource's documentation in botocore asks of it.

    A role that may list only a part of it is not told where it is.
    """
    try:
        found: str = s3.head_bucket(Bucket=_split(uri)[0]).get("BucketRegion", region)
    except ClientError:
        return True
    return found == region


def _words(aws: Aws, role: str | None, uri: str) -> str:
    return (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in '
        f"the selected region ({aws.settings.region}), that objects exist under that S3 prefix, and that the role "
        f'"{role}" has "s3:ListBucket" permissions on bucket "{split_uri(uri)[0]}".'
    )


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
        seen = _is_readable(acting, uri)
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
        if uri and not _is_readable(aws, uri):
            raise errors.validation(f"Could not find model data at {uri}.")


def _is_readable(aws: Aws, uri: str) -> bool:
    bucket, key = _split(uri)
    try:
        aws.clients.s3.head_object(Bucket=bucket, Key=key)
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


def _split(uri: str) -> tuple[str, str]:
    try:
        return split_uri(uri)
    except ClientFailure as failure:
        raise errors.validation(str(failure).removeprefix("ClientError: ")) from failure
