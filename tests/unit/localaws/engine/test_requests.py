"""Arguments held against the API that their step calls, when the pipeline is created."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from localaws.engine.definition import parse
from localaws.engine.requests import check_arguments
from localaws.errors import AwsError

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Build

ROLE = "arn:aws:iam::000000000000:role/pipeline"
PROCESSING: dict[str, Any] = {
    "AppSpecification": {"ImageUri": "own", "ContainerEntrypoint": ["python3", "x.py"], "ContainerArguments": ["--x"]},
    "ProcessingInputs": [
        {
            "InputName": "images",
            "S3Input": {
                "S3Uri": "s3://bucket/in",
                "LocalPath": "/opt/ml/processing/in",
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
            },
        }
    ],
    "ProcessingOutputConfig": {
        "Outputs": [
            {
                "OutputName": "train",
                "S3Output": {
                    "S3Uri": "s3://bucket/out",
                    "LocalPath": "/opt/ml/processing/out",
                    "S3UploadMode": "EndOfJob",
                },
            }
        ]
    },
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}},
    "RoleArn": ROLE,
}
PARAMETERS = [
    {"Name": "Words", "Type": "String", "DefaultValue": "a"},
    {"Name": "Count", "Type": "Integer", "DefaultValue": 1},
    {"Name": "Rate", "Type": "Float", "DefaultValue": 0.5},
    {"Name": "Chosen", "Type": "Boolean", "DefaultValue": True},
]
INPUT_MODE = ("ProcessingInputs", 0, "S3Input", "S3InputMode")
COUNT = ("ProcessingResources", "ClusterConfig", "InstanceCount")
ARGUMENT = ("AppSpecification", "ContainerArguments", 0)


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The arguments of a processing step, one place of them changed."""
    made: Any = deepcopy(PROCESSING)
    place = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    found: dict[str, Any] = made
    return found


def check(build: Build, *steps: dict[str, Any]) -> None:
    check_arguments(parse(build.text(*steps, parameters=PARAMETERS)))


def refused(build: Build, *steps: dict[str, Any]) -> str:
    with pytest.raises(AwsError) as caught:
        check(build, *steps)
    assert caught.value.code == "ValidationException"
    return caught.value.message


def processing(build: Build, arguments: dict[str, Any], name: str = "Prepare") -> dict[str, Any]:
    return build.step(name, kind="Processing", Arguments=arguments)


def test_what_the_api_takes_is_taken_without_the_name_that_the_pipeline_gives(build: Build) -> None:
    check(build, processing(build, PROCESSING))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("Enviroment",), {"A": "b"}, "Unknown Argument member 'Enviroment'"),
        ((*INPUT_MODE[:-1], "S3Urii"), "s3://b/c", "Unknown Argument member 'S3Urii'"),
        (
            INPUT_MODE,
            "FastFile",
            "Model Validation failed:\nValue 'FastFile' for 'ProcessingS3InputMode' failed to satisfy enum value set: "
            "[Pipe, File]",
        ),
        (("ProcessingInputs",), PROCESSING["ProcessingInputs"] * 11, "length less than or equal to 10"),
        (("ProcessingInputs",), {"InputName": "x"}, "Expecting start of Json Array."),
        (("ProcessingInputs", 0), "x", "Expecting start of Json Object."),
        (("RoleArn",), None, "Member 'RoleArn' of 'CreateProcessingJobRequest' must not be null"),
        (("ProcessingInputs", 0, "InputName"), None, "Member 'InputName' of 'ProcessingInput' must not be null"),
        (("RoleArn",), "nobody", "for 'RoleArn' failed to satisfy"),
        (COUNT, "1", "Expecting Integer, not '1'."),
        (COUNT, True, "Expecting Integer, not True."),
        (COUNT, 101, "value less than or equal to 100"),
        (("StoppingCondition",), {"MaxRuntimeInSeconds": 0}, "value greater than or equal to 1"),
    ],
)
def test_what_the_api_does_not_take_is_refused_before_anything_runs(
    build: Build, path: tuple[str | int, ...], value: object, words: str
) -> None:
    sentence = refused(build, processing(build, changed(path, value)))
    assert sentence.startswith("Unable to parse pipeline definition. ")
    assert words in sentence


@pytest.mark.parametrize(
    ("path", "parameter", "kinds"),
    [
        (ARGUMENT, "Count", ("Integer", "String")),
        (ARGUMENT, "Rate", ("Float", "String")),
        (ARGUMENT, "Chosen", ("Boolean", "String")),
        (COUNT, "Words", ("String", "Integer")),
        (COUNT, "Rate", ("Float", "Integer")),
        (("NetworkConfig",), "Words", ("String", "Structure")),
        (("ProcessingInputs",), "Words", ("String", "List")),
        (("NetworkConfig",), "Words", ("String", "Structure")),
    ],
)
def test_a_parameter_of_another_type_than_its_member_is_refused(
    build: Build, path: tuple[str | int, ...], parameter: str, kinds: tuple[str, str]
) -> None:
    sentence = refused(build, processing(build, changed(path, {"Get": f"Parameters.{parameter}"})))
    stands, takes = kinds
    expected = (
        f"Cannot assign property reference [Parameters.{parameter}] of type [{stands}] to argument of type [{takes}]"
    )
    assert sentence == expected


