"""What a deployment is asked for: which template and parameters, for which project, in which account."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedcode.stack.resolve import Resolver, pseudo_parameters
from seedcode.stack.state import Client, Stack
from seedcode.stack.template import Template, text

# The template's parameter that begins every name.
NAME_PARAMETER = "SageMakerProjectName"


@dataclass(frozen=True)
class Account:
    """Where the stack is: an account, a region, and how its services are asked."""

    client: Callable[[str], Client]
    account: str
    region: str


@dataclass(frozen=True)
class Spec:
    """The stack as it is to be; what is not given keeps the value that the stack has, else the template's default."""

    project: str
    template: Template
    given: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    role_arn: str | None = None
    # A stack that SageMaker Projects has made has a name of SageMaker's; else it is the project's.
    stack_name: str = ""

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.stack_name or self.project

    def parameters(self, code: Mapping[str, str] | None = None) -> dict[str, str]:
        """What is sent: the project's name, the code's, and what a person set."""
        return {NAME_PARAMETER: self.project, **(code or {}), **self.given}

    def values(self, stack: Stack | None, code: Mapping[str, str] | None = None) -> dict[str, str]:
        """What every parameter will have."""
        declared = self.template.parameters
        previous = {name: value for name, value in (stack.parameters if stack else {}).items() if name in declared}
        return self.template.values({**previous, **self.parameters(code)})

    def resolver(self, aws: Account, stack: Stack | None, code: Mapping[str, str] | None = None) -> Resolver:
        """What the template's names will be."""
        known = pseudo_parameters(aws.account, aws.region, self.stack)
        return Resolver(self.template.document, {**self.values(stack, code), **known})

    def request(self, location: Mapping[str, str], role_arn: str | None = None) -> dict[str, Any]:
        """What every change set of this deployment has, with the role that was asked for, else `role_arn`."""
        request: dict[str, Any] = {"StackName": self.stack, **location}
        if self.tags:
            request["Tags"] = [{"Key": key, "Value": value} for key, value in sorted(self.tags.items())]
        role = self.role_arn or role_arn
        return request | ({"RoleARN": role} if role else {})


def find_faults(template: Template, given: Mapping[str, str]) -> list[str]:
    """A sentence for each given parameter that the template does not know or that breaks its constraints."""
    faults = []
    for name, value in given.items():
        entry = template.parameters.get(name)
        if entry is None:
            known = ", ".join(sorted(template.parameters))
            faults.append(f"There is no parameter {name}; the template has {known}.")
        elif wanted := _broken(entry, value):
            faults.append(f"{name} is {value!r}; it must be {entry.get('ConstraintDescription') or wanted}.")
    missing = [name for name, entry in template.parameters.items() if "Default" not in entry and name not in given]
    return faults + [f"{name} has no default; give it with `--set {name}=...`." for name in missing]


def build_parameters(template: Template, given: Mapping[str, str], previous: Mapping[str, str]) -> list[dict[str, Any]]:
    """Parameters for a change set: what is given, and what the stack has for the rest."""
    kept = [name for name in template.parameters if name in previous and name not in given]
    return [
        *({"ParameterKey": name, "ParameterValue": value} for name, value in given.items()),
        *({"ParameterKey": name, "UsePreviousValue": True} for name in kept),
    ]


def _broken(entry: Mapping[str, Any], value: str) -> str | None:
    """What a value must be, where it is not."""
    allowed = [text(item) for item in entry.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"one of {', '.join(allowed)}"
    if entry["Type"] == "Number":
        return _broken_number(entry, value)
    least, most = int(entry.get("MinLength", 0)), int(entry.get("MaxLength", 4096))
    if not least <= len(value) <= most:
        return f"{least} to {most} characters long"
    pattern = entry.get("AllowedPattern")
    # A list's pattern is held against each of its items.
    items = value.split(",") if entry["Type"] == "CommaDelimitedList" else [value]
    if pattern and not all(re.fullmatch(pattern, item) for item in items):
        return f"a text like {pattern}"
    return None


def _broken_number(entry: Mapping[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "a number"
    least, most = float(entry.get("MinValue", "-inf")), float(entry.get("MaxValue", "inf"))
    return None if least <= number <= most else f"from {least:g} to {most:g}"
