"""Properties of resources as the requests that CloudFormation makes of them, for botocore to judge."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape
from botocore.validate import ParamValidator

# Type -> service, operation, members that another call carries, and what AWS calls a member there.
MAPPED: dict[str, tuple[str, str, set[str], dict[str, str]]] = {
    "AWS::SageMaker::ModelPackageGroup": ("sagemaker", "CreateModelPackageGroup", set(), {}),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm", set(), {}),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "PutDashboard", set(), {}),
    "AWS::Lambda::Function": ("lambda", "CreateFunction", set(), {"KmsKeyArn": "KMSKeyArn"}),
    "AWS::Lambda::LayerVersion": ("lambda", "PublishLayerVersion", set(), {}),
    "AWS::Lambda::EventInvokeConfig": ("lambda", "PutFunctionEventInvokeConfig", set(), {}),
    "AWS::Budgets::Budget": ("budgets", "CreateBudget", set(), {}),
    "AWS::Logs::LogGroup": ("logs", "CreateLogGroup", {"RetentionInDays"}, {}),
    "AWS::CodeBuild::Project": ("codebuild", "CreateProject", {"Triggers"}, {"buildSpec": "buildspec"}),
    "AWS::CodeCommit::Repository": ("codecommit", "CreateRepository", {"Code", "Tags"}, {}),
}
# What CloudFormation adds by itself.
_ADDED = {"AWS::Budgets::Budget": {"AccountId": "123456789012"}}


def faults(kind: str, properties: Mapping[str, Any]) -> str:
    """What botocore says of a resource's properties; empty where it says nothing."""
    service, operation, elsewhere, names = MAPPED[kind]
    shape = _read_shape(service, operation)
    own = {name: value for name, value in properties.items() if name not in elsewhere}
    request = {**_fit(own, shape, names), **_ADDED.get(kind, {})}
    return str(ParamValidator().validate(request, shape).generate_report())


@cache
def _read_shape(service: str, operation: str) -> Shape:
    return botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape


def _fit(value: Any, shape: Shape | None, names: Mapping[str, str]) -> Any:
    """Spell members as the API does, and turn texts into numbers where it wants numbers: CloudFormation does both."""
    if shape is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        spelt = {_spell(name, shape, names): entry for name, entry in value.items()}
        return {name: _fit(entry, shape.members.get(name), names) for name, entry in spelt.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_fit(item, shape.member, names) for item in value]
    if shape.type_name in ("integer", "long") and isinstance(value, str) and value.isdecimal():
        return int(value)
    if shape.type_name in ("double", "float") and isinstance(value, str):
        return float(value)
    return value


def _spell(name: str, shape: Shape, names: Mapping[str, str]) -> str:
    lower = name[0].lower() + name[1:]
    found = next((one for one in (name, lower, names.get(name), names.get(lower)) if one in shape.members), None)
    return found or name
