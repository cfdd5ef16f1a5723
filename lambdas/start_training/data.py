"""Which data an execution reads, chosen as `scones run` does: the newest archive, and a name for all the bytes."""

from __future__ import annotations

from typing import Any

from common.data_version import CURATED, RAW, compute_version, find_newest, keep_prefix, list_objects
from common.metadata import ALLOWED, is_allowed
from start_training.errors import NothingToTrainOn


def choose(s3: Any, bucket: str) -> dict[str, str]:  # noqa: ANN401 - boto3's clients have no static type
    """The parameters InputDataUri, CuratedDataUri and DatasetVersion; raises NothingToTrainOn."""
    newest = find_newest(list_objects(s3, bucket, RAW))
    if newest is None:
        raise NothingToTrainOn(
            f"There is no archive under s3://{bucket}/{RAW}; put one there with `scones dataset cifar100`."
        )
    source = f"s3://{bucket}/{newest.key}"
    if not is_allowed(source):
        raise NothingToTrainOn(
            f"The newest archive is {source}; its address is recorded with the model, where AWS takes {ALLOWED} only: "
            "give it another name."
        )
    keep_prefix(s3, bucket, CURATED)
    objects = [*list_objects(s3, bucket, newest.key), *list_objects(s3, bucket, CURATED)]
    return {
        "InputDataUri": source,
        "CuratedDataUri": f"s3://{bucket}/{CURATED}",
        "DatasetVersion": compute_version(objects),
    }
