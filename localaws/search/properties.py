"""A property of a resource by its path, as in `InputDataConfig.ChannelName` or `Metrics.accuracy.Max`.

Paths are those of the structures of SearchRecord. Maps and named lists take a name within the path: `HyperParameters`,
`Tags` and `Metrics` as AWS's page of filters says, the parameters and artifacts of trial components likewise.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Filter.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import Shape

from localaws import errors
from localaws.shapes import Document

TEXT, NUMBER, TIME, BOOLEAN, EITHER, WHOLE = "text", "number", "time", "boolean", "either", "whole"
_KINDS = {
    "string": TEXT,
    "integer": NUMBER,
    "long": NUMBER,
    "float": NUMBER,
    "double": NUMBER,
    "timestamp": TIME,
    "boolean": BOOLEAN,
}


@dataclass(frozen=True)
class _Named:
    """A list whose items are told apart by a member: that, and the member that is read where the path names none."""

    key: str
    value: str


# By the name of an item's shape.
_NAMED = {
    "Tag": _Named("Key", "Value"),
    "MetricData": _Named("MetricName", "Value"),
    "TrialComponentMetricSummary": _Named("MetricName", "Last"),
}
_OTHER_NAMES = {("TrainingJob", "metrics"): "FinalMetricDataList"}
_UNIONS = {"TrialComponentParameterValue": ("NumberValue", "StringValue"), "TrialComponentArtifact": ("Value",)}
_INNER = "Model"
_DECIMALS = ("HyperParameters",)  # maps whose texts are compared as numbers where both are


@dataclass(frozen=True)
class _Member:
    """A member, in the first of its spellings that is there; the items of a list, one by one."""

    names: tuple[str, ...]

    def read(self, value: object) -> Iterator[Any]:
        if not isinstance(value, dict):
            return
        found = next((value[name] for name in self.names if value.get(name) is not None), None)
        if isinstance(found, list):
            yield from found
        elif found is not None:
            yield found


@dataclass(frozen=True)
class _Item:
    """The item of a list that has a name."""

    key: str
    name: str

    def read(self, value: object) -> Iterator[Any]:
        if isinstance(value, dict) and value.get(self.key) == self.name:
            yield value


_Step = _Member | _Item


@dataclass(frozen=True)
class Property:
    """Where a property lies: the steps that lead to it, and the kind of its values."""

    steps: tuple[_Step, ...]
    kind: str

    def read(self, document: object, after: int = 0) -> list[Any]:
        """The values of a resource, or of what the first steps lead to: many where lists lie on the way, or none."""
        found = [document]
        for step in self.steps[after:]:
            found = [inner for outer in found for inner in step.read(outer)]
        return found


def find_property(resource: str, shape: Shape, path: str) -> Property:
    """The property of a path; raises AWS's ValidationException for a path that the resource does not have."""
    names = path.split(".")
    # The dashboard's model has the model itself within it, whose own names are taken as well.
    nested = [_INNER, *names] if _INNER in shape.members else names
    found = _walk(shape, names, (), "") or _walk(shape, nested, (), "")
    if found is None:
        raise errors.validation(
            f"Unknown property {path!r} of {resource}; give a member of SearchRecord's {resource}, such as "
            f"{', '.join(list(shape.members)[:3])}."
        )
    return found


def list_paths(shape: Shape) -> Iterator[str]:
    """The paths of a resource's own members, for who asks what to search by."""
    for name, member in shape.members.items():
        if member.type_name == "structure":
            yield from (f"{name}.{inner}" for inner in member.members)
        else:
            yield name


def _walk(shape: Shape, names: list[str], steps: tuple[_Step, ...], parent: str) -> Property | None:
    if not names:
        return Property(steps, _kind(shape, parent))
    if shape.type_name == "list":
        named = _NAMED.get(shape.member.name)
        return _name_item(shape.member, named, names, steps) if named else _walk(shape.member, names, steps, parent)
    if shape.type_name == "map":
        return _name_value(shape.value, names, steps, parent)
    if shape.type_name != "structure":
        return None
    wanted = _OTHER_NAMES.get((shape.name, names[0].lower()), names[0])
    member = _find_member(shape.members, wanted)
    if member is None:
        return None
    return _walk(shape.members[member], names[1:], (*steps, _Member((member,))), member)


def _find_member(members: Mapping[str, Shape], name: str) -> str | None:
    """The member of a name; AWS's own examples sort by `metrics.test:accuracy.max`."""
    return next((member for member in members if member.lower() == name.lower()), None)


def _name_item(item: Shape, named: _Named, names: list[str], steps: tuple[_Step, ...]) -> Property:
    last = _find_member(item.members, names[-1]) if len(names) > 1 else None
    name = ".".join(names[:-1] if last else names)
    # The step before has taken the list apart: each item is asked for its name.
    picked = (*steps, _Item(named.key, name), _Member((last or named.value,)))
    return Property(picked, _kind(item.members[last or named.value], ""))


def _name_value(value: Shape, names: list[str], steps: tuple[_Step, ...], parent: str) -> Property:
    members = _UNIONS.get(value.name)
    if members is None:
        return Property((*steps, _Member((".".join(names),))), EITHER if parent in _DECIMALS else _kind(value, parent))
    last = _find_member(value.members, names[-1]) if len(names) > 1 else None
    picked = (*steps, _Member((".".join(names[:-1] if last else names),)), _Member((last,) if last else members))
    return Property(picked, _kind(value.members[last], "") if last else EITHER)


def _kind(shape: Shape, parent: str) -> str:
    while shape.type_name == "list":
        shape = shape.member
    return EITHER if parent in _DECIMALS else _KINDS.get(shape.type_name, WHOLE)


def sort_place(found: Property, document: Document) -> list[Any]:
    """Where a resource stands among others: numbers before texts, and what has no such property before both."""
    values = found.read(document)
    if not values:
        return [0, 0, ""]
    value = values[0]
    if isinstance(value, (int, float)):
        return [1, value, ""]
    return [2, 0, str(value)]
