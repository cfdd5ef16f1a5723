"""Pipeline parameters: declared, bound and written back as text."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from localaws.engine.parameters import bind, check_declarations, listed
from localaws.errors import AwsError

DEPTH = {"Name": "Depth", "Type": "Integer", "DefaultValue": 20, "EnumValues": [20, 32]}
RATE = {"Name": "Rate", "Type": "Float", "DefaultValue": 0.1}
NAME = {"Name": "Name", "Type": "String"}
WATCHED = {"Name": "Watched", "Type": "Boolean", "DefaultValue": False}


def given(**values: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def sentence_of(parameters: list[dict[str, Any]], **values: str) -> str:
    with pytest.raises(AwsError) as caught:
        bind(parameters, given(**values))
    assert caught.value.code == "ValidationException"
    return caught.value.message


def test_given_text_is_read_as_the_declared_type() -> None:
    bound = bind([DEPTH, RATE, NAME, WATCHED], given(Depth="32", Rate="1e-3", Name="7", Watched="TRUE"))
    assert bound == {"Depth": 32, "Rate": 0.001, "Name": "7", "Watched": True}


def test_defaults_stand_where_nothing_is_given() -> None:
    assert bind([DEPTH, RATE, WATCHED], []) == {"Depth": 20, "Rate": 0.1, "Watched": False}


def test_an_empty_default_is_a_default() -> None:
    assert bind([NAME | {"DefaultValue": ""}], []) == {"Name": ""}


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *((DEPTH, value) for value in ("2.5", "deep", "", "1_000", " 5", "5 ", "0x10", "1e3", "\u0663", "\u2212 5")),
        *((RATE, value) for value in ("fast", "1_0.5", " 1.5", "1,5", "0x1p3", ".", "e5", "\u0663.5")),
        (WATCHED, "yes"),
    ],
)
def test_text_of_another_type_is_refused_with_the_type(parameter: dict[str, Any], value: str) -> None:
    sentence = sentence_of([parameter], **{parameter["Name"]: value})
    assert repr(value) in sentence
    assert f"must be of type {parameter['Type']}" in sentence


@pytest.mark.parametrize(("text", "value"), [("+5", 5), ("-5", -5), ("007", 7)])
def test_digits_with_a_sign_are_an_integer(text: str, value: int) -> None:
    assert bind([{"Name": "Count", "Type": "Integer"}], given(Count=text)) == {"Count": value}


@pytest.mark.parametrize(("text", "value"), [("1", 1.0), (".5", 0.5), ("2.", 2.0), ("-1e-3", -0.001)])
def test_digits_with_a_point_or_an_exponent_are_a_float(text: str, value: float) -> None:
    assert bind([RATE], given(Rate=text)) == {"Rate": value}


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e999"])
def test_a_float_that_json_cannot_write_is_refused(value: str) -> None:
    assert "must be of type Float" in sentence_of([RATE], Rate=value)


def test_a_value_outside_the_enum_is_refused_with_what_is_allowed() -> None:
    assert sentence_of([DEPTH], Depth="56") == "The parameter 'Depth' is '56'; allowed are 20, 32."


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    sentence = sentence_of([DEPTH, RATE], Deep="20")
    assert sentence == "Unknown parameters: Deep. The pipeline has Depth, Rate."


def test_a_parameter_without_value_and_default_is_asked_for() -> None:
    assert sentence_of([NAME]) == "The parameter 'Name' has no default; give it a value."


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(AwsError, match="type 'List'; allowed are String, Integer, Float, Boolean"):
        check_declarations([{"Name": "Layers", "Type": "List"}])


def test_a_parameter_that_stands_twice_is_refused() -> None:
    with pytest.raises(AwsError, match="'Depth' stands twice"):
        check_declarations([DEPTH, DEPTH])


@pytest.mark.parametrize("default", [56, "deep", 2.5])
def test_a_default_that_is_not_one_of_the_values_is_refused(default: object) -> None:
    with pytest.raises(AwsError, match="The parameter 'Depth' is"):
        check_declarations([DEPTH | {"DefaultValue": default}])


def test_values_are_listed_as_text_with_booleans_in_json_s_way() -> None:
    assert listed({"Depth": 20, "Rate": 0.1, "On": True, "Off": False}) == [
        {"Name": "Depth", "Value": "20"},
        {"Name": "Rate", "Value": "0.1"},
        {"Name": "On", "Value": "true"},
        {"Name": "Off", "Value": "false"},
    ]


def test_a_default_that_is_written_as_text_has_its_declared_type() -> None:
    texts = [DEPTH | {"DefaultValue": "32"}, RATE | {"DefaultValue": "0.5"}, WATCHED | {"DefaultValue": "true"}]
    assert bind(texts, []) == {"Depth": 32, "Rate": 0.5, "Watched": True}


FREE = [{"Name": kind, "Type": kind} for kind in ("Integer", "Float", "Boolean", "String")]
VALUES = {
    "Integer": st.integers(),
    "Float": st.floats(allow_nan=False, allow_infinity=False),
    "Boolean": st.booleans(),
    "String": st.text(max_size=5),
}


@settings(max_examples=60, deadline=None, derandomize=True)
@drawn(st.fixed_dictionaries(VALUES))
def test_what_is_listed_binds_to_the_same_values_given_or_as_defaults(values: dict[str, Any]) -> None:
    assert bind(FREE, listed(values)) == values
    defaults = {item["Name"]: item["Value"] for item in listed(values)}
    declared = [parameter | {"DefaultValue": defaults[parameter["Name"]]} for parameter in FREE]
    check_declarations(declared)
    assert bind(declared, []) == values


@settings(max_examples=60, deadline=None, derandomize=True)
@drawn(text=st.text(max_size=6) | st.from_regex(r"[-+]?\d*[._]?\d*(e-?\d+)?", fullmatch=True))
def test_text_is_of_the_type_or_refused(text: str) -> None:
    for parameter, kind in zip(FREE, (int, float, bool, str), strict=True):
        with suppress(AwsError):
            (value,) = bind([parameter], given(**{parameter["Name"]: text})).values()
            assert type(value) is kind
            assert bind([parameter], listed({parameter["Name"]: value})) == {parameter["Name"]: value}
