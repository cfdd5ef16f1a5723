"""One step: its references, its attempts, its cached results and what it hands to the steps after it."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from localaws.engine import attempt
from localaws.engine.retries import THROTTLING, Failure

if TYPE_CHECKING:
    from localaws.aws import Aws
    from localaws.engine.context import StepContext
    from tests.unit.localaws.conftest import Api, Build, Runs, Script

RETRIED = [{"ExceptionType": [THROTTLING], "IntervalSeconds": 1, "BackoffRate": 1.0, "MaxAttempts": 2}]
CACHED = {"Enabled": True, "ExpireAfter": "30d"}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, which take no time here."""
    asked: list[float] = []
    monkeypatch.setattr("localaws.tasks.Stop.wait", lambda _, seconds: asked.append(seconds))
    return asked


def throttled(times: int) -> list[Exception]:
    return [Failure("slow down", THROTTLING) for _ in range(times)]


def test_arguments_reach_a_step_resolved(runs: Runs, script: Script, build: Build) -> None:
    script.outputs = {"A": {"ModelArtifacts": {"S3ModelArtifacts": "s3://b/model"}}}
    arguments = {
        "StoppingCondition": {"MaxRuntimeInSeconds": {"Get": "Parameters.Epochs"}},
        "HyperParameters": {
            "model": {"Get": "Steps.A.ModelArtifacts.S3ModelArtifacts"},
            "run": {"Std:Join": {"On": "/", "Values": ["runs", {"Get": "Execution.PipelineExecutionId"}]}},
            "pipeline": {"Get": "Execution.PipelineName"},
        },
    }
    epochs = {"Name": "Epochs", "Type": "Integer", "DefaultValue": 10}
    definition = build.text(build.step("A"), build.step("B", Arguments=arguments), parameters=[epochs])
    arn = runs.run(definition, PipelineParameters=[{"Name": "Epochs", "Value": "3"}])
    run = f"runs/{arn.rsplit('/', 1)[1]}"
    read = script.arguments["B"]
    assert read["StoppingCondition"] == {"MaxRuntimeInSeconds": 3}
    assert read["HyperParameters"] == {"model": "s3://b/model", "run": run, "pipeline": "line"}


def test_every_variable_of_an_execution_can_be_read(runs: Runs, script: Script, build: Build) -> None:
    names = (
        "PipelineName",
        "PipelineArn",
        "PipelineExecutionId",
        "PipelineExecutionArn",
        "StartDateTime",
        "CurrentDateTime",
    )
    arguments = {"HyperParameters": {name: {"Get": f"Execution.{name}"} for name in names}}
    arn = runs.run(build.text(build.step("A", Arguments=arguments)))
    read = script.arguments["A"]["HyperParameters"]
    assert (read["PipelineExecutionArn"], read["PipelineArn"]) == (arn, arn.split("/execution/")[0])
    assert read["CurrentDateTime"] >= read["StartDateTime"] > "2020-01-01T00:00:00Z"


def test_a_reference_that_names_nothing_fails_the_step_with_a_sentence(
    runs: Runs, script: Script, build: Build
) -> None:
    later = build.step("B", Arguments={"HyperParameters": {"X": {"Get": "Steps.A.ModelArtifacts.S3ModelArtifacts"}}})
    arn = runs.run(build.text(build.step("A"), later))
    assert (
        runs.steps(arn)["B"]["FailureReason"]
        == "ClientError: the step A has nothing at 'ModelArtifacts.S3ModelArtifacts'."
    )
    assert script.began == ["A"]


def test_a_retried_step_counts_its_attempts_and_waits_between_them(
    runs: Runs, script: Script, build: Build, waits: list[float]
) -> None:
    script.errors = {"A": throttled(2)}
    arn = runs.run(build.text(build.step("A", RetryPolicies=RETRIED)))
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["A", "A", "A"]
    assert runs.steps(arn)["A"]["AttemptCount"] == 3
    assert waits == [1, 1]


def test_a_step_whose_attempts_are_used_up_fails_with_the_last_reason(
    runs: Runs, script: Script, build: Build, waits: list[float]
) -> None:
    script.errors = {"A": throttled(5)}
    arn = runs.run(build.text(build.step("A", RetryPolicies=RETRIED)))
    assert runs.steps(arn)["A"]["FailureReason"] == "slow down"
    assert len(script.began) == 1 + len(waits) == 3


