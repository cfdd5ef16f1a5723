"""Change sets see conditions, and imports what the project retains."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ministack.services import ecr
from ministack.services.cloudformation import changesets, provisioners, stacks

from localaws.ministack_patches.cloudformation import templates

TEMPLATE = {
    "Conditions": {"HasCode": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Code"}, ""]}]}},
    "Resources": {
        "Always": {"Type": "AWS::SQS::Queue"},
        "Later": {"Type": "AWS::SQS::Queue", "Condition": "HasCode"},
    },
}


@pytest.fixture(autouse=True)
def _applied(apply: Callable[..., None]) -> None:
    apply(templates)


def _changes(before: str, after: str) -> list[tuple[str, str]]:
    old, new = (
        changesets._resolve_props_for_diff(TEMPLATE, {"Code": {"Value": value, "NoEcho": False}}, "s", "id")
        for value in (before, after)
    )
    found = [change["ResourceChange"] for change in stacks._diff_resources(old, new, {}, TEMPLATE)]
    return [(change["Action"], change["LogicalResourceId"]) for change in found]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [("", "1", [("Add", "Later")]), ("1", "", [("Remove", "Later")]), ("", "", []), ("1", "1", [])],
)
def test_a_resource_comes_and_goes_with_its_condition(before: str, after: str, changes: list[tuple[str, str]]) -> None:
    assert _changes(before, after) == changes


def test_nothing_is_not_resolved_into_something() -> None:
    assert changesets._resolve_props_for_diff({}, {}, "s", "id") == {}


def test_an_image_repository_is_imported_by_its_name() -> None:
    ecr._create_repository({"repositoryName": "kept"})
    name, attributes = provisioners._import_resource("AWS::ECR::Repository", {"RepositoryName": "kept"})
    assert name == "kept"
    assert attributes["Arn"].endswith(":repository/kept")
    with pytest.raises(ValueError, match="does not exist"):
        provisioners._import_resource("AWS::ECR::Repository", {"RepositoryName": "gone"})
    ecr.reset()
