"""The project's template: its text, what it declares, and how it is handed to CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
# What CloudFormation takes in a request, and from S3.
INLINE_BYTES = 51_200
LARGEST_BYTES = 1_000_000
MOST = {"Parameters": 200, "Resources": 500, "Outputs": 200, "Mappings": 200}
# Types that hold what nobody can make again, or that a version of the project is found by.
DATA_TYPES = {
    "AWS::S3::Bucket": "images, runs and models",
    "AWS::SageMaker::ModelPackageGroup": "registered versions",
    "AWS::KMS::Key": "the key without which the bucket cannot be read",
    "AWS::CodeCommit::Repository": "commits",
    "AWS::ECR::Repository": "container images",
    "AWS::Logs::LogGroup": "logs",
    "AWS::SQS::Queue": "messages that wait",
}


@dataclass(frozen=True)
class Template:
    """A template's text; everything else is read from it."""

    body: str

    @cached_property
    def document(self) -> dict[str, Any]:
        """The template as data, short forms written out."""
        return read(self.body)

    @property
    def size(self) -> int:
        """How many bytes CloudFormation is sent."""
        return len(self.body.encode())

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Declared parameters by name."""
        declared: dict[str, dict[str, Any]] = self.document.get("Parameters", {})
        return declared

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Declared resources by logical id."""
        declared: dict[str, dict[str, Any]] = self.document["Resources"]
        return declared

    @property
    def defaults(self) -> dict[str, str]:
        """What a parameter has when nobody sets it."""
        return {name: text(entry["Default"]) for name, entry in self.parameters.items() if "Default" in entry}

    def retains(self, logical_id: str) -> bool:
        """Whether a resource stays when the stack is deleted."""
        return self.resources.get(logical_id, {}).get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")

    def values(self, given: Mapping[str, str]) -> dict[str, str]:
        """What every parameter will have: what is given, and defaults."""
        return {**self.defaults, **given}


@cache
def load(path: Path = TEMPLATE) -> Template:
    """Read the template that ships with this code."""
    return Template(path.read_text(encoding="utf-8"))


def text(value: object) -> str:
    """A default as CloudFormation has it: always a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


# These two keep their name; every other short form stands for `Fn::<name>`.
_BARE = ("Ref", "Condition")


# The parser in C is ten times as quick, where PyYAML was built with it.
_Safe: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc] # PyYAML brings no types
    """A safe loader that knows CloudFormation's tags and leaves dates as they are written."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value = _value(loader, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in _BARE else f"Fn::{suffix}": value}


def _value(loader: yaml.SafeLoader, node: yaml.Node) -> Any:  # noqa: ANN401 - any YAML
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _short_form)
# A policy's "2012-10-17" is a text also where somebody forgot its quotes.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))


def read(text: str) -> dict[str, Any]:
    """Read a template's text."""
    loader = _Loader(text)
    try:
        document: dict[str, Any] = loader.get_single_data()
    finally:
        loader.dispose()
    return document
