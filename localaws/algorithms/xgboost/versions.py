"""The versions of AWS's container, which differ in what they accept and in what they write.

https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html; what each accepts is in the tags of
https://github.com/aws/sagemaker-xgboost-container. Version 1 is older than the public source, and taken as 0.90-1.
"""

from __future__ import annotations

import re

VERSIONS = ("1", "0.90-1", "0.90-2", "1.0-1", "1.2-1", "1.2-2", "1.3-1", "1.5-1", "1.7-1", "3.0-5")
NEWEST = VERSIONS[-1]
_TAG = re.compile(r"^[^:]*:([0-9]+(?:\.[0-9]+-[0-9]+)?)(?:-[a-z].*)?$")


def find_version(image: str) -> str:
    """The container's version in an image URI such as `.../sagemaker-xgboost:1.7-1-cpu-py3`; the newest of others."""
    name = image.rsplit("/", 1)[-1].split("@", maxsplit=1)[0]
    if name in ("xgboost", "xgboost:latest"):
        # `latest` of the first repository never moved on, see the SDK's image_uri_config/xgboost.json.
        return "1"
    tag = _TAG.match(name)
    return tag[1] if tag and tag[1] in VERSIONS else NEWEST


def is_at_least(version: str, other: str) -> bool:
    """Whether a version is another one or came after it."""
    return VERSIONS.index(version) >= VERSIONS.index(other)


def writes_pickle(version: str) -> bool:
    """Whether the container's artifact is a pickle of the booster; since 1.3-1 it is XGBoost's own format."""
    return not is_at_least(version, "1.3-1")


def has_old_defaults(version: str) -> bool:
    """Whether its XGBoost is older than 2.0: trees by `exact` where few rows are, predictions from 0.5."""
    return not is_at_least(version, "3.0-5")
