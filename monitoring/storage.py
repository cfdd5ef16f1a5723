"""The edge to AWS: clients of the job's region, and objects in S3 that are read piece by piece."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from common.jobs import Refusal
from common.s3 import parse_s3_address
from monitoring.options import Window

BUFFER = 1 << 20
"""Bytes that are fetched at once; a line may be longer."""


def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
    """A client of the region that the job runs in. SageMaker names it in AWS_REGION, which boto3 does not read."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return boto3.client(service, region_name=region)


def split(uri: str, name: str) -> tuple[str, str]:
    """Bucket and prefix of an S3 address, the prefix without its last slash; `name` is the variable that holds it."""
    address = parse_s3_address(uri)
    if address is None:
        raise Refusal(f"{name} is {uri!r}, where s3://bucket/prefix is needed: set it so, or unset it.")
    return address.bucket, address.key.rstrip("/")


def list_keys(s3: Any, bucket: str, prefix: str) -> Iterator[str]:  # noqa: ANN401
    """The keys of the .jsonl objects below a prefix, in their order."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/".lstrip("/")):
        yield from (entry["Key"] for entry in page.get("Contents", []) if entry["Key"].endswith(".jsonl"))


def captured(uri: str, endpoint: str, window: Window) -> Iterator[IO[bytes]]:
    """The objects that lie in the folders of a window's hours, of each variant of an endpoint; an hour may have none.

    SageMaker writes to `<uri>/<endpoint>/<variant>/yyyy/mm/dd/hh/`. Raises Refusal where that cannot be listed or read.
    """
    bucket, root = split(uri, "CAPTURE_URI")
    s3, base = client("s3"), f"{root}/{endpoint}".lstrip("/")
    try:
        for variant in list(_folders(s3, bucket, base)):
            for hour in window.hours():
                for key in list_keys(s3, bucket, f"{variant}{hour:%Y/%m/%d/%H}"):
                    yield _stream(s3.get_object(Bucket=bucket, Key=key)["Body"])
    except (ClientError, BotoCoreError) as error:
        raise Refusal(f"The captures below {uri} cannot be read ({error}): see the job's role and network.") from error


def fetch(uri: str, names: tuple[str, ...], folder: Path, most: int) -> list[Path]:
    """Bring files of a baseline, of `most` bytes each, into a folder; raises Refusal where one is not there."""
    bucket, prefix = split(uri, "BASELINE_URI")
    s3, files = client("s3"), []
    for name in names:
        try:
            found = s3.get_object(Bucket=bucket, Key=f"{prefix}/{name}".lstrip("/"))
            if found["ContentLength"] > most:
                raise Refusal(
                    f"{uri}/{name} has more than the {most:,} bytes that a baseline may have: measure it anew."
                )
            files.append(folder / name)
            files[-1].write_bytes(found["Body"].read())
        except (ClientError, BotoCoreError) as error:
            raise Refusal(
                f"The baseline {uri}/{name} cannot be read ({error}): it is measured when a version goes live, by the "
                "job that refresh_workflow starts; see that job, and the role of this one."
            ) from error
    return files


def _folders(s3: Any, bucket: str, base: str) -> Iterator[str]:  # noqa: ANN401
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{base}/", Delimiter="/")
    return (item["Prefix"] for page in pages for item in page.get("CommonPrefixes", []))


def _stream(body: Any) -> IO[bytes]:  # noqa: ANN401 - botocore's
    stream: IO[bytes] = io.BufferedReader(body, BUFFER)
    return stream
