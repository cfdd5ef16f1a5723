"""A template's values as patterns: known values are filled in, values of a deployment become `*`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.access.document import Document

# How the end-to-end tests deploy the template.
_KNOWN = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "000000000000",
    "AWS::URLSuffix": "amazonaws.com",
    "SageMakerProjectName": "scones",
    "ProjectName": "scones",
}
# `Ref` answers these types' ARN, where it answers others' name.
_ARN_BY_REF = ("AWS::SNS::Topic", "AWS::StepFunctions::StateMachine")
_VARIABLE = re.compile(r"\$\{([^!}]+)\}")


def patterns(document: Document, value: Any) -> Iterator[str]:
    """All patterns that a value may have: a list's members, both branches of a condition."""
    if isinstance(value, list):
        for item in value:
            yield from patterns(document, item)
    elif isinstance(value, str):
        yield str(value)
    elif isinstance(value, dict):
        (name, argument), *_ = value.items()
        yield from _function(document, name.removeprefix("Fn::"), argument)


def _function(document: Document, name: str, argument: Any) -> Iterator[str]:
    if name == "If":
        yield from patterns(document, argument[1:])
    elif name == "Sub":
        text, own = argument if isinstance(argument, list) else (argument, {})
        yield _VARIABLE.sub(lambda found: _variable(document, found.group(1), own), text)
    elif name == "Ref" and argument == "AWS::NoValue":
        return
    elif name in ("Ref", "GetAtt"):
        yield _variable(document, argument if isinstance(argument, str) else ".".join(argument), {})
    else:
        yield "*"


def _variable(document: Document, name: str, own: dict[str, Any]) -> str:
    if name in _KNOWN:
        return _KNOWN[name]
    if name in own:
        return next(patterns(document, own[name]), "*")
    logical, _, attribute = name.partition(".")
    called = _name(document, logical)
    by_ref = document.resources.get(logical, {}).get("Type") in _ARN_BY_REF
    return f"*{called}" if attribute == "Arn" or (by_ref and not attribute) else called


def _name(document: Document, logical: str) -> str:
    """The name of a resource of the template, from its type's name property."""
    resource = document.resources.get(logical, {})
    kind = resource.get("Type", "").rpartition("::")[2]
    properties = resource.get("Properties", {})
    for member in (f"{kind}Name", "Name", "TopicName", "QueueName"):
        if member in properties:
            return next(patterns(document, properties[member]), "*")
    return "*"