@pytest.mark.parametrize(
    ("path", "function"),
    [
        (ARGUMENT, {"Get": "Parameters.Words"}),
        (ARGUMENT, {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.Count"}]}}),
        (ARGUMENT, {"Get": "Execution.PipelineExecutionId"}),
        (COUNT, {"Get": "Parameters.Count"}),
        (("NetworkConfig",), {"EnableNetworkIsolation": {"Get": "Parameters.Chosen"}}),
    ],
)
def test_a_reference_of_its_members_type_is_taken(
    build: Build, path: tuple[str | int, ...], function: dict[str, Any]
) -> None:
    check(build, processing(build, changed(path, function)))


@pytest.mark.parametrize(
    "path",
    [
        "ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri",
        "ProcessingOutputConfig.Outputs[0].S3Output.S3Uri",
        "ProcessingJobArn",
        "Environment.A",
    ],
)
def test_a_later_step_reads_what_the_description_of_a_job_has(build: Build, path: str) -> None:
    later = changed(ARGUMENT, {"Get": f"Steps.Prepare.{path}"})
    check(build, processing(build, PROCESSING), processing(build, later, "Later"))


def test_a_place_of_many_digits_is_a_place(build: Build) -> None:
    """Python reads no number of more than 4,300 digits."""
    output = f"ProcessingOutputConfig.Outputs[{'9' * 5_000}].S3Output.S3Uri"
    later = changed(ARGUMENT, {"Get": f"Steps.Prepare.{output}"})
    check(build, processing(build, PROCESSING), processing(build, later, "Later"))


@pytest.mark.parametrize("path", ["Nope", "ProcessingOutputConfig.Nope", "ProcessingJobArn.Nope"])
def test_what_no_description_has_is_refused(build: Build, path: str) -> None:
    later = changed(ARGUMENT, {"Get": f"Steps.Prepare.{path}"})
    sentence = refused(build, processing(build, PROCESSING), processing(build, later, "Later"))
    assert sentence == f"The step 'Later' refers to Steps.Prepare.{path}, which a Processing step does not have."


def test_a_member_of_a_description_has_its_type(build: Build) -> None:
    later = changed(ARGUMENT, {"Get": "Steps.Prepare.ProcessingResources.ClusterConfig.InstanceCount"})
    assert "of type [Integer] to argument of type [String]" in refused(
        build, processing(build, PROCESSING), processing(build, later, "Later")
    )


def test_an_unknown_variable_of_an_execution_is_refused_with_those_that_there_are(build: Build) -> None:
    sentence = refused(build, processing(build, changed(ARGUMENT, {"Get": "Execution.Nope"})))
    assert sentence.startswith("'Execution.Nope' is not a variable of an execution; there are PipelineName, ")


def asked(build: Build, output: str) -> tuple[dict[str, Any], dict[str, Any]]:
    declared = [{"OutputName": "rows", "OutputType": "Integer"}, {"OutputName": "word", "OutputType": "String"}]
    function = build.step("Ask", kind="Lambda", FunctionArn="arn:f", OutputParameters=declared)
    return function, processing(build, changed(ARGUMENT, {"Get": f"Steps.Ask.OutputParameters['{output}']"}))


def test_a_functions_output_has_its_declared_type(build: Build) -> None:
    check(build, *asked(build, "word"))
    assert "of type [Integer] to argument of type [String]" in refused(build, *asked(build, "rows"))
    assert "the Lambda step 'Ask' declares the outputs rows, word" in refused(build, *asked(build, "other"))


def test_a_version_is_given_no_name_by_its_step(build: Build) -> None:
    step = build.step("Register", kind="RegisterModel", Arguments={"ModelPackageName": "mine"})
    assert refused(build, step).endswith("Unknown Argument member 'ModelPackageName'")


def test_what_the_local_aws_does_not_emulate_is_refused_now_and_not_when_the_step_runs(build: Build) -> None:
    assert "does not emulate" in refused(build, processing(build, changed(INPUT_MODE, "Pipe")))


def test_arguments_are_checked_within_branches_too(build: Build) -> None:
    holds = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
    inner = processing(build, changed(("Enviroment",), {}))
    assert "'Enviroment'" in refused(build, build.condition("Gate", holds, then=[inner], otherwise=[]))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"DependOn": []}, "The step 'A' has the member 'DependOn'; it may have Name, Type"),
        ({"RetryPolicies": [{"ExceptionType": ["Step.NOPE"]}]}, "has the ExceptionType ['Step.NOPE']; allowed are"),
        ({"RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 99}]}, "MaxAttempts 99; 1 to 20"),
        ({"RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempt": 9}]}, "has the member 'MaxAttempt'"),
        (
            {"RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 9, "ExpireAfterMin": 3}]},
            "MaxAttempts and ExpireAfterMin; give one of them",
        ),
    ],
)
def test_a_member_of_a_step_that_would_do_nothing_is_refused(build: Build, step: dict[str, Any], words: str) -> None:
    assert words in refused(build, build.step("A", **step))


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ({"EnumValues": [f"v{number}" for number in range(17)]}, "has 17 EnumValues; at most 16 are allowed"),
        ({"Name": "n" * 257}, "it has 1 to 256 letters, digits, hyphens and underscores"),
        ({"Default": "x"}, "The parameter 'Words' has the member 'Default'"),
    ],
)
def test_a_parameter_that_aws_does_not_take_is_refused(build: Build, parameter: dict[str, Any], words: str) -> None:
    given = [{"Name": "Words", "Type": "String", **parameter}]
    with pytest.raises(AwsError) as caught:
        parse(build.text(build.step("A"), parameters=given))
    assert words in caught.value.message


