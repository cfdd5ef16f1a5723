"""The data of an execution: the newest archive or one that a person names, and the version of all of it."""

from common.data_version import RAW, StoredObject, compute_version, find_newest, list_objects
from common.s3 import S3Address, parse_s3_address
from pipelines.clients import Client
from pipelines.errors import NoDataError, PipelineError


def version_data(s3: Client, *uris: str) -> str:
    """Return 16 hexadecimal digits that name the keys and contents under some S3 addresses."""
    return compute_version(entry for uri in uris for entry in list_at(s3, uri))


def list_at(s3: Client, uri: str) -> list[StoredObject]:
    """List what lies under an S3 address."""
    address = get_address(uri)
    return list(list_objects(s3, address.bucket, address.key))


def newest_archive(s3: Client, bucket: str) -> str:
    """Return the address of the archive that was put into `raw/` last; raise NoDataError where there is none."""
    newest = find_newest(list_objects(s3, bucket, RAW))
    if newest is None:
        raise NoDataError(
            f"There is no archive under s3://{bucket}/{RAW}; put one there with "
            "`scones dataset sample`, `scones dataset cifar100` or `scones dataset upload PATH`."
        )
    return f"s3://{bucket}/{newest.key}"


def require_data(s3: Client, uri: str) -> None:
    """Raise PipelineError when nothing lies under an address that a person gave."""
    if not list_at(s3, uri):
        raise PipelineError(f"InputDataUri is {uri}, and no object is there; give the address of an archive.")


def get_address(uri: str) -> S3Address:
    """Read an S3 address with a key or prefix; raise PipelineError for any other text."""
    address = parse_s3_address(uri)
    if address is None or not address.key.strip("/"):
        raise PipelineError(f"{uri!r} is not an S3 address; write it as s3://<bucket>/<key or prefix>.")
    return address
