"""The form of a definition: what each member may be, before anything is made of it.

A definition comes from whoever may create a pipeline. What is not of its form is refused when the pipeline is
created, with the place; nothing after that has to expect a list where a name belongs.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from localaws import errors, nesting
from localaws.engine import quality, references
from localaws.engine.logic import check_forms
from localaws.engine.retries import EXCEPTION_TYPES
from localaws.shapes import Document

_MOST_LEVELS = 100  # the deepest definition of the SDK has some twenty
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # botocore: StepName, which is what it is listed as
_PARAMETER_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")  # botocore: PipelineParameterName, by which it is given a value
_NAME_RULE = "it has 1 to {} letters, digits, hyphens and underscores"
_TYPES: dict[str, type] = {
    "Arguments": dict,
    "CacheConfig": dict,
    "DependsOn": list,
    "Description": str,
    "DisplayName": str,
    "OutputParameters": list,
    "PropertyFiles": list,
    "RetryPolicies": list,
}
# sagemaker.workflow.pipeline, 2.257.7 and 3.27
_BODY = ("Version", "Metadata", "Parameters", "PipelineExperimentConfig", "MlflowConfig", "Steps")
_ANY = ("Name", "Type", "Arguments", "DependsOn", "Description", "DisplayName")
_CACHED, _RETRIED = ("CacheConfig",), ("RetryPolicies",)
# What the SDK's steps write beside these (sagemaker.workflow, 2.257.7), and which steps AWS retries:
# https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html
_MEMBERS = {
    "Processing": (*_ANY, *_CACHED, *_RETRIED, "PropertyFiles"),
    "Training": (*_ANY, *_CACHED, *_RETRIED, "PropertyFiles"),
    "Transform": (*_ANY, *_CACHED, *_RETRIED),
    "Tuning": (*_ANY, *_CACHED, *_RETRIED),
    "Model": (*_ANY, *_RETRIED),
    "RegisterModel": (*_ANY, *_RETRIED),
    "Lambda": (*_ANY, *_CACHED, "FunctionArn", "OutputParameters"),
    "Callback": (*_ANY, *_CACHED, "SqsQueueUrl", "OutputParameters"),
    quality.TYPE: (*_ANY, *_CACHED, *quality.OPTIONS),
    "Condition": _ANY,
    "Fail": _ANY,
}
_NEEDED = {"Lambda": "FunctionArn", "Callback": "SqsQueueUrl"}  # beside Name and Type
_PARAMETER = ("Name", "Type", "DefaultValue", "Description", "EnumValues")
_MOST_VALUES = 16
_OUTPUT_TYPES = ("String", "Integer", "Boolean", "Float")
_RETRY = ("ExceptionType", "IntervalSeconds", "BackoffRate", "MaxAttempts", "ExpireAfterMin")
# The SDK's caps: sagemaker.workflow.retry.MAX_ATTEMPTS_CAP and MAX_EXPIRE_AFTER_MIN.
_MOST = {"MaxAttempts": 20, "ExpireAfterMin": 14_400}
_BRANCHES = ("Conditions", "IfSteps", "ElseSteps")
_PROPERTY_FILE = ("PropertyFileName", "OutputName", "FilePath")
_NUMBERS = ("MaxAttempts", "ExpireAfterMin", "IntervalSeconds", "BackoffRate")
_NAMES: dict[object, str] = {dict: "an object", list: "a list", str: "text"}
_GET = re.compile(r"(Parameters|Execution|Steps)\.[^.\[]+(.*)", re.DOTALL)
_PROPERTY_GET = re.compile(r"Steps\.[^.\[]+\.PropertyFiles\.[^.\[]+")


def check_depth(body: object) -> None:
    """Refuse what is nested deeper than any definition: a reader of it would run out of stack."""
    if nesting.is_deeper(body, _MOST_LEVELS):
        raise errors.validation(f"The pipeline definition is nested deeper than {_MOST_LEVELS} levels.")


def check_body(body: Document) -> None:
    """Refuse members of a definition that would do nothing here."""
    _check_known("pipeline definition", body, _BODY)
    if body.get("MlflowConfig"):
        raise errors.validation("The local AWS does not emulate MlflowConfig; leave it out.")


def is_text(value: object) -> bool:
    """Whether a value is text, or a function that gives one and is of its form."""
    if isinstance(value, str):
        return True
    return _is_text_function(value) and all(
        _is_text_function(item) and _is_function(item) for item in references.functions_in(value)
    )


def check_parameters(parameters: object) -> None:
    """Refuse parameters that are not a list of objects with a name, and values that are no single value."""
    if not isinstance(parameters, list):
        raise errors.validation("Parameters must be a list.")
    for item in parameters:
        named = isinstance(item, dict) and isinstance(item.get("Name"), str)
        if not named or not isinstance(item.get("Type", "String"), str):
            raise errors.validation("Every parameter needs a Name, and has a Type that is text.")
        _check_known(f"parameter {item['Name']!r}", item, _PARAMETER)
        if not _PARAMETER_NAME.fullmatch(item["Name"]):
            raise errors.validation(
                f"The parameter name {item['Name'][:100]!r} is not allowed; {_NAME_RULE.format(256)}."
            )
        values = item.get("EnumValues") or []
        if isinstance(values, list) and len(values) > _MOST_VALUES:
            raise errors.validation(
                f"The parameter {item['Name']!r} has {len(values)} EnumValues; at most {_MOST_VALUES} are allowed."
            )
        if not isinstance(values, list) or not all(map(_is_single, [*values, item.get("DefaultValue")])):
            raise errors.validation(
                f"The parameter {item['Name']!r} has a DefaultValue or EnumValues that are neither text nor numbers."
            )


def check_step(body: object) -> None:
    """Refuse a step whose members are not of the form that a definition gives them."""
    if not isinstance(body, dict) or not isinstance(body.get("Name"), str) or not isinstance(body.get("Type"), str):
        raise errors.validation("Every step needs a Name and a Type.")
    name = body["Name"]
    if not _NAME.fullmatch(name):
        raise errors.validation(f"The step name {name[:100]!r} is not allowed; {_NAME_RULE.format(64)}.")
    if body["Type"] in _MEMBERS:
        _check_known(f"step {name!r}", body, _MEMBERS[body["Type"]])
    needed = _NEEDED.get(body["Type"])
    if needed and not body.get(needed):
        raise errors.validation(f"The {body['Type']} step {name!r} has no {needed}; it must have one.")
    if needed and not is_text(body[needed]):
        raise errors.validation(f"The step {name!r} has a {needed} that is not text or a reference.")
    for member, kind in _TYPES.items():
        if member in body and not isinstance(body[member], kind):
            raise errors.validation(f"The step {name!r} has a {member} that is not {_NAMES[kind]}.")
    _check_dependencies(name, body.get("DependsOn", []))
    _check_property_files(name, body.get("PropertyFiles", []))
    _check_outputs(name, body.get("OutputParameters", []))
    _check_retries(name, body.get("RetryPolicies", []))
    if body["Type"] == "Condition":
        _check_branches(name, body.get("Arguments", {}))


def check_references(name: str, value: Any) -> None:  # noqa: ANN401 - JSON of any type
    """Refuse a function of the definition's language that is not of its form."""
    for function in references.functions_in(value):
        if not _is_function(function):
            raise errors.validation(
                f"The step {name!r} has {str(function)[:200]}, which is no reference; allowed are Get with a path "
                "below Parameters, Execution or Steps, Std:Join with Values, Std:JsonGet with Path and either "
                "PropertyFile or S3Uri."
            )


