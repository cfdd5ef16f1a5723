"""What a stack's status allows."""

from __future__ import annotations

import pytest

from seedcode.stack.state import READY, REMEDIES, Stack, find_obstacle


def _stack(status: str) -> Stack:
    return Stack("scones", "arn:stack", status, "", {}, {}, {})


@pytest.mark.parametrize("status", [*READY, "REVIEW_IN_PROGRESS"])
def test_a_stack_at_rest_can_be_deployed(status: str) -> None:
    assert find_obstacle(_stack(status)) is None


def test_no_stack_is_no_obstacle() -> None:
    assert find_obstacle(None) is None


@pytest.mark.parametrize("status", sorted(REMEDIES))
def test_a_stack_that_cannot_be_updated_comes_with_the_mend(status: str) -> None:
    said = find_obstacle(_stack(status)) or ""
    assert said.startswith(f"The stack scones is {status}: ")
    assert "scones destroy --yes" in said or "aws cloudformation" in said
    assert "{" not in said


def test_a_stack_that_is_worked_on_is_waited_for() -> None:
    assert "wait until it has ended" in (find_obstacle(_stack("UPDATE_IN_PROGRESS")) or "")
