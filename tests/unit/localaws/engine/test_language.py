"""The definition's language against a model of it: drawn expressions come to what they mean, all else to a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localaws.engine import references
from localaws.engine.definition import Definition, parse
from localaws.engine.logic import holds
from localaws.engine.references import UnresolvedReference, resolve
from localaws.errors import AwsError
from tests.unit.localaws.engine.language import DOCUMENTS, TEXTS, WORLDS, World, expressions, paths

repeatable = settings(max_examples=60, deadline=None, derandomize=True)
WORDS = ["Get", "Std:Join", "Std:JsonGet", "On", "Values", "PropertyFile", "Path", "Type", "Condition", "Conditions"]
WORDS += ["LeftValue", "RightValue", "QueryValue", "Equals", "LessThan", "In", "Not", "Or", "Parameters.A", "Steps.A"]
WORDS += ["Steps.A.PropertyFiles.A", "Steps.A.x[0]", "Execution.A", "$.a[", "Parameters.B", "Steps.B"]
_WORDS = st.sampled_from(WORDS)
MISSHAPEN = st.recursive(
    _WORDS | st.none() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=12,
)


def text(value: Any) -> str:
    """JSON, in which True is not 1 and 1 is not 1.0."""
    return json.dumps(value, sort_keys=True)


def definition(arguments: Any, kind: str = "Training") -> Definition:
    """A definition whose last step has these arguments, and the parameter A and the step A to name."""
    first = {"Name": "A", "Type": "Processing", "Arguments": {}}
    first["PropertyFiles"] = [{"PropertyFileName": "A", "OutputName": "o", "FilePath": "f"}]
    last = {"Name": "Z", "Type": kind, "Arguments": arguments}
    parameters = [{"Name": "A", "Type": "String", "DefaultValue": "a"}]
    return parse(json.dumps({"Version": "2020-12-01", "Parameters": parameters, "Steps": [first, last]}))


@repeatable
@given(world=WORLDS, document=DOCUMENTS)
def test_what_is_no_reference_stays_as_it_is(world: World, document: Any) -> None:
    assert text(resolve(document, world.scope)) == text(document)


@repeatable
@given(world=WORLDS, data=st.data())
def test_an_expression_comes_to_what_it_means_and_tells_whom_it_names(world: World, data: st.DataObject) -> None:
    meant = data.draw(expressions(world))
    assert text(resolve(meant.expression, world.scope)) == text(meant.value)
    named = {("Steps", name) for name in references.steps_in(meant.expression)}
    named |= {("Parameters", name) for name in references.parameters_in(meant.expression)}
    named |= {("Files", *pair) for pair in references.property_files_in(meant.expression)}
    assert named == meant.names


@pytest.mark.parametrize("value", [{"Get": "Parameters.A"}, {"Std:Join": {"Values": ["x"]}}, {"Std:JsonGet": {}}])
def test_a_value_that_looks_like_a_reference_is_not_read_again(value: Any) -> None:
    world = World({"A": value}, {}, {"A": {"x": [value]}}, value)
    assert resolve([{"Get": "Parameters.A"}, {"Get": "Steps.A.x"}], world.scope) == [value, [value]]


@repeatable
@given(document=DOCUMENTS, data=st.data(), more=TEXTS)
def test_a_path_reads_a_value_or_is_refused_in_a_sentence(document: Any, data: st.DataObject, more: str) -> None:
    path, value = data.draw(paths(document))
    world = World({}, {}, {"A": document}, None)
    read = resolve({"Get": f"Steps.A{path}"}, world.scope)
    assert text(read) == text(value)
    if not isinstance(value, list | dict):
        for deeper in (".x", "[0]", "['x']", ".0"):
            with pytest.raises(UnresolvedReference, match="has nothing at"):
                resolve({"Get": f"Steps.A{path}{deeper}"}, world.scope)
    try:
        resolve({"Get": f"Steps.A{path}{more}"}, world.scope)
    except UnresolvedReference as refused:
        assert str(refused).endswith(".")


@repeatable
@given(arguments=st.dictionaries(_WORDS, MISSHAPEN, max_size=3))
def test_a_misshapen_expression_is_refused_at_first_or_when_it_is_read(arguments: Any) -> None:
    try:
        step = definition(arguments).steps["Z"]
    except AwsError as refused:
        assert refused.code == "ValidationException"
        return
    world = World({"A": "a"}, {"A": "a"}, {"A": {"x": [1]}}, [1])
    try:
        resolve(step.arguments, world.scope)
    except UnresolvedReference as refused:
        assert str(refused).endswith(".")


@repeatable
@given(conditions=MISSHAPEN)
def test_misshapen_conditions_hold_do_not_hold_or_are_refused(conditions: Any) -> None:
    try:
        arguments = definition({"Conditions": conditions}, "Condition").steps["Z"].arguments
        resolved = resolve(arguments, World({"A": "a"}, {"A": "a"}, {"A": {"x": [1]}}, [1]).scope)
        assert holds(resolved["Conditions"]) in (True, False)
    except AwsError as refused:
        assert refused.code == "ValidationException"
    except ValueError as refused:
        assert str(refused).endswith(".")


@repeatable
@given(root=st.sampled_from(["Parameters", "Steps"]), name=TEXTS.filter(bool))
def test_a_reference_to_what_is_not_declared_is_refused_with_the_step(root: str, name: str) -> None:
    with pytest.raises(AwsError, match=r"The step 'Z' (uses the parameter|depends on|has .* no reference)"):
        definition({"x": {"Get": f"{root}.{name}"}} if root == "Parameters" else {"x": {"Get": f"Steps.B{name}"}})
