"""What conditions of a template compare, and what Fn::Select selects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ministack.services.cloudformation import changesets, engine, handlers, stacks

from localaws.ministack_patches.cloudformation import templates

Document = dict[str, Any]
LIST: Document = {"Type": "CommaDelimitedList"}
MINISTACKS = engine.CfnLoader
TEMPLATE = Path(__file__).parents[5] / "seedcode" / "template.yaml"
NOTHING = "Template error: Fn::Select cannot select nonexistent value at index 0"


@pytest.fixture(autouse=True)
def applied(apply: Callable[[ModuleType], None]) -> None:
    apply(templates)


def holds(condition: Document, value: str = "", kind: str = "CommaDelimitedList") -> bool:
    """Whether a condition holds under a parameter `Given`."""
    template = {"Conditions": {"It": condition, "Again": {"Condition": "It"}}, "Mappings": {"M": {"a": {"b": "c"}}}}
    found: dict[str, bool] = stacks._evaluate_conditions(template, {"Given": {"Value": value, "Type": kind}})
    assert found["It"] == found["Again"]
    return found["It"]


JOINED = {"Fn::Join": ["", {"Ref": "Given"}]}


@pytest.mark.parametrize(("value", "empty"), [("", True), ("subnet-1", False), ("subnet-1,subnet-2", False)])
def test_a_list_is_empty_where_its_joined_members_are(value: str, empty: bool) -> None:
    assert holds({"Fn::Equals": [JOINED, ""]}, value) == empty
    assert holds({"Fn::Not": [{"Fn::Equals": [JOINED, ""]}]}, value) != empty


@pytest.mark.parametrize(
    ("value", "same"),
    [
        ({"Fn::Sub": "x-${Given}"}, "x-y"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", "x-y"]}]}, "y"),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "c"),
        ({"Ref": "AWS::Partition"}, "aws"),
    ],
)
def test_a_condition_compares_what_functions_make(value: Document, same: str) -> None:
    assert holds({"Fn::And": [{"Fn::Equals": [value, same]}, {"Fn::Equals": [same, value]}]}, "y", "String")
    assert not holds({"Fn::Or": [{"Fn::Equals": [value, "other"]}]}, "y", "String")


def test_a_condition_that_compares_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="every Fn::Equals object requires a list of 2 string parameters"):
        holds({"Fn::Equals": [{"Ref": "Given"}, ""]}, "a,b")


def test_nothing_is_selected_from_an_empty_list_parameter() -> None:
    select = {"Fn::Select": [0, {"Ref": "Given"}]}
    with pytest.raises(ValueError, match=NOTHING):
        holds({"Fn::Equals": [select, ""]})
    with pytest.raises(ValueError, match=NOTHING):
        engine._resolve_refs({"SubnetId": select}, {}, {"Given": {"Value": "", **LIST}}, {}, {}, "stack", "id")
    assert holds({"Fn::Equals": [select, "a"]}, "a,b")


def test_an_empty_text_that_was_split_has_one_member() -> None:
    select = {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Given"}]}]}
    assert holds({"Fn::Equals": [select, ""]}, "", "String")


def test_a_template_reads_as_ministacks_own_parser_reads_it() -> None:
    assert issubclass(engine.CfnLoader, yaml.CSafeLoader)
    text = TEMPLATE.read_text(encoding="utf-8") + "  Dated: !GetAtt A.B.C\n  Day: 2012-10-17\n"
    assert engine._parse_template(text) == yaml.load(text, MINISTACKS)  # noqa: S506 - a safe loader


def test_a_template_is_parsed_once_and_each_reader_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    read = yaml.load

    def load_and_note(text: str, Loader: Any) -> Any:
        parsed.append(text)
        return read(text, Loader)

    monkeypatch.setattr(engine.yaml, "load", load_and_note)
    body = "Resources: {One: {Type: 'AWS::SNS::Topic'}}"
    first = handlers._parse_template(body)
    first["Resources"].clear()
    for module in (changesets, engine, handlers):
        assert list(module._parse_template(body)["Resources"]) == ["One"]
    assert parsed == [body]
    assert changesets._parse_template(body.replace("One", "Two")) == {"Resources": {"Two": {"Type": "AWS::SNS::Topic"}}}


def test_what_is_no_template_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="JSON or YAML mapping"):
            handlers._parse_template("- 1")
