"""What SageMaker no longer does for an account that is new to it: Model Monitor, Clarify and Debugger.

SCONES_ACCOUNT says which account the local AWS is. What is closed, and in which words, is in the developer guide:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-availability-change.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-availability-change.html.
Data capture, and processing jobs of a project's own image, stay open; what is there already is described and deleted.
"""

from __future__ import annotations

from collections.abc import Mapping

from localaws import errors
from localaws.aws import Aws
from localaws.protocol import Operation
from localaws.records.jobs import PROCESSING, TRAINING, JobKind
from localaws.shapes import Document

MONITOR = (
    "CreateDataQualityJobDefinition",
    "CreateModelBiasJobDefinition",
    "CreateModelExplainabilityJobDefinition",
    "CreateModelQualityJobDefinition",
    "CreateMonitoringSchedule",
    "UpdateMonitoringSchedule",
)
_CLOSED = "is in maintenance mode and is not available to new customers."
_CLARIFY_IMAGE = "sagemaker-clarify-processing"
_DEBUGGER = ("DebugHookConfig", "DebugRuleConfigurations", "ProfilerRuleConfigurations")


def to_new_accounts(operations: Mapping[str, Operation]) -> dict[str, Operation]:
    """The operations, those of Model Monitor that make or change something closed to a new account."""
    return {name: _closed(operation) if name in MONITOR else operation for name, operation in operations.items()}


def _closed(operation: Operation) -> Operation:
    def answer(aws: Aws, request: Document) -> Document:
        if not aws.settings.existing_customer:
            raise errors.validation(f"This operation {_CLOSED}")
        return operation(aws, request)

    return answer


def check_job(aws: Aws, kind: JobKind, request: Document) -> None:
    """Refuse a job that a new account may not have: Clarify's image, and a training job that Debugger watches."""
    if aws.settings.existing_customer:
        return
    if kind is PROCESSING and _CLARIFY_IMAGE in request["AppSpecification"]["ImageUri"]:
        raise errors.validation(f"SageMaker Clarify processing {_CLOSED}")
    if kind is TRAINING and (any(request.get(member) for member in _DEBUGGER) or _profiled(request)):
        raise errors.validation(f"SageMaker Debugger {_CLOSED}")


def check_endpoint(aws: Aws, request: Document) -> None:
    """Refuse an endpoint whose answers Clarify would explain."""
    if "ExplainerConfig" in request and not aws.settings.existing_customer:
        raise errors.validation(f"SageMaker Clarify {_CLOSED}")


def _profiled(request: Document) -> bool:
    profiler = request.get("ProfilerConfig")
    return profiler is not None and not profiler.get("DisableProfiler", False)
