"""References in a definition: found (for dependencies) and resolved (when a step starts).

`{"Get": "Parameters.X"}`, `{"Get": "Steps.S.<path of its Describe answer>"}`, `{"Get": "Execution.<variable>"}`,
`{"Std:Join": {"On", "Values"}}`, `{"Std:JsonGet": {"PropertyFile": {"Get": "Steps.S.PropertyFiles.F"}, "Path"}}` and
`{"Std:JsonGet": {"S3Uri": <text, or a function that gives one>, "Path"}}`, which the SDK writes for what a step that it
made of a Python function returns.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localaws import nesting
from localaws.shapes import Document

_TOKEN = re.compile(r"\.?(\w[\w-]*)|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
_PATH = re.compile(rf"\$?(?:{_TOKEN.pattern})*")
_LONGEST_INDEX = 9  # digits
OWN_JOB = "\ue000"
"""Stands for the name of a step's own job (Execution.TrainingJobName), which each of its attempts has anew."""

_FUNCTIONS = ({"Get"}, {"Std:Join"}, {"Std:JsonGet"})


class UnresolvedReference(ValueError):
    """A reference that names nothing; the message says which and what there is."""


@dataclass(frozen=True)
class Scope:
    """What references can name: parameters, execution variables, outputs of ended steps, property files, JSON in S3."""

    parameters: Mapping[str, Any]
    execution: Mapping[str, Any]
    outputs: Mapping[str, Document]
    property_file: Callable[[str, str], Any]
    s3_json: Callable[[str], Any]


def is_path(text: str) -> bool:
    """Whether a text has names and places only, such as a.b[0]['c d']; wildcards and filters are not read."""
    return _PATH.fullmatch(text) is not None


def is_function(value: object) -> bool:
    """Whether a value is one of the language's functions, and no value itself."""
    return isinstance(value, dict) and value.keys() in _FUNCTIONS


def owner(path: str) -> str:
    """The step that a path such as Steps.A.ModelArtifacts reads of."""
    return path.split(".")[1].split("[", maxsplit=1)[0]


def tokens(path: str) -> Iterator[str | int]:
    """The names and places of a path, one by one; a place with more digits than any list has is beyond its end."""
    for match in _TOKEN.finditer(path):
        if match[2]:
            yield int(match[2]) if len(match[2]) <= _LONGEST_INDEX else sys.maxsize
        else:
            yield match[match.lastindex or 1]


def functions_in(value: Any) -> Iterator[Document]:  # noqa: ANN401 - JSON of any type
    """The language's functions in a value, also those within another."""
    if is_function(value):
        yield value
    for item in nesting.items(value):
        yield from functions_in(item)


def steps_in(value: Any) -> set[str]:  # noqa: ANN401 - JSON of any type
    """The names of the steps that a value refers to."""
    return {owner(path) for path in _gets(value) if path.startswith("Steps.")}


def parameters_in(value: Any) -> set[str]:  # noqa: ANN401
    """The names of the parameters that a value refers to."""
    return {path.split(".", 1)[1] for path in _gets(value) if path.startswith("Parameters.")}


def variables_in(value: Any) -> set[str]:  # noqa: ANN401
    """The names of the execution's variables that a value reads."""
    return {path.split(".", 1)[1] for path in _gets(value) if path.startswith("Execution.")}


def property_files_in(value: Any) -> set[tuple[str, str]]:  # noqa: ANN401
    """The (step, property file) pairs that a value reads."""
    parts = [path.split(".") for path in _gets(value) if path.startswith("Steps.")]
    return {(part[1], part[3]) for part in parts if len(part) == 4 and part[2] == "PropertyFiles"}


def resolve(value: Any, scope: Scope) -> Any:  # noqa: ANN401
    """Replace every reference in `value` by what it stands for."""
    if isinstance(value, list):
        return [resolve(item, scope) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() not in _FUNCTIONS:
        return {key: resolve(item, scope) for key, item in value.items()}
    if "Get" in value:
        return _get(value["Get"], scope)
    if "Std:Join" in value:
        join = value["Std:Join"]
        return join.get("On", "").join(write_text(resolve(item, scope)) for item in join["Values"])
    return _json_get(value["Std:JsonGet"], scope)


def _json_get(wanted: Document, scope: Scope) -> Any:  # noqa: ANN401
    if "S3Uri" in wanted:
        uri = write_text(resolve(wanted["S3Uri"], scope))
        return walk(scope.s3_json(uri), wanted["Path"], uri)
    _, step, _, file = wanted["PropertyFile"]["Get"].split(".")
    return walk(scope.property_file(step, file), wanted["Path"], f"{step}'s property file {file}")


def _gets(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, dict):
        if value.keys() == {"Get"} and isinstance(value["Get"], str):
            yield value["Get"]
        for item in value.values():
            yield from _gets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _gets(item)


def _get(path: str, scope: Scope) -> Any:  # noqa: ANN401
    root, _, rest = path.partition(".")
    if root == "Parameters":
        return scope.parameters[rest]
    if root == "Execution":
        if rest not in scope.execution:
            raise UnresolvedReference(
                f"{path!r} is not a variable of an execution; there are {', '.join(scope.execution)}."
            )
        return scope.execution[rest]
    if root == "Steps":
        name = re.split(r"[.\[]", rest, maxsplit=1)[0]
        if name not in scope.outputs:
            raise UnresolvedReference(f"{path!r} cannot be read: the step {name!r} has not run.")
        return walk(scope.outputs[name], rest[len(name) :], f"the step {name}")
    raise UnresolvedReference(f"{path!r} is not a reference; it must begin with Parameters, Steps or Execution.")


def walk(value: Any, path: str, owner: str) -> Any:  # noqa: ANN401
    """What a path leads to in a value; raises UnresolvedReference where it leads nowhere. `owner` is said then."""
    if not is_path(path):
        raise UnresolvedReference(f"{owner} cannot be read at {path!r}: a path is written as in a.b[0]['c d'].")
    for token in tokens(path):
        try:
            value = _item(value, token) if isinstance(token, int) else _member(value, token)
        except (LookupError, TypeError, AttributeError) as error:
            raise UnresolvedReference(f"{owner} has nothing at {path.lstrip('.')!r}.") from error
    return value


def _item(value: Any, index: int) -> Any:  # noqa: ANN401
    if not isinstance(value, list):
        raise LookupError(index)
    return value[index]


def _member(value: Any, name: str) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        # Lists of named things, such as a processing job's outputs, are read by name.
        for item in value:
            if any(key.endswith("Name") and found == name for key, found in item.items()):
                return item
        raise LookupError(name)
    return value[name]


def write_text(value: Any) -> str:  # noqa: ANN401
    """A value where text belongs: what is no text is its JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value)
