"""Start an execution with parameters that the definition knows."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from pipelines.clients import Client
from pipelines.errors import PipelineError
from pipelines.parameters import RANGES

KINDS: dict[str, tuple[type[int] | type[float], str]] = {
    "Integer": (int, "a whole number"),
    "Float": (float, "a number"),
}


def start_execution(
    sagemaker: Client,
    pipeline_name: str,
    parameters: Mapping[str, str],
    *,
    display_name: str | None = None,
    token: str | None = None,
) -> str:
    """Start one execution and return its ARN; the same token (32 to 128 characters) starts no second one."""
    request: dict[str, Any] = {
        "PipelineName": pipeline_name,
        "PipelineParameters": [{"Name": name, "Value": value} for name, value in sorted(parameters.items())],
        "ClientRequestToken": token or uuid4().hex,
    }
    if display_name:
        request["PipelineExecutionDisplayName"] = display_name
    return str(sagemaker.start_pipeline_execution(**request)["PipelineExecutionArn"])


def parse_overrides(words: Iterable[str]) -> dict[str, str]:
    """Read `Name=Value` words; raise PipelineError for one without a name or an equals sign."""
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise PipelineError(f"{word!r} sets no parameter; write it as Name=Value.")
        pairs[name] = value
    return pairs


def check_parameters(definition: str, parameters: Mapping[str, str]) -> None:
    """Raise PipelineError for a parameter that is not in the definition, or a value that it does not take."""
    known = {entry["Name"]: entry for entry in json.loads(definition)["Parameters"]}
    for name, value in parameters.items():
        if name not in known:
            raise PipelineError(f"There is no parameter {name}; the pipeline has {', '.join(sorted(known))}.")
        _check_value(known[name], value)


def _check_value(parameter: Mapping[str, Any], value: str) -> None:
    allowed = parameter.get("EnumValues")
    if allowed and value not in allowed:
        raise PipelineError(f"{parameter['Name']} is {value!r}; it must be one of {', '.join(allowed)}.")
    if parameter["Type"] in KINDS:
        _check_number(parameter["Name"], value, *KINDS[parameter["Type"]])


def _check_number(name: str, value: str, kind: type[int] | type[float], wanted: str) -> None:
    range_ = RANGES.get(name)
    try:
        number = kind(value)
        good = range_ is None or range_.holds(number)
    except ValueError:
        good = False
    if not good:
        words = f"{wanted} {range_.words}" if range_ else wanted
        raise PipelineError(f"{name} is {value!r}; it must be {words}.")
