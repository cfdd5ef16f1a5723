"""References: what each form reads, and the one sentence that tells of one that names nothing."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.engine.references import (
    Scope,
    UnresolvedReference,
    parameters_in,
    property_files_in,
    resolve,
    steps_in,
)

REPORT = {"accuracy": {"value": 0.9}, "classes": [{"rate": 1}, {"rate": 2}], "by class": {"0": {"1": 7}}, "it's": 3}
OUTPUTS = {
    "Prepare": {
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train"}}]},
        "Numbers": [10, 20],
    },
    "Train-1": {"ModelArtifacts": {"S3ModelArtifacts": "s3://b/model.tar.gz"}},
}
SCOPE = Scope(
    parameters={"Depth": 20, "Rate": 0.1, "Name": "scones", "On": True},
    execution={"PipelineExecutionId": "abc"},
    outputs=OUTPUTS,
    property_file=lambda step, file: REPORT if (step, file) == ("Evaluate", "Report") else None,
    s3_json=lambda uri: {"Result": [REPORT, 7]} if uri == "s3://b/abc/results.json" else None,
)


def json_get(path: str) -> dict[str, Any]:
    return {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}, "Path": path}}


def test_json_is_read_from_an_address_that_is_put_together() -> None:
    joined = {
        "Std:Join": {"On": "/", "Values": ["s3:/", "b", {"Get": "Execution.PipelineExecutionId"}, "results.json"]}
    }
    assert resolve({"Std:JsonGet": {"S3Uri": joined, "Path": "Result[1]"}}, SCOPE) == 7
    assert (
        resolve({"Std:JsonGet": {"S3Uri": "s3://b/abc/results.json", "Path": "Result[0]['accuracy'].value"}}, SCOPE)
        == 0.9
    )
    with pytest.raises(UnresolvedReference, match=r"s3://b/abc/results.json has nothing at 'Exception'"):
        resolve({"Std:JsonGet": {"S3Uri": joined, "Path": "Exception"}}, SCOPE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Parameters.Depth", 20),
        ("Parameters.On", True),
        ("Execution.PipelineExecutionId", "abc"),
        ("Steps.Train-1.ModelArtifacts.S3ModelArtifacts", "s3://b/model.tar.gz"),
        ("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri", "s3://b/train"),
        ('Steps.Prepare.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri', "s3://b/train"),
        ("Steps.Prepare.ProcessingOutputConfig.Outputs[0].OutputName", "train"),
        ("Steps.Prepare.Numbers[1]", 20),
        ("Steps.Prepare.Numbers", [10, 20]),
    ],
)
def test_get_reads_the_value_with_its_type(path: str, value: object) -> None:
    assert resolve({"Get": path}, SCOPE) == value


def test_join_writes_values_of_every_type() -> None:
    values = ["s3:/", {"Get": "Parameters.Name"}, 7, {"Get": "Parameters.Rate"}, {"Get": "Parameters.On"}]
    assert resolve({"Std:Join": {"On": "/", "Values": values}}, SCOPE) == "s3://scones/7/0.1/true"


def test_join_without_a_separator_and_inside_another_join() -> None:
    inner = {"Std:Join": {"Values": ["a", "b"]}}
    assert resolve({"Std:Join": {"On": "-", "Values": [inner, "c"]}}, SCOPE) == "ab-c"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("accuracy.value", 0.9),
        ("classes[1].rate", 2),
        ("['by class']['0']['1']", 7),
        ("['by class'].0.1", 7),
        ("$.accuracy.value", 0.9),
        ('["it\'s"]', 3),
    ],
)
def test_json_get_reads_a_property_file(path: str, value: float) -> None:
    assert resolve(json_get(path), SCOPE) == value


def test_references_are_found_and_replaced_at_any_depth() -> None:
    value = {"A": [{"B": {"Get": "Parameters.Depth"}}, "text", 3, None], "C": {"Get": "Parameters.Name", "D": 1}}
    resolved = resolve(value, SCOPE)
    assert resolved == {"A": [{"B": 20}, "text", 3, None], "C": {"Get": "Parameters.Name", "D": 1}}


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ({"Get": "Execution.Nothing"}, "'Execution.Nothing' is not a variable of an execution; there are"),
        ({"Get": "Steps.Later.X"}, "'Steps.Later.X' cannot be read: the step 'Later' has not run"),
        ({"Get": "Elsewhere.X"}, "it must begin with Parameters, Steps or Execution"),
        ({"Get": "Steps.Train-1.Missing.X"}, "the step Train-1 has nothing at 'Missing.X'"),
        ({"Get": "Steps.Prepare.Numbers[7]"}, "the step Prepare has nothing at 'Numbers[7]'"),
        ({"Get": "Steps.Prepare.Numbers['seven']"}, "the step Prepare has nothing at"),
        ({"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['test'].S3Output"}, "has nothing at"),
        (json_get("accuracy.missing"), "Evaluate's property file Report has nothing at 'accuracy.missing'"),
        (json_get("accuracy.value.deeper"), "has nothing at 'accuracy.value.deeper'"),
        (json_get("classes.7.rate"), "has nothing at 'classes.7.rate'"),
        ({"Get": "Steps.Train-1.ModelArtifacts.S3ModelArtifacts[0]"}, "has nothing at"),
        (json_get("['by class'][0]"), "has nothing at \"['by class'][0]\""),
        (json_get(f"classes[{'1' * 5000}]"), "has nothing at 'classes[111"),
        (json_get("classes[*].rate"), "cannot be read at 'classes[*].rate': a path is written as in a.b[0]['c d']."),
        (json_get("accuracy !.value"), "cannot be read at 'accuracy !.value'"),
    ],
)
def test_a_reference_that_names_nothing_is_one_sentence(reference: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnresolvedReference) as caught:
        resolve(reference, SCOPE)
    assert sentence in str(caught.value)


def test_what_a_value_refers_to_is_found_without_resolving_it() -> None:
    value = {
        "A": {"Get": "Steps.Train-1.ModelArtifacts"},
        "B": [json_get("x"), {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.Depth"}]}}],
        "C": {"Get": "Steps.Prepare[0].X"},
    }
    assert steps_in(value) == {"Train-1", "Evaluate", "Prepare"}
    assert parameters_in(value) == {"Depth"}
    assert property_files_in(value) == {("Evaluate", "Report")}
