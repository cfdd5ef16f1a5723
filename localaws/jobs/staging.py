"""S3 objects into a job's directories before it runs, and files back into S3 after."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from botocore.exceptions import ClientError

from common.s3 import parse_s3_address
from localaws.failures import ClientFailure
from localaws.ministack.objects import Objects
from localaws.platforms import is_case_sensitive

_TRANSFERS = 4
Item = TypeVar("Item")


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key (or prefix) of an s3:// address."""
    address = parse_s3_address(uri)
    if address is None:
        raise ClientFailure(f"{uri!r} is not an S3 address; give one such as s3://bucket/prefix.")
    return address.bucket, address.key.lstrip("/")


def download(objects: Objects, uri: str, target: Path, kind: str, share: tuple[int, int] = (0, 1)) -> None:
    """Copy the objects under `uri` into `target`; `share` is (instance, instances) for ShardedByS3Key.

    `kind` is SageMaker's S3DataType: S3Prefix, or ManifestFile for a JSON list of names.
    """
    bucket, prefix = split_uri(uri)
    found = list(_manifest(objects, bucket, prefix) if kind == "ManifestFile" else _listed(objects, bucket, prefix))
    if not found:
        raise ClientFailure(
            f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket '
            "exists in the selected region, that objects exist under that S3 prefix, and that the role has "
            f'"s3:ListBucket" permissions on bucket "{bucket}".'
        )
    instance, instances = share
    target.mkdir(parents=True, exist_ok=True)
    _check_names(target, [name for _, _, name in found])
    _each(
        lambda item: _get(objects, item[0], item[1], _below(target, item[2])),
        [item for index, item in enumerate(found) if index % instances == instance],
    )


def download_object(objects: Objects, uri: str, target: Path) -> None:
    """Copy the one object at `uri` to the file `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _get(objects, *split_uri(uri), target)


def download_all(objects: Objects, uri: str, target: Path) -> None:
    """Copy the objects under `uri`, of which there may be none, into the folder `target`."""
    bucket, prefix = split_uri(uri)
    found = list(_listed(objects, bucket, prefix))
    _check_names(target, [name for _, _, name in found])
    _each(lambda item: _get(objects, item[0], item[1], _below(target, item[2])), found)


def upload(objects: Objects, source: Path, uri: str) -> None:
    """Copy every file below `source` to `uri`/<relative path>."""
    bucket, prefix = split_uri(uri)
    base = prefix.rstrip("/")
    files = [path for path in sorted(source.rglob("*")) if path.is_file() and not path.is_symlink()]
    _each(
        lambda path: _put(objects, path, bucket, f"{base}/{path.relative_to(source).as_posix()}".lstrip("/")),
        files,
    )


def upload_file(objects: Objects, source: Path, uri: str) -> None:
    """Copy one file to `uri`."""
    bucket, key = split_uri(uri)
    _put(objects, source, bucket, key)


def upload_archive(objects: Objects, source: Path, uri: str) -> None:
    """Pack what `source` holds into one .tar.gz and put it at `uri`."""
    bucket, key = split_uri(uri)
    # Not where the program could leave a link of the archive's name.
    with TemporaryDirectory() as work:
        archive = Path(work, "archive.tar.gz")
        with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
            for path in sorted(source.iterdir()):
                packed.add(path, arcname=path.name)
        _put(objects, archive, bucket, key)


def _get(objects: Objects, bucket: str, key: str, target: Path) -> None:
    try:
        content = objects.read(bucket, key)
    except ClientError as error:
        raise ClientFailure(f"s3://{bucket}/{key} cannot be read: {error}") from error
    target.write_bytes(content)


def _put(objects: Objects, source: Path, bucket: str, key: str) -> None:
    try:
        objects.write(bucket, key, source)
    except ClientError as error:
        raise ClientFailure(f"s3://{bucket}/{key} cannot be written: {error}") from error


def _listed(objects: Objects, bucket: str, prefix: str) -> Iterator[tuple[str, str, str]]:
    try:
        for key in objects.list_keys(bucket, prefix):
            if not key.endswith("/"):
                yield bucket, key, _relative(key, prefix)
    except ClientError as error:
        raise ClientFailure(f"s3://{bucket}/{prefix} cannot be listed: {error}") from error


def _relative(key: str, prefix: str) -> str:
    folder = prefix if prefix.endswith("/") else prefix + "/"
    if key.startswith(folder):
        return key[len(folder) :]
    # The prefix is the whole name of an object, or the beginning of several names.
    return key[prefix.rfind("/") + 1 :]


def _manifest(objects: Objects, bucket: str, key: str) -> Iterator[tuple[str, str, str]]:
    try:
        entries = json.loads(objects.read(bucket, key))
        base_bucket, base = split_uri(entries[0]["prefix"])
    except (ClientError, ValueError, LookupError, TypeError) as error:
        raise ClientFailure(f"The manifest s3://{bucket}/{key} cannot be read: {error}") from error
    for name in entries[1:]:
        yield base_bucket, base + name, name


def _below(target: Path, name: str) -> Path:
    path = (target / name).resolve()
    if not path.is_relative_to(target.resolve()):
        raise ClientFailure(f"The object name {name!r} leads out of its directory.")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _check_names(target: Path, names: list[str]) -> None:
    """Refuse names that would be one file: a container on AWS finds each of them."""
    folded = Counter(name.casefold() for name in names)
    alike = sorted(name for name in names if folded[name.casefold()] > 1)
    if alike and not is_case_sensitive(target):
        raise ClientFailure(
            f"The objects {', '.join(alike[:2])} differ in case alone, and this machine's disk keeps one file of them; "
            "rename one of them, or set SCONES_HOME to a folder on a case-sensitive volume."
        )


def _each(work: Callable[[Item], object], items: Sequence[Item]) -> None:
    if len(items) == 1:
        work(items[0])
        return
    with ThreadPoolExecutor(_TRANSFERS) as pool:
        for _ in pool.map(work, items):
            pass
