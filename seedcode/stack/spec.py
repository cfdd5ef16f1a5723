"""What a deployment is asked for: which template and parameters, for which project, in which account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedcode.stack.resolve import Resolver, pseudo_parameters
from seedcode.stack.state import Client, Stack
from seedcode.stack.template import Template

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
