"""What is said of the types that are not emulated whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localaws.resources.connections import TYPES
from localaws.resources.omissions import omitted

if TYPE_CHECKING:
    from tests.unit.localaws.resources.conftest import Stack


def test_only_types_that_the_stack_has_and_that_are_not_whole_are_named() -> None:
    said = omitted(["AWS::S3::Bucket", "AWS::CodeBuild::Project", "AWS::Budgets::Budget", "AWS::CodeBuild::Project"])
    assert list(said) == ["AWS::Budgets::Budget", "AWS::CodeBuild::Project"]
    assert all(sentence.endswith(".") for sentence in said.values())


def test_roles_are_named_only_while_nothing_enforces_them() -> None:
    assert "SCONES_ENFORCE_IAM" in omitted(["AWS::IAM::Role"])["AWS::IAM::Role"]
    assert omitted(["AWS::IAM::Role"], iam_enforced=True) == {}


def test_a_type_that_is_only_kept_says_so(stack: Stack) -> None:
    for name in TYPES:
        arn, attributes = stack.create(name, {"ConnectionName": "github", "ProviderType": "GitHub"})
        assert attributes["ConnectionStatus"] == "PENDING"
        assert attributes["ConnectionArn"] == arn == stack.update(name, arn, {}, {})[0]
        assert "PENDING" in omitted([name])[name]