def test_a_failure_that_no_policy_names_is_not_tried_again(runs: Runs, script: Script, build: Build) -> None:
    script.failing = {"A"}
    runs.run(build.text(build.step("A", RetryPolicies=RETRIED)))
    assert script.began == ["A"]


def test_a_stop_ends_the_wait_between_attempts(runs: Runs, api: Api, script: Script, build: Build) -> None:
    script.errors = {"A": throttled(1)}
    script.holding = {"A": threading.Event()}
    patient = [RETRIED[0] | {"IntervalSeconds": 600}]
    runs.create(build.text(build.step("A", RetryPolicies=patient)))
    arn = runs.start()
    script.await_begin("A")
    api("StopPipelineExecution", PipelineExecutionArn=arn)
    script.holding["A"].set()
    assert runs.statuses(runs.ended(arn)) == {"A": "Stopped"}
    assert runs.status(arn) == "Stopped"


def test_the_second_execution_takes_an_unchanged_step_from_the_cache(runs: Runs, script: Script, build: Build) -> None:
    first = runs.run(build.text(build.step("A", CacheConfig=CACHED), build.step("B", "A")))
    second = runs.ended(runs.start())
    assert script.began == ["A", "B", "B"]
    hit = runs.steps(second)["A"]
    assert hit["CacheHitResult"] == {"SourcePipelineExecutionArn": first}
    assert hit["Metadata"] == {"TrainingJob": {"Arn": "arn:A"}}
    assert (hit["StepStatus"], runs.status(second)) == ("Succeeded", "Succeeded")


def test_a_pipeline_that_is_made_again_has_no_results_of_the_one_before(
    runs: Runs, api: Api, script: Script, build: Build
) -> None:
    text = build.text(build.step("A", CacheConfig=CACHED))
    runs.run(text)
    other = runs.run(text, name="line2")
    api("DeletePipeline", PipelineName="line")
    again = runs.run(text)
    assert script.began == ["A"] * 3
    assert "CacheHitResult" not in runs.steps(again)["A"]
    hit = runs.steps(runs.ended(runs.start("line2")))["A"]["CacheHitResult"]
    assert hit == {"SourcePipelineExecutionArn": other}


def test_steps_after_a_cached_one_read_its_outputs(runs: Runs, script: Script, build: Build) -> None:
    reads = build.step("B", Arguments={"HyperParameters": {"X": {"Get": "Steps.A.TrainingJobName"}}})
    runs.run(build.text(build.step("A", CacheConfig=CACHED), reads))
    runs.ended(runs.start())
    assert script.began == ["A", "B", "B"]
    assert script.arguments["B"]["HyperParameters"] == {"X": "A"}


def test_a_changed_argument_misses_the_cache_and_the_run_s_own_path_does_not(
    runs: Runs, script: Script, build: Build
) -> None:
    arguments = {
        "HyperParameters": {"epochs": {"Get": "Parameters.Epochs"}},
        "OutputDataConfig": {"S3OutputPath": {"Get": "Execution.PipelineExecutionId"}},
    }
    epochs = {"Name": "Epochs", "Type": "String", "DefaultValue": "10"}
    runs.run(build.text(build.step("A", Arguments=arguments, CacheConfig=CACHED), parameters=[epochs]))
    runs.ended(runs.start())
    assert script.began == ["A"]
    runs.ended(runs.start(PipelineParameters=[{"Name": "Epochs", "Value": "11"}]))
    assert script.began == ["A", "A"]


def test_a_failed_step_is_not_cached(runs: Runs, script: Script, build: Build) -> None:
    script.failing = {"A"}
    runs.run(build.text(build.step("A", CacheConfig=CACHED)))
    runs.ended(runs.start())
    assert script.began == ["A", "A"]


def evaluate(build: Build, file: str = "evaluation.json", output: str = "report") -> dict[str, Any]:
    declared = {"PropertyFileName": "Report", "OutputName": output, "FilePath": file}
    return build.step("Evaluate", PropertyFiles=[declared])


def gate(build: Build, path: str = "accuracy.value") -> dict[str, Any]:
    read = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}, "Path": path}}
    asks = {"Type": "GreaterThanOrEqualTo", "LeftValue": read, "RightValue": 0.8}
    return build.condition("Gate", asks, then=[build.step("Yes")], otherwise=[])


