"""Parameters against what the template declares."""

from __future__ import annotations

import json

import pytest

from seedcode.stack.spec import build_parameters, find_faults
from seedcode.stack.template import Template

PARAMETERS = {
    "Name": {
        "Type": "String",
        "MinLength": 1,
        "MaxLength": 5,
        "AllowedPattern": "[a-z]+",
        "ConstraintDescription": "small letters",
    },
    "Routing": {"Type": "String", "Default": "ALL", "AllowedValues": ["ALL", "CANARY"]},
    "Days": {"Type": "Number", "Default": 7, "AllowedValues": [1, 7]},
    "Percent": {"Type": "Number", "Default": 50, "MinValue": 1, "MaxValue": 100},
    "Subnets": {"Type": "CommaDelimitedList", "Default": "", "AllowedPattern": "(subnet-[0-9a-f]+)?"},
    "Plain": {"Type": "String", "Default": "", "MinLength": 0, "MaxLength": 3},
}
TEMPLATE = Template(json.dumps({"Parameters": PARAMETERS, "Resources": {}}))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Routing": "CANARY"},
        {"Days": "1"},
        {"Percent": "99.5"},
        {"Subnets": "subnet-1,subnet-2f"},
        {"Subnets": ""},
    ],
)
def test_what_the_template_takes_has_no_fault(given: dict[str, str]) -> None:
    assert find_faults(TEMPLATE, {"Name": "abc", **given}) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Name": "ABC"}, "Name is 'ABC'; it must be small letters."),
        ({"Name": "abcdef"}, "Name is 'abcdef'; it must be small letters."),
        ({"Routing": "ROUND"}, "Routing is 'ROUND'; it must be one of ALL, CANARY."),
        ({"Days": "2"}, "Days is '2'; it must be one of 1, 7."),
        ({"Percent": "0"}, "Percent is '0'; it must be from 1 to 100."),
        ({"Percent": "half"}, "Percent is 'half'; it must be a number."),
        ({"Subnets": "subnet-1,vpc-2"}, "Subnets is 'subnet-1,vpc-2'; it must be a text like (subnet-[0-9a-f]+)?."),
        ({"Plain": "long"}, "Plain is 'long'; it must be 0 to 3 characters long."),
    ],
)
def test_a_value_that_breaks_a_constraint_is_one_sentence(given: dict[str, str], sentence: str) -> None:
    assert find_faults(TEMPLATE, {"Name": "abc", **given}) == [sentence]


def test_an_unknown_and_a_missing_parameter_are_both_said() -> None:
    unknown, missing = find_faults(TEMPLATE, {"Kittens": "2"})
    assert unknown.startswith("There is no parameter Kittens; the template has Days, Name")
    assert missing == "Name has no default; give it with `--set Name=...`."


def test_what_is_not_given_keeps_the_value_that_the_stack_has() -> None:
    previous = {"Name": "old", "Days": "1", "Gone": "x"}
    assert build_parameters(TEMPLATE, {"Name": "new"}, previous) == [
        {"ParameterKey": "Name", "ParameterValue": "new"},
        {"ParameterKey": "Days", "UsePreviousValue": True},
    ]
