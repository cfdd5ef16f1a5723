"""CloudFormation's calls of the types, without CloudFormation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources import registration

Properties = dict[str, Any]


@dataclass
class Stack:
    """Creates, updates and deletes single resources as CloudFormation does."""

    handlers: dict[str, dict[str, Any]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    def add(self, name: str, create: object, delete: object, update: object = None, **more: Any) -> None:
        self.handlers[name] = {"create": create, "delete": delete, "update": update, **more}

    def create(self, kind: str, properties: Properties) -> tuple[str, Properties]:
        made: tuple[str, Properties] = self.handlers[kind]["create"]("Logical", properties, "stack")
        return made

    def update(self, kind: str, physical_id: str, old: Properties, new: Properties) -> tuple[str, Properties]:
        made: tuple[str, Properties] = self.handlers[kind]["update"](physical_id, old, new, "stack")
        return made

    def delete(self, kind: str, physical_id: str, properties: Properties | None = None) -> None:
        self.handlers[kind]["delete"](physical_id, properties or {})


@pytest.fixture
def stack(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Stack:
    made = Stack()
    monkeypatch.setattr(cloudformation, "add_resource_type", made.add)
    monkeypatch.setattr(cloudformation, "add_import", lambda name, adopt: made.handlers[name].update(adopt=adopt))
    monkeypatch.setattr(cloudformation, "work_beside_the_loop", lambda types: setattr(made, "beside", tuple(types)))
    registration.register(aws)
    return made
