"""Pipelines and their executions as the API shows them."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from localaws.sagemaker import pipelines

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Script

ROLE = "arn:aws:iam::000000000000:role/pipeline"
TOKEN = "t" * 32


@pytest.fixture
def line(build: Build) -> str:
    """A definition of one step."""
    return build.text(build.step("A"))


def created(definition: str, **more: object) -> dict[str, object]:
    return {"PipelineName": "line", "PipelineDefinition": definition, "RoleArn": ROLE, **more}


def test_a_pipeline_is_described_as_it_was_created(api: Api, line: str) -> None:
    api("CreatePipeline", **created(line, PipelineDescription="Bakes"))
    described = api("DescribePipeline", PipelineName="line")
    assert described["PipelineDefinition"] == line
    assert (described["PipelineDisplayName"], described["PipelineStatus"]) == ("line", "Active")
    assert (described["RoleArn"], described["PipelineDescription"]) == (ROLE, "Bakes")
    assert api("DescribePipeline", PipelineName=described["PipelineArn"]) == described


def test_a_second_pipeline_of_the_name_is_refused_in_the_words_that_the_sdk_s_upsert_looks_for(
    api: Api, line: str
) -> None:
    api("CreatePipeline", **created(line))
    code, sentence = api.refused("CreatePipeline", **created(line))
    assert code == "ValidationException"
    assert "Pipeline names must be unique within" in sentence


def test_the_same_token_creates_once(api: Api, line: str) -> None:
    first = api("CreatePipeline", **created(line, ClientRequestToken=TOKEN))
    assert api("CreatePipeline", **created(line, ClientRequestToken=TOKEN)) == first
    api.refused("CreatePipeline", **created(line, ClientRequestToken=TOKEN[1:] + "u"))


def test_a_broken_definition_creates_nothing(api: Api, build: Build) -> None:
    sentence = api.refused("CreatePipeline", **created(build.text(build.step("A", "B"))))[1]
    assert "depends on 'B'" in sentence
    assert api.refused("DescribePipeline", PipelineName="line")[0] == "ResourceNotFound"


def test_parameters_are_checked_when_the_pipeline_is_created(api: Api, build: Build) -> None:
    broken = build.text(build.step("A"), parameters=[{"Name": "P", "Type": "List"}])
    assert "'List'" in api.refused("CreatePipeline", **created(broken))[1]


def test_exactly_one_place_of_the_definition_is_asked_for(api: Api, line: str) -> None:
    both = created(line, PipelineDefinitionS3Location={"Bucket": "bucket", "ObjectKey": "key"})
    neither = {"PipelineName": "line", "RoleArn": ROLE}
    for request in (both, neither):
        assert (
            "either PipelineDefinition or PipelineDefinitionS3Location" in api.refused("CreatePipeline", **request)[1]
        )


def test_a_definition_may_lie_in_s3(cloud: Aws, cloud_api: Api, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.clients.s3.put_object(Bucket="bucket", Key="line.json", Body=line.encode())
    place = {"Bucket": "bucket", "ObjectKey": "line.json"}
    request = {"PipelineName": "line", "RoleArn": ROLE, "PipelineDefinitionS3Location": place}
    missing = request | {"PipelineDefinitionS3Location": place | {"ObjectKey": "other"}}
    assert "s3://bucket/other cannot be read" in cloud_api.refused("CreatePipeline", **missing)[1]
    cloud_api("CreatePipeline", **request)
    assert cloud_api("DescribePipeline", PipelineName="line")["PipelineDefinition"] == line
    monkeypatch.setattr(pipelines, "_LARGEST", 10)
    assert "larger than 10 bytes" in cloud_api.refused("CreatePipeline", **request | {"PipelineName": "other"})[1]


def test_an_update_changes_what_it_names(api: Api, build: Build, line: str) -> None:
    api("CreatePipeline", **created(line))
    other = build.text(build.step("B"))
    api("UpdatePipeline", PipelineName="line", PipelineDefinition=other)
    api("UpdatePipeline", PipelineName="line", PipelineDescription="Bakes more")
    described = api("DescribePipeline", PipelineName="line")
    assert (described["PipelineDefinition"], described["PipelineDescription"]) == (other, "Bakes more")
    assert described["RoleArn"] == ROLE


def test_an_update_to_a_broken_definition_is_refused_and_changes_nothing(api: Api, line: str) -> None:
    api("CreatePipeline", **created(line))
    api.refused("UpdatePipeline", PipelineName="line", PipelineDefinition="{}")
    assert api("DescribePipeline", PipelineName="line")["PipelineDefinition"] == line


def test_what_is_not_there_is_not_found(api: Api, line: str) -> None:
    api("CreatePipeline", **created(line))
    nobody = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/line/execution/aaaaaaaaaaaa"
    for operation, request in (
        ("UpdatePipeline", {"PipelineName": "other"}),
        ("DeletePipeline", {"PipelineName": "other"}),
        ("StartPipelineExecution", {"PipelineName": "other"}),
        ("ListPipelineExecutions", {"PipelineName": "other"}),
        ("DescribePipelineExecution", {"PipelineExecutionArn": nobody}),
        ("ListPipelineExecutionSteps", {"PipelineExecutionArn": nobody}),
        ("StopPipelineExecution", {"PipelineExecutionArn": nobody}),
        ("RetryPipelineExecution", {"PipelineExecutionArn": nobody}),
    ):
        code, sentence = api.refused(operation, **request)
        assert code == "ResourceNotFound", operation
        assert "does not exist" in sentence


def test_an_execution_keeps_the_definition_that_it_was_started_with(
    api: Api, runs: Runs, script: Script, build: Build, line: str
) -> None:
    script.holding = {"A": threading.Event()}
    runs.create(build.text(build.step("A"), build.step("B", "A")))
    arn = runs.start()
    script.await_begin("A")
    api("UpdatePipeline", PipelineName="line", PipelineDefinition=line)
    script.holding["A"].set()
    runs.ended(arn)
    assert script.began == ["A", "B"]
    kept = api("DescribePipelineDefinitionForExecution", PipelineExecutionArn=arn)["PipelineDefinition"]
    assert '"B"' in kept


def test_the_same_token_starts_once(runs: Runs, script: Script, line: str) -> None:
    runs.create(line)
    first = runs.start(ClientRequestToken=TOKEN)
    assert runs.start(ClientRequestToken=TOKEN) == first
    other = runs.start()
    runs.ended(first)
    runs.ended(other)
    assert other != first
    assert len(script.began) == 2


def test_a_wrong_parameter_starts_nothing(api: Api, runs: Runs, line: str) -> None:
    runs.create(line)
    request = {"PipelineName": "line", "PipelineParameters": [{"Name": "P", "Value": "1"}]}
    assert "Unknown parameters: P" in api.refused("StartPipelineExecution", **request)[1]
    assert api("ListPipelineExecutions", PipelineName="line")["PipelineExecutionSummaries"] == []


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("Stepz", [], "has the member 'Stepz'; it may have Version"),
        ("MlflowConfig", {"MlflowResourceArn": "arn"}, "does not emulate MlflowConfig"),
        ("PipelineExperimentConfig", [1], "is an object of ExperimentName and TrialName"),
        ("PipelineExperimentConfig", {"ExperimentName": "a", "Trial": "a"}, "is an object of ExperimentName"),
        ("PipelineExperimentConfig", {"ExperimentName": 3}, "ExperimentName must be a text or a function of one"),
        ("PipelineExperimentConfig", {"ExperimentName": {"Get": 3}}, "ExperimentName must be a text or a function"),
        ("PipelineExperimentConfig", {"ExperimentName": {"Get": "Parameters.X"}}, "the parameter 'X'"),
        ("PipelineExperimentConfig", {"ExperimentName": {"Get": "Steps.A.ModelName"}}, "refers to a step"),
        (
            "PipelineExperimentConfig",
            {"ExperimentName": {"Get": "Execution.TrainingJobName"}},
            "TrainingJobName, which",
        ),
        ("PipelineExperimentConfig", {"ExperimentName": {"Get": "Execution.Nope"}}, "refers to Execution.Nope, which"),
        (
            "PipelineExperimentConfig",
            {"ExperimentName": {"Std:Join": {"Values": [{"Std:JsonGet": {"S3Uri": "s3://b/k", "Path": "a"}}]}}},
            "ExperimentName must be a text or a function of one",
        ),
    ],
)
def test_members_of_a_definition_that_would_do_nothing_are_refused(
    api: Api, line: str, member: str, value: object, words: str
) -> None:
    definition = json.dumps({**json.loads(line), member: value})
    code, sentence = api.refused("CreatePipeline", PipelineName="line", PipelineDefinition=definition, RoleArn=ROLE)
    assert code == "ValidationException"
    assert words in sentence


def test_a_pipeline_whose_execution_runs_is_not_deleted(api: Api, runs: Runs, script: Script, line: str) -> None:
    script.holding = {"A": threading.Event()}
    runs.create(line)
    arn = runs.start()
    script.await_begin("A")
    code, sentence = api.refused("DeletePipeline", PipelineName="line")
    script.holding["A"].set()
    assert code == "ConflictException"
    assert arn in sentence
    runs.ended(arn)
    api("DeletePipeline", PipelineName="line")


def test_a_deleted_pipeline_takes_its_executions_and_tags_with_it(
    api: Api, runs: Runs, script: Script, line: str
) -> None:
    arn = runs.run(line, ClientRequestToken=TOKEN)
    pipeline = api("DescribePipeline", PipelineName="line")["PipelineArn"]
    api("AddTags", ResourceArn=pipeline, Tags=[{"Key": "team", "Value": "bakery"}])
    api("DeletePipeline", PipelineName="line")
    runs.create(line)
    assert api("ListPipelineExecutions", PipelineName="line")["PipelineExecutionSummaries"] == []
    assert api("ListTags", ResourceArn=pipeline)["Tags"] == []
    assert api.refused("ListPipelineExecutionSteps", PipelineExecutionArn=arn)[0] == "ResourceNotFound"
    again = runs.ended(runs.start(ClientRequestToken=TOKEN))
    assert again != arn
    assert script.began == ["A", "A"]


def test_the_parameters_of_an_execution_are_listed_as_text(api: Api, runs: Runs, script: Script, build: Build) -> None:
    parameters = [
        {"Name": "Epochs", "Type": "Integer", "DefaultValue": 10},
        {"Name": "Watched", "Type": "Boolean", "DefaultValue": True},
    ]
    arn = runs.run(
        build.text(build.step("A"), parameters=parameters), PipelineParameters=[{"Name": "Epochs", "Value": "3"}]
    )
    listed = api("ListPipelineParametersForExecution", PipelineExecutionArn=arn)["PipelineParameters"]
    assert listed == [{"Name": "Epochs", "Value": "3"}, {"Name": "Watched", "Value": "true"}]
    assert script.began == ["A"]


def test_executions_are_summed_up_with_start_status_and_reason(api: Api, runs: Runs, script: Script, line: str) -> None:
    script.failing = {"A"}
    arn = runs.run(line, PipelineExecutionDisplayName="monday")
    (summary,) = api("ListPipelineExecutions", PipelineName="line")["PipelineExecutionSummaries"]
    described = api("DescribePipelineExecution", PipelineExecutionArn=arn)
    assert summary["StartTime"] == described["CreationTime"]
    assert summary["PipelineExecutionStatus"] == "Failed"
    assert summary["PipelineExecutionFailureReason"] == described["FailureReason"]
    assert summary["PipelineExecutionDisplayName"] == "monday"


def test_pipelines_are_listed_with_the_time_of_their_last_execution(
    api: Api, runs: Runs, script: Script, line: str
) -> None:
    runs.create(line, "idle")
    runs.run(line)
    summaries: dict[str, Any] = {item["PipelineName"]: item for item in api("ListPipelines")["PipelineSummaries"]}
    assert summaries["line"]["LastExecutionTime"] >= summaries["line"]["CreationTime"]
    assert "LastExecutionTime" not in summaries["idle"]
    assert script.began == ["A"]


def test_arguments_that_a_steps_api_does_not_take_are_refused_at_create_and_at_update(
    api: Api, build: Build, line: str
) -> None:
    broken = build.text(build.step("A", Arguments={"Enviroment": {"A": "b"}}))
    words = "Unable to parse pipeline definition. Unknown Argument member 'Enviroment'"
    assert api.refused("CreatePipeline", **created(broken)) == ("ValidationException", words)
    api("CreatePipeline", **created(line))
    update = {"PipelineName": created(line)["PipelineName"], "PipelineDefinition": broken}
    assert api.refused("UpdatePipeline", **update) == ("ValidationException", words)
