"""Instances that EC2 has withdrawn and that botocore's enums still have: nobody can start one any more.

A new account's quota for them is 0 (https://github.com/zenml-io/zenml/issues/847 has AWS's words of today). What an
account gets that had a quota before is likely the answer for a type that SageMaker does not offer in a region
(https://github.com/aws/amazon-sagemaker-examples/issues/1001): the code is the same, so a retry policy sees no
difference.
"""

from __future__ import annotations

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.sagemaker.rules import instances
from localaws.shapes import Document

_NEW = (
    "The account-level service limit '{type} for {usage}' is 0 Instances, with current utilization of 0 Instances and "
    "a request delta of {count} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS "
    "Service Quotas is not available, contact AWS support to request an increase for this quota."
)
_EXISTING = "The requested resource {noun}/{type} is not available in this region"


def check(aws: Aws, noun: str, usage: str, resources: Document) -> None:
    """Raise ResourceLimitExceeded for a withdrawn type; `noun` is the job's in ARNs, `usage` its quota's."""
    for kind in filter(instances.is_withdrawn, instances.types_of(resources)):
        count = resources.get("InstanceCount") or resources.get("InitialInstanceCount") or 1
        words = _EXISTING if aws.settings.existing_customer else _NEW
        raise AwsError("ResourceLimitExceeded", words.format(type=kind, usage=usage, count=count, noun=noun))


def check_job(aws: Aws, noun: str, request: Document) -> None:
    """Refuse a processing, training or transform job on a withdrawn type."""
    resources = (
        request.get("ResourceConfig")
        or request.get("TransformResources")
        or request.get("ProcessingResources", {}).get("ClusterConfig", {})
    )
    spot = "spot " if request.get("EnableManagedSpotTraining") else ""
    check(aws, noun, f"{spot}{noun.replace('-', ' ')} usage", resources)


def check_variants(aws: Aws, config: Document) -> None:
    """Refuse to start an endpoint with a variant on a withdrawn type."""
    for variant in config["ProductionVariants"]:
        check(aws, "endpoint", "endpoint usage", variant)
