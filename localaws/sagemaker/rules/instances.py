"""What SageMaker's rules ask of an instance type: has it disks of its own, how large, and does EC2 still have it."""

from __future__ import annotations

import re

from localaws.shapes import Document

# EC2's names: family letters, generation, attributes, options (`p6-b200`). The attribute d is "instance store volumes":
# https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_NAME = re.compile(r"(?:ml\.)?(?P<letters>[a-z]+)(?P<generation>\d+)(?P<attributes>[a-z]*)(?:-[a-z0-9]+)?\.")
# Families with instance store volumes whose names do not say so, of those that botocore's enums of SageMaker have:
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html (accelerated computing, "Instance store" column).
_WITH_DISKS = frozenset(
    {"dl1", "g5", "g6", "g6e", "g7", "g7e", "p5", "p5e", "p5en", "p6", "p6e", "trn1", "trn1n", "trn2"}
)
# GB of all instance store volumes together, by family and size; from the same pages.
_SIZES = ("xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge")
_DISKS_GB: dict[str, dict[str, int]] = {
    "g4dn": dict(zip(_SIZES, (125, 225, 225, 900, 900, 900), strict=False)),
    "g5": dict(zip(_SIZES, (250, 450, 600, 900, 3800, 1900, 3800, 7600), strict=True)),
    "g6": dict(zip(_SIZES, (250, 450, 600, 900, 3760, 1880, 3760, 7520), strict=True)),
    "r5d": dict(zip(("large", *_SIZES), (75, 150, 300, 600, 1200, 1800, 2400, 3600), strict=False)),
}
# Amazon told P2's users to leave in 2024 (eksctl-io/eksctl #7826), P3's by 2025-12-20 (zalando-incubator/
# kubernetes-on-aws #8685; dstackai/gpuhunt #233: EC2's API describes none since May 2026). botocore's enums keep both.
_WITHDRAWN = frozenset({"p2", "p3"})


def family(instance_type: str) -> str:
    """The family of an instance type: `ml.g4dn.xlarge` is a `g4dn`, `ml.p6-b200.48xlarge` a `p6`."""
    parts = _NAME.match(instance_type)
    return "".join(parts.group("letters", "generation", "attributes")) if parts else ""


def has_local_storage(instance_type: str) -> bool:
    """Whether SageMaker puts a job's files on the instance's own disks, where no EBS volume is attached."""
    parts = _NAME.match(instance_type)
    return parts is not None and ("d" in parts["attributes"] or family(instance_type) in _WITH_DISKS)


def local_storage_gb(instance_type: str) -> int | None:
    """GB of the instance's own disks; None for an instance without them, and for one that is not listed here."""
    return _DISKS_GB.get(family(instance_type), {}).get(instance_type.rsplit(".", 1)[-1])


def is_withdrawn(instance_type: str) -> bool:
    """Whether EC2 has no such instance any more."""
    return family(instance_type) in _WITHDRAWN


def types_of(resources: Document) -> list[str]:
    """The instance types that a job's resources name: one, or those of its groups, preferences or configurations."""
    several = [
        *(resources.get("InstanceGroups") or []),
        *(resources.get("InstancePreferences") or []),
        *(resources.get("InstanceConfigs") or []),
    ]
    named = [item["InstanceType"] for item in [resources, *several] if item.get("InstanceType")]
    return list(dict.fromkeys(named))
