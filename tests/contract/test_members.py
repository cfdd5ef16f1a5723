"""Every member of every operation is on one side: honoured, kept or refused; and the page says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from localaws import services
from localaws.coverage import find_sides, list_leaves, write_page
from localaws.operations import Operation
from localaws.refusals import all_but

OPERATIONS = {
    f"{service.name}:{name}": operation for service in services.ALL for name, operation in service.operations.items()
}
PAGE = Path("docs/local-aws.md")


def leaves(operation: Operation) -> list[str]:
    return [leaf for leaf in list_leaves(operation.shape) if leaf] if operation.shape else []


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_what_is_declared_is_there_and_on_one_side(name: str) -> None:
    operation = OPERATIONS[name]
    sides = [operation.members.honoured, operation.members.kept, operation.members.refused, operation.members.only]
    declared = [path for side in sides for path in side if path]
    there = leaves(operation)
    assert [path for path in declared if not any(f"{leaf}.".startswith(f"{path}.") for leaf in there)] == []
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_request_of_many_levels_says_what_it_honours(name: str) -> None:
    """`all` is for requests that a person has read at a glance."""
    operation = OPERATIONS[name]
    nested = {leaf.split(".")[0] for leaf in leaves(operation) if "." in leaf} - {"Tags"}
    assert operation.members != all_but() or not nested


def test_the_sides_of_an_operation_have_each_of_its_members_once() -> None:
    operation = OPERATIONS["sagemaker:CreateProcessingJob"]
    sides = find_sides(operation)
    named = [path for paths in sides.values() for path in paths]
    covering = [[path for path in named if f"{leaf}.".startswith(f"{path}.")] for leaf in leaves(operation)]
    assert [found for found in covering if len(found) != 1] == []
    assert "ProcessingInputs.DatasetDefinition" in sides["refused"]
    assert "Tags" in sides["kept"]


def test_the_page_is_what_the_declarations_say() -> None:
    anew = "write it anew: python -m localaws.coverage > docs/local-aws.md"
    assert PAGE.read_text(encoding="utf-8") == write_page(), anew
