"""The project's template: its text, what it declares, and how it is handed to CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from seedcode.stack import yamltags

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
        return yamltags.read(self.body)

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