def _check_dependencies(name: str, names: list[Any]) -> None:
    if any(isinstance(item, dict) and "Trigger" in item for item in names):
        raise errors.validation(
            f"The step {name!r} has a DependsOn with a Trigger, which the local AWS does not emulate; a step runs "
            "after those that it names have succeeded."
        )
    if not all(isinstance(item, str) for item in names):
        raise errors.validation(f"The step {name!r} has a DependsOn that is not a list of step names.")


def _check_property_files(name: str, files: list[Any]) -> None:
    for item in files:
        if not isinstance(item, dict) or not all(isinstance(item.get(member), str) for member in _PROPERTY_FILE):
            raise errors.validation(f"The step {name!r} has a property file without {', '.join(_PROPERTY_FILE)}.")


def _check_outputs(name: str, outputs: list[Any]) -> None:
    for item in outputs:
        if not isinstance(item, dict) or not isinstance(item.get("OutputName"), str):
            raise errors.validation(f"The step {name!r} has an output without an OutputName.")
        if item.get("OutputType") not in _OUTPUT_TYPES:
            raise errors.validation(
                f"The output {item['OutputName']!r} of the step {name!r} has the OutputType "
                f"{item.get('OutputType')!r}; allowed are {', '.join(_OUTPUT_TYPES)}."
            )


