"""IAM: the managed policy of SageMaker's roles, which MiniStack does not have; the SDK attaches it by its name.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerFullAccess.html
"""

from __future__ import annotations

from pathlib import Path

from ministack.services import iam

from localaws.aws import Aws
from localaws.ministack.patching import Patch

_FOLDER = Path(__file__).parents[1] / "iam" / "policies"
_PREFIX = "arn:aws:iam::aws:policy/"


def patch(_: Aws) -> Patch:
    """Add each policy of `localaws/iam/policies`, whose file has AWS's own document (version 29)."""
    return Patch(replaces={iam: {"_aws_managed_policies": _with_policies}}, reads={iam: ("_make_aws_managed_record",)})


def _with_policies(known: dict[str, object]) -> dict[str, object]:
    for file in sorted(_FOLDER.glob("*.json")):
        record = iam._make_aws_managed_record(file.stem, file.read_text(encoding="utf-8"), "")
        known.setdefault(f"{_PREFIX}{file.stem}", record)
    return known
