"""Requests and answers held against botocore's model of SageMaker.

A request is refused as AWS refuses it: unknown types, missing members, lengths, ranges, enums and patterns. An
answer is a stored document of which only the members of the operation's output shape leave the house, so that a
Describe call is the projection of what a Create call stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.loaders import Loader, create_loader
from botocore.model import ServiceModel, Shape

from localaws import errors

Document = dict[str, Any]

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float, str),
    "blob": (str,),
}

# The model's patterns are written for Java; Python's re knows neither its Unicode classes nor surrogate pairs.
_JAVA_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{M}": "",
    r"\p{Z}": r"\s",
    r"\p{N}": r"\d",
    r"\p{S}": "$+<=>^`|~",
    r"\p{P}": "!-/:-@_",
    r"\p{Alnum}": "A-Za-z0-9",
    r"\p{Print}": "[ -~]",
    r"\uD800\uDC00-\uDBFF\uDFFF": "\U00010000-\U0010ffff",
}
_QUANTIFIED_END = re.compile(r"\$\{\d+,\d+\}$")


@cache
def model_loader() -> Loader:
    """What reads the botocore on disk, each file once: reading S3's model takes longer than making its client."""
    return create_loader()


@cache
def service_model(service: str = "sagemaker") -> ServiceModel:
    """A service's own model; raises botocore's UnknownServiceError where there is none."""
    return ServiceModel(model_loader().load_service_model(service, "service-2"), service)


def validate(operation: str, request: Document, service: str = "sagemaker") -> None:
    """Refuse a request that its input shape does not allow, with AWS's ValidationException."""
    shape = service_model(service).operation_model(operation).input_shape
    problems = list(_problems(shape, request, "")) if shape else []
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise errors.validation(count + "; ".join(problems))


def project(operation: str, document: Document, service: str = "sagemaker") -> Document:
    """Keep the members of `document` that the operation's output shape has."""
    shape = service_model(service).operation_model(operation).output_shape
    return _project(shape, document) if shape else {}


def project_as(shape_name: str, document: Document) -> Document:
    """Keep the members of `document` that the named structure has, as in a list's summaries."""
    projected: Document = _project(service_model().shape_for(shape_name), document)
    return projected


def _project(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - JSON of any type
    if value is None or shape.type_name not in ("structure", "list", "map"):
        return value
    if shape.type_name == "structure":
        members = shape.members
        return {name: _project(members[name], item) for name, item in value.items() if name in members}
    if shape.type_name == "list":
        return [_project(shape.member, item) for item in value]
    return {key: _project(shape.value, item) for key, item in value.items()}


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON of any type
    if not has_type(shape, value):
        yield f"Value at '{path}' has type {type(value).__name__}; it must be of type {shape.type_name}"
        return
    yield from _limits(shape, value, path)
    if shape.type_name == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
        for name, item in value.items():
            if name in shape.members and item is not None:
                yield from _problems(shape.members[name], item, _join(path, name))
    elif shape.type_name == "list":
        for index, item in enumerate(value, start=1):
            yield from _problems(shape.member, item, f"{path}.{index}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{path}.key")
            yield from _problems(shape.value, item, f"{path}.{key}")


def has_type(shape: Shape, value: object) -> bool:
    """Whether a JSON value is of a shape's own type; of what is within, nothing is said."""
    allowed = _PYTHON_TYPES[shape.type_name]
    # Python's bool is an int; JSON's is not a number.
    return isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))


def _limits(shape: Shape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON of any type
    for constraint in broken_limits(shape, value):
        yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {constraint}"


def broken_limits(shape: Shape, value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON of any type
    """The lengths, ranges, enums and patterns of a shape that a value breaks, each as it follows "Member must "."""
    metadata = shape.metadata
    if shape.type_name in ("string", "list", "map"):
        size = len(value)
        if size < metadata.get("min", 0):
            yield f"have length greater than or equal to {metadata['min']}"
        if size > metadata.get("max", size):
            yield f"have length less than or equal to {metadata['max']}"
    elif shape.type_name in ("integer", "long", "float", "double"):
        if value < metadata.get("min", value):
            yield f"have value greater than or equal to {metadata['min']}"
        if value > metadata.get("max", value):
            yield f"have value less than or equal to {metadata['max']}"
    if shape.type_name == "string":
        enum = metadata.get("enum")
        if enum and value not in enum:
            yield f"satisfy enum value set: [{', '.join(enum)}]"
        if "pattern" in metadata and not _compiled(metadata["pattern"]).fullmatch(value):
            yield f"satisfy regular expression pattern: {metadata['pattern']}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(_QUANTIFIED_END.sub("", pattern), re.DOTALL)


def _join(path: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{path}.{member}" if path else member
