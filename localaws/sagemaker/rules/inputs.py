"""Inputs that must be in S3 when a job is created, as the job's role sees them.

AWS checks the channels of training jobs, also of a search's, and for a transform job's input before it creates the
job: https://github.com/aws/amazon-sagemaker-examples/issues/2267 (training), issues/2414 (transform). It checks a
processing job's inputs when the job runs; that is localaws/jobs/staging.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from localaws import errors
from localaws.aws import Aws
from localaws.jobs.failures import ClientFailure
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
        if not _is_there(s3, uri):
            raise errors.validation(_words(aws, role, uri))


def _is_there(s3: Any, uri: str) -> bool:  # noqa: ANN401 - boto3's
    try:
        bucket, prefix = split_uri(uri)
        return bool(s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount"))
    except ClientFailure as failure:
        raise errors.validation(str(failure).removeprefix("ClientError: ")) from failure
    except ClientError as error:
        if error.response["Error"]["Code"] in _UNSEEN:
            return False
        raise


def _words(aws: Aws, role: str | None, uri: str) -> str:
    return (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists in '
        f"the selected region ({aws.settings.region}), that objects exist under that S3 prefix, and that the role "
        f'"{role}" has "s3:ListBucket" permissions on bucket "{split_uri(uri)[0]}".'
    )
