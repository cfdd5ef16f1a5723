"""The template's resources against botocore: cfn-lint knows CloudFormation's schemas, this the services' own."""

from __future__ import annotations

import pytest

from tests.contract.stack.requests import MAPPED, faults
from tests.contract.stack.resolve import Stack
from tests.contract.stack.variants import VARIANTS, stacks


@pytest.mark.parametrize("stack", stacks().values(), ids=VARIANTS)
def test_a_services_own_model_takes_what_the_template_gives_it(stack: Stack) -> None:
    for kind in MAPPED:
        for name, properties in stack.of_type(kind).items():
            assert faults(kind, properties) == "", name


def test_each_mapped_type_is_in_the_template() -> None:
    assert {entry["Type"] for stack in stacks().values() for entry in stack.resources.values()} >= set(MAPPED)
