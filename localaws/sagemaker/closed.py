"""What SageMaker no longer does for an account that is new to it: Model Monitor, Clarify and Debugger.

SCONES_ACCOUNT says which account the local AWS is. What is closed, and in which words, is in the developer guide:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-availability-change.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-availability-change.html.
Data capture, and processing jobs of a project's own image, stay open; what is there already is described and deleted.
"""

from __future__ import annotations

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.operations import Closed
from localaws.records.jobs import PROCESSING, TRAINING
from localaws.sagemaker.rules import instances
from localaws.shapes import Document

_CLARIFY_IMAGE = "sagemaker-clarify-processing"
_DEBUGGER = ("DebugHookConfig", "DebugRuleConfigurations", "ProfilerRuleConfigurations")


def operation(_: Document) -> str:
    """An operation of Model Monitor is closed whatever it asks for."""
    return "This operation"


def explains(request: Document) -> str | None:
    """An endpoint whose answers Clarify would explain."""
    return "SageMaker Clarify" if "ExplainerConfig" in request else None


def nothing(_: Document) -> None:
    """An operation that is open."""


def _clarifies(request: Document) -> str | None:
    return "SageMaker Clarify processing" if _CLARIFY_IMAGE in request["AppSpecification"]["ImageUri"] else None


def _debugs(request: Document) -> str | None:
    profiler = request.get("ProfilerConfig")
    profiled = profiler is not None and not profiler.get("DisableProfiler", False)
    return "SageMaker Debugger" if profiled or any(request.get(member) for member in _DEBUGGER) else None


JOBS: dict[str, Closed] = {PROCESSING.noun: _clarifies, TRAINING.noun: _debugs}


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