def _check_retries(name: str, policies: list[Any]) -> None:
    for item in policies:
        named = item.get("ExceptionType", []) if isinstance(item, dict) else None
        numbers = [item.get(number, 1) for number in _NUMBERS] if isinstance(item, dict) else []
        if not isinstance(named, list) or not all(_is_number(number) for number in numbers):
            raise errors.validation(f"The step {name!r} has a retry policy whose members are not of their types.")
        _check_known(f"retry policy of the step {name!r}", item, _RETRY)
        unknown = [kind for kind in named if kind not in EXCEPTION_TYPES]
        if unknown or not named:
            raise errors.validation(
                f"A retry policy of the step {name!r} has the ExceptionType {unknown or named}; allowed are "
                f"{', '.join(EXCEPTION_TYPES)}."
            )
        for member, most in _MOST.items():
            if not 1 <= item.get(member, 1) <= most:
                raise errors.validation(
                    f"A retry policy of the step {name!r} has {member} {item[member]}; 1 to {most} are allowed."
                )
        if {"MaxAttempts", "ExpireAfterMin"} <= item.keys():
            raise errors.validation(
                f"A retry policy of the step {name!r} has MaxAttempts and ExpireAfterMin; give one of them."
            )


def _check_known(owner: str, given: Document, known: Collection[str]) -> None:
    """Refuse a member that would do nothing, such as one that is misspelt."""
    unknown = sorted(given.keys() - set(known))
    if unknown:
        raise errors.validation(f"The {owner} has the member {unknown[0]!r}; it may have {', '.join(known)}.")


def _check_branches(name: str, arguments: Document) -> None:
    for member in _BRANCHES:
        if not isinstance(arguments.get(member) or [], list):
            raise errors.validation(f"The step {name!r} has {member} that are not a list.")
    check_forms(name, arguments.get("Conditions") or [])
    unknown = sorted(arguments.keys() - set(_BRANCHES))
    if unknown:
        raise errors.validation(
            f"The step {name!r} has the argument {unknown[0]!r}; it may have {', '.join(_BRANCHES)}."
        )


def _is_function(function: Document) -> bool:
    ((name, body),) = function.items()
    if name == "Get":
        read = _GET.fullmatch(body) if isinstance(body, str) else None
        return read is not None and references.is_path(read[2])
    if not isinstance(body, dict):
        return False
    if name == "Std:Join":
        return isinstance(body.get("On", ""), str) and isinstance(body.get("Values"), list)
    if not isinstance(body.get("Path"), str) or not references.is_path(body["Path"]):
        return False
    if "S3Uri" in body:
        return "PropertyFile" not in body and (isinstance(body["S3Uri"], str) or _is_text_function(body["S3Uri"]))
    file = body.get("PropertyFile")
    path = file.get("Get") if isinstance(file, dict) else None
    return isinstance(path, str) and bool(_PROPERTY_GET.fullmatch(path))


def _is_text_function(value: object) -> bool:
    """Whether a value is a function that gives a text; check_references looks at it as well, as at all of a step."""
    return isinstance(value, dict) and value.keys() in ({"Get"}, {"Std:Join"})


def _is_single(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1e9
