"""Definitions: what is refused when a pipeline is created, and in which words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from localaws.engine.definition import Guard, parse
from localaws.errors import AwsError

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Build

HOLDS = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
GET_A = {"X": {"Get": "Steps.A.ModelArtifacts.S3ModelArtifacts"}}


def refused(definition: str) -> str:
    with pytest.raises(AwsError) as caught:
        parse(definition)
    assert caught.value.code == "ValidationException"
    return caught.value.message


def test_what_is_not_json_is_refused_with_the_place() -> None:
    assert "it is not JSON" in refused('{"Version": ')


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_json_that_is_no_object_is_refused(body: object) -> None:
    assert "'2020-12-01' is allowed" in refused(json.dumps(body))


def test_another_version_is_refused_with_the_one_that_is_allowed(build: Build) -> None:
    sentence = refused(build.text(build.step("A"), version="2019-01-01"))
    assert "'2019-01-01'" in sentence
    assert "'2020-12-01'" in sentence


def test_a_step_type_that_does_not_run_here_is_refused_with_those_that_do(build: Build) -> None:
    sentence = refused(build.text(build.step("A", kind="EMR")))
    assert "'A'" in sentence
    assert "'EMR'" in sentence
    assert (
        "Processing, Training, Condition, RegisterModel, Model, Lambda, Callback, Transform, Tuning, Fail" in sentence
    )


def test_an_unknown_type_inside_a_branch_is_refused_too(build: Build) -> None:
    inner = build.step("B", kind="AutoML")
    assert "'AutoML'" in refused(build.text(build.condition("C", HOLDS, then=[], otherwise=[inner])))


def test_a_pipeline_without_steps_is_refused(build: Build) -> None:
    assert "1 to 5000 steps; 0 were given" in refused(build.text())


@pytest.mark.parametrize("broken", ["A", {"Type": "Fail"}, {"Name": "A"}, {"Name": 3, "Type": "Fail"}, None])
def test_a_step_without_name_or_type_is_refused(broken: object) -> None:
    text = json.dumps({"Version": "2020-12-01", "Steps": [broken]})
    assert refused(text) == "Every step needs a Name and a Type."


@pytest.mark.parametrize("member", ["Arguments", "DependsOn", "CacheConfig", "RetryPolicies", "PropertyFiles"])
def test_a_member_of_a_step_that_has_the_wrong_type_is_refused(build: Build, member: str) -> None:
    sentence = refused(build.text(build.step("A") | {member: "text"}))
    assert "'A'" in sentence
    assert member in sentence


def test_two_steps_of_one_name_are_refused(build: Build) -> None:
    assert "'A' stands twice" in refused(build.text(build.step("A"), build.step("A")))


def test_a_name_that_a_branch_repeats_is_refused(build: Build) -> None:
    gate = build.condition("C", HOLDS, then=[build.step("A")], otherwise=[])
    assert "'A' stands twice" in refused(build.text(build.step("A"), gate))


def test_a_name_that_both_branches_have_is_refused(build: Build) -> None:
    gate = build.condition("C", HOLDS, then=[build.step("A")], otherwise=[build.step("A")])
    assert "'A' stands twice" in refused(build.text(gate))


def test_a_dependency_on_a_step_that_is_not_there_is_refused(build: Build) -> None:
    sentence = refused(build.text(build.step("A", "Nowhere")))
    assert sentence == "The step 'A' depends on 'Nowhere', which the definition does not have."


def test_a_reference_to_a_step_that_is_not_there_is_refused(build: Build) -> None:
    sentence = refused(build.text(build.step("B", Arguments=GET_A)))
    assert sentence == "The step 'B' depends on 'A', which the definition does not have."


def test_a_parameter_that_is_not_declared_is_refused(build: Build) -> None:
    arguments = {"X": {"Std:Join": {"On": "/", "Values": ["a", {"Get": "Parameters.Depth"}]}}}
    assert "uses the parameter 'Depth', which is not declared" in refused(
        build.text(build.step("A", Arguments=arguments))
    )


def test_a_function_whose_arn_is_an_undeclared_parameter_is_refused(build: Build) -> None:
    function = build.step("A", kind="Lambda", FunctionArn={"Get": "Parameters.Arn"})
    assert "uses the parameter 'Arn', which is not declared" in refused(build.text(function))


def test_a_property_file_that_its_step_does_not_declare_is_refused(build: Build) -> None:
    read = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.A.PropertyFiles.Report"}, "Path": "accuracy"}}
    gate = build.condition("C", {"Type": "Equals", "LeftValue": read, "RightValue": 1}, then=[], otherwise=[])
    known = {"PropertyFiles": [{"PropertyFileName": "Other", "OutputName": "o", "FilePath": "f"}]}
    assert "reads 'Report', which 'A' does not declare" in refused(build.text(build.step("A", **known), gate))


def test_a_step_waits_for_the_step_whose_address_it_reads_json_from(build: Build) -> None:
    place = {"Std:Join": {"On": "/", "Values": [{"Get": "Steps.A.OutputDataConfig.S3OutputPath"}, "results.json"]}}
    asks = {"Type": "Equals", "LeftValue": {"Std:JsonGet": {"S3Uri": place, "Path": "Result['a']"}}, "RightValue": 1}
    gate = build.condition("C", asks, then=[], otherwise=[])
    assert parse(build.text(gate, build.step("A"))).steps["C"].depends_on == {"A"}


@pytest.mark.parametrize(
    "body",
    [
        {"S3Uri": 7, "Path": "a"},
        {"S3Uri": {"Std:JsonGet": {"S3Uri": "s3://b/k", "Path": "a"}}, "Path": "a"},
        {"S3Uri": "s3://b/k"},
        {"S3Uri": "s3://b/k", "PropertyFile": {"Get": "Steps.A.PropertyFiles.F"}, "Path": "a"},
    ],
    ids=["a number", "JSON within", "no path", "a property file as well"],
)
def test_json_of_an_address_that_is_not_of_its_form_is_refused(build: Build, body: dict[str, Any]) -> None:
    asks = {"Type": "Equals", "LeftValue": {"Std:JsonGet": body}, "RightValue": 1}
    sentence = refused(build.text(build.step("A"), build.condition("C", asks, then=[], otherwise=[])))
    assert "Std:JsonGet with Path and either PropertyFile or S3Uri" in sentence


def test_a_circle_is_refused_with_the_steps_in_it(build: Build) -> None:
    sentence = refused(build.text(build.step("Free"), build.step("A", "B"), build.step("B", "A")))
    assert sentence == "The steps A, B wait for each other in a circle."


def test_a_step_that_waits_for_itself_is_refused(build: Build) -> None:
    assert "A wait for each other" in refused(build.text(build.step("A", Arguments=GET_A)))


def test_a_condition_that_waits_for_a_step_in_its_own_branch_is_refused(build: Build) -> None:
    asks = {"Type": "Equals", "LeftValue": GET_A["X"], "RightValue": 1}
    assert "A, C wait for each other" in refused(
        build.text(build.condition("C", asks, then=[build.step("A")], otherwise=[]))
    )


@pytest.mark.parametrize("duration", ["soon", "", "P", "PT", "12", "P-1D", "1.5d"])
def test_a_cache_that_expires_after_no_duration_is_refused(build: Build, duration: str) -> None:
    cached = build.step("A", CacheConfig={"Enabled": True, "ExpireAfter": duration})
    sentence = refused(build.text(cached))
    assert f"ExpireAfter is {duration!r}" in sentence
    assert "P30D" in sentence


@pytest.mark.parametrize(
    "parameter", [{"Type": "String"}, "Depth", {"Name": 4, "Type": "String"}], ids=["no name", "text", "number"]
)
def test_a_parameter_without_a_name_is_refused(build: Build, parameter: object) -> None:
    assert "Every parameter needs a Name" in refused(build.text(build.step("A"), parameters=[parameter]))


def test_nested_conditions_are_one_table_whose_guards_say_what_lets_a_step_run(build: Build) -> None:
    inner = build.condition("Inner", HOLDS, then=[build.step("Deep")], otherwise=[])
    outer = build.condition("Outer", HOLDS, then=[build.step("Shallow")], otherwise=[inner])
    steps = parse(build.text(build.step("First"), outer)).steps
    assert list(steps) == ["First", "Outer", "Shallow", "Inner", "Deep"]
    assert steps["Shallow"].guard == Guard("Outer", "True")
    assert steps["Inner"].guard == Guard("Outer", "False")
    assert steps["Deep"].guard == Guard("Inner", "True")
    assert steps["Deep"].waits_for == {"Inner"}


def test_a_condition_waits_for_what_it_compares_and_not_for_what_its_branches_read(build: Build) -> None:
    asks = {"Type": "Equals", "LeftValue": {"Get": "Steps.A.X"}, "RightValue": 1}
    branch = build.step("D", Arguments={"X": {"Get": "Steps.B.X"}})
    gate = build.condition("C", asks, then=[branch], otherwise=[])
    steps = parse(build.text(build.step("A"), build.step("B"), gate)).steps
    assert steps["C"].depends_on == {"A"}
    assert steps["D"].waits_for == {"B", "C"}


def test_dependencies_come_from_references_at_any_depth_and_from_depends_on(build: Build) -> None:
    join = {"Std:Join": {"On": "/", "Values": [{"Get": "Steps.A.Outputs['o'].Uri"}]}}
    arguments: dict[str, Any] = {"List": [{"Map": join}]}
    last = build.step("C", "B", Arguments=arguments)
    assert parse(build.text(build.step("A"), build.step("B"), last)).steps["C"].depends_on == {"A", "B"}


def test_a_step_waits_for_a_condition_by_its_outcome_and_not_by_a_dependence(build: Build) -> None:
    gate = build.condition("Gate", {"Type": "Equals", "LeftValue": 1, "RightValue": 1}, then=[], otherwise=[])
    sentence = refused(build.text(gate, build.step("After", "Gate")))
    assert sentence == (
        "The step 'After' depends on 'Gate', a Condition step; put the step into one of its branches, or read "
        "Steps.Gate.Outcome."
    )
    say = build.step("Say", kind="Fail", Arguments={"ErrorMessage": {"Get": "Steps.Gate.Outcome"}})
    assert parse(build.text(gate, say)).steps["Say"].depends_on == {"Gate"}


@pytest.mark.parametrize(("step", "parameter"), [(64, 90), (64, 256)])
def test_steps_have_names_of_64_characters_and_parameters_of_256(build: Build, step: int, parameter: int) -> None:
    declared = {"Name": "p" * parameter, "Type": "String", "DefaultValue": "a"}
    assert "s" * step in parse(build.text(build.step("s" * step), parameters=[declared])).steps
    for long in (65, 90):
        assert "it has 1 to 64 letters" in refused(build.text(build.step("s" * long)))
    assert "it has 1 to 256 letters" in refused(
        build.text(build.step("A"), parameters=[declared | {"Name": "p" * 257}])
    )


def test_a_parameter_without_a_type_is_text(build: Build) -> None:
    (parameter,) = parse(build.text(build.step("A"), parameters=[{"Name": "InputDataSource"}])).parameters
    assert parameter["Type"] == "String"


def test_conditions_are_nested_as_deep_as_a_public_pipeline_nests_them(build: Build) -> None:
    """https://github.com/apache/airflow: its system test for SageMaker's pipelines runs 31 on AWS."""
    steps: list[dict[str, Any]] = []
    for number in range(31):
        condition = {"Type": "LessThanOrEqualTo", "LeftValue": 3.0, "RightValue": 6.0}
        steps = [build.condition(f"DummyCond{number}", condition, then=steps, otherwise=[])]
    assert len(parse(build.text(*steps)).steps) == 31