@pytest.fixture
def report(cloud: Aws, script: Script) -> None:
    """What Evaluate wrote to S3."""
    body = json.dumps({"accuracy": {"value": 0.9}}).encode()
    cloud.clients.s3.put_object(Bucket="bucket", Key="run/evaluation.json", Body=body)
    cloud.clients.s3.put_object(Bucket="bucket", Key="run/broken.json", Body=b"{")
    cloud.clients.s3.put_object(Bucket="bucket", Key="run/deep.json", Body=b"[" * 100_000)
    place = {"OutputName": "report", "S3Output": {"S3Uri": "s3://bucket/run/"}}
    script.outputs = {"Evaluate": {"ProcessingOutputConfig": {"Outputs": [place]}}}


@pytest.mark.usefixtures("report")
def test_a_condition_reads_a_property_file_from_s3(runs: Runs, script: Script, build: Build) -> None:
    arn = runs.run(build.text(evaluate(build), gate(build)))
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["Evaluate", "Yes"]


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize(
    ("file", "output", "path", "words"),
    [
        ("missing.json", "report", "x", "cannot be read from s3://bucket/run/missing.json"),
        ("broken.json", "report", "x", "cannot be read from s3://bucket/run/broken.json"),
        ("deep.json", "report", "x", "cannot be read from s3://bucket/run/deep.json"),
        ("evaluation.json", "other", "x", "names the output other, which Evaluate lacks"),
        ("evaluation.json", "report", "precision", "has nothing at 'precision'"),
    ],
)
def test_a_property_file_that_cannot_be_read_fails_the_condition_with_the_reason(
    runs: Runs, build: Build, file: str, output: str, path: str, words: str
) -> None:
    arn = runs.run(build.text(evaluate(build, file, output), gate(build, path)))
    step = runs.steps(arn)["Gate"]
    assert step["StepStatus"] == "Failed"
    assert words in step["FailureReason"]


@pytest.mark.usefixtures("report")
def test_a_condition_reads_json_from_the_address_that_a_step_put_it_at(
    runs: Runs, script: Script, build: Build
) -> None:
    script.outputs["Train"] = {"OutputDataConfig": {"S3OutputPath": "s3://bucket/run"}}
    place = {
        "Std:Join": {"On": "/", "Values": [{"Get": "Steps.Train.OutputDataConfig.S3OutputPath"}, "evaluation.json"]}
    }
    read = {"Std:JsonGet": {"S3Uri": place, "Path": "accuracy['value']"}}
    asks = {"Type": "GreaterThan", "LeftValue": read, "RightValue": 0.8}
    gate = build.condition("Gate", asks, then=[build.step("Yes")], otherwise=[])
    arn = runs.run(build.text(build.step("Train"), gate))
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["Train", "Yes"]


def test_conditions_that_are_null_are_none_and_hold(runs: Runs, script: Script, build: Build) -> None:
    gate = {"Name": "Gate", "Type": "Condition", "Arguments": {"Conditions": None, "IfSteps": [build.step("Yes")]}}
    assert runs.status(runs.run(build.text(gate))) == "Succeeded"
    assert script.began == ["Yes"]


def test_values_that_cannot_be_compared_fail_the_condition_with_both(runs: Runs, build: Build) -> None:
    asks = {"Type": "LessThan", "LeftValue": "high", "RightValue": 1}
    arn = runs.run(build.text(build.condition("Gate", asks, then=[], otherwise=[])))
    assert runs.steps(arn)["Gate"]["FailureReason"].startswith("ClientError: The condition LessThan cannot compare")


def test_the_display_name_and_description_of_a_step_are_listed(runs: Runs, script: Script, build: Build) -> None:
    arn = runs.run(build.text(build.step("A", DisplayName="Bake", Description="Bakes scones")))
    listed = runs.steps(arn)["A"]
    assert (listed["StepDisplayName"], listed["StepDescription"]) == ("Bake", "Bakes scones")
    assert script.began == ["A"]


def test_every_type_that_definitions_may_have_can_run() -> None:
    from localaws.engine.definition import STEP_TYPES

    assert set(attempt.RUNS) == set(STEP_TYPES)


def test_the_context_of_a_step_has_the_execution_s_id(
    runs: Runs, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[StepContext] = []
    monkeypatch.setitem(attempt.RUNS, "Training", lambda context: seen.append(context) or {})
    arn = runs.run(build.text(build.step("A")))
    assert arn.endswith("/" + seen[0].execution_id)
