"""Whether the region has what the pipeline needs: SageMaker, and the built-in algorithm's images."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import boto3

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
# The SageMaker SDK's own table, read as a file: importing the SDK takes seconds.
TABLE = Path("image_uri_config") / "image-classification.json"


def check(region: str) -> list[str]:
    """Say when SageMaker or its image classification is not offered in a region."""
    session = boto3.Session()
    served = {name for part in PARTITIONS for name in session.get_available_regions("sagemaker", part)}
    if region not in served:
        return [f"SageMaker is not offered in {region}; choose one of {', '.join(sorted(served))} with AWS_REGION."]
    offered = _algorithm_regions()
    if offered and region not in offered:
        return [
            f"The built-in image classification has no image in {region}; "
            f"choose one of {', '.join(sorted(offered))} with AWS_REGION."
        ]
    return []


@cache
def _algorithm_regions() -> frozenset[str]:
    """Regions of the SDK's table; none where the SDK is not installed."""
    spec = find_spec("sagemaker")
    path = Path(spec.origin).parent / TABLE if spec and spec.origin else None
    if path is None or not path.is_file():
        return frozenset()
    versions = json.loads(path.read_text(encoding="utf-8"))["versions"]
    return frozenset(region for version in versions.values() for region in version["registries"])
