"""What SageMaker no longer does for an account that is new to it: Model Monitor, Clarify and Debugger.

SCONES_ACCOUNT says which account the local AWS is. What is closed, and in which words, is in the developer guide:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-availability-change.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-availability-change.html.
Data capture, and processing jobs of a project's own image, stay open; what is there already is described and deleted.
"""

from __future__ import annotations

from localaws.operations import Closed
from localaws.records.jobs import PROCESSING, TRAINING
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