def test_outputs_of_functions_are_single_values(build: Build) -> None:
    step = build.step(
        "Ask", kind="Lambda", FunctionArn="arn:f", OutputParameters=[{"OutputName": "x", "OutputType": "List"}]
    )
    assert "OutputType 'List'; allowed are String, Integer, Boolean, Float" in refused(build, step)


def test_nothing_waits_for_a_fail_step(build: Build) -> None:
    fail = build.step("Stop", kind="Fail", Arguments={"ErrorMessage": ""})
    assert "depends on 'Stop', a Fail step" in refused(build, fail, build.step("A", "Stop"))


def checked(build: Build, **options: object) -> dict[str, Any]:
    return build.step("Check", kind="QualityCheck", Arguments=PROCESSING, **{"CheckType": "DATA_QUALITY", **options})


def test_a_check_s_options_may_be_references_of_their_types(build: Build) -> None:
    options = {"SkipCheck": {"Get": "Parameters.Chosen"}, "SuppliedBaselineStatistics": {"Get": "Parameters.Words"}}
    check(build, checked(build, **options, FailOnViolation=None, RegisterNewBaseline=True))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"SkipCheck": {"Get": "Parameters.Words"}}, "type [String] to argument of type [Boolean]"),
        ({"FailOnViolation": "no"}, "Expecting Boolean, not 'no'"),
        ({"ModelPackageGroupName": {"Get": "Parameters.Count"}}, "type [Integer] to argument of type [String]"),
        ({"CheckType": "DATA_BIAS"}, "CheckType 'DATA_BIAS'; allowed are DATA_QUALITY, MODEL_QUALITY"),
        ({"SkipChecks": True}, "the member 'SkipChecks'; it may have"),
        ({"RetryPolicies": []}, "the member 'RetryPolicies'; it may have"),
    ],
)
def test_a_check_s_options_are_those_of_aws(build: Build, options: dict[str, object], sentence: str) -> None:
    assert sentence in refused(build, checked(build, **options))


def test_a_check_s_job_is_held_against_its_api(build: Build) -> None:
    step = checked(build)
    step["Arguments"] = changed(INPUT_MODE, "FastFile")
    assert "FastFile" in refused(build, step)


@pytest.mark.parametrize("script", ["record_preprocessor_script", "post_analytics_processor_script"])
def test_scripts_of_a_check_are_refused_before_it_runs(build: Build, script: str) -> None:
    step = checked(build)
    step["Arguments"] = {**PROCESSING, "Environment": {script: "/opt/ml/processing/input/script.py"}}
    assert f"has a {script}, which the local AWS does not call" in refused(build, step)


def test_a_check_has_four_properties(build: Build) -> None:
    for name, allowed in (("CalculatedBaselineStatistics", True), ("ProcessingJobArn", False)):
        tell = build.step("Tell", kind="Fail", Arguments={"ErrorMessage": {"Get": f"Steps.Check.{name}"}})
        if allowed:
            check(build, checked(build), tell)
        else:
            assert "has CalculatedBaselineConstraints," in refused(build, checked(build), tell)


def test_a_check_of_clarify_s_is_refused(build: Build) -> None:
    sentence = refused(build, build.step("Bias", kind="ClarifyCheck", Arguments=PROCESSING, CheckType="DATA_BIAS"))
    assert "has the type 'ClarifyCheck', which the local AWS does not run" in sentence
