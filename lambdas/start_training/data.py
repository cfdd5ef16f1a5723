"""Which data an execution reads, chosen as `scones run` does: the newest archive, and a name for all the bytes.

The name is part of the step cache's key. This function ships alone and cannot import the pipeline's own module;
a contract test holds both to the same answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from start_training.errors import NothingToTrainOn
from start_training.labels import is_recordable

DIGITS = 16
KEEP = "curated/.keep"


def choose(s3: Any, bucket: str) -> dict[str, str]:  # noqa: ANN401 - boto3's clients have no static type
    """The parameters InputDataUri, CuratedDataUri and DatasetVersion; raises NothingToTrainOn."""
    archives = list(_list(s3, bucket, "raw/"))
    if not archives:
        raise NothingToTrainOn(
            f"There is no archive under s3://{bucket}/raw/; put one there with `scones dataset cifar100`."
        )
    source: str = max(archives, key=lambda entry: (entry["LastModified"], entry["Key"]))["Key"]
    if not is_recordable(f"s3://{bucket}/{source}"):
        raise NothingToTrainOn(
            f"The newest archive is s3://{bucket}/{source}; its address is recorded with the model, where AWS takes up "
            "to 256 letters, digits, spaces and _.:/=+-@ only: give it another name."
        )
    curated = list(_list(s3, bucket, "curated/")) or [_keep(s3, bucket)]
    return {
        "InputDataUri": f"s3://{bucket}/{source}",
        "CuratedDataUri": f"s3://{bucket}/curated/",
        "DatasetVersion": _digest([*_list(s3, bucket, source), *curated]),
    }


def _digest(entries: list[dict[str, Any]]) -> str:
    lines = sorted(f"{entry['Key']}\t{entry['ETag'].strip(chr(34))}\n" for entry in entries)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:DIGITS]


def _keep(s3: Any, bucket: str) -> dict[str, Any]:  # noqa: ANN401
    """Hold the prefix open: SageMaker refuses an input without objects."""
    return {"Key": KEEP, **s3.put_object(Bucket=bucket, Key=KEEP, Body=b"")}


def _list(s3: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (entry for entry in page.get("Contents", []) if not entry["Key"].endswith("/"))
