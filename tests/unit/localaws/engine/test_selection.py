"""Selective execution: which steps run, what they find of an execution before, and what cannot be selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localaws.engine import records, selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Script

HOLDS = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
INVALID = "Invalid SourcePipelineExecutionArn"
Line = list[dict[str, Any]]


@pytest.fixture
def line(build: Build) -> Line:
    """Prepare, train on what was prepared, evaluate, and a gate with a branch that registers."""
    model = {"HyperParameters": {"model": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}}}
    prepared = {"Environment": {"DATA": {"Get": "Steps.Prepare.ModelArtifacts.S3ModelArtifacts"}}}
    gate = build.condition("Gate", HOLDS, then=[build.step("Register", "Train")], otherwise=[build.step("Reject")])
    return [
        build.step("Prepare"),
        build.step("Train", Arguments=prepared),
        build.step("Evaluate", Arguments=model),
        {**gate, "DependsOn": ["Evaluate"]},
        build.step("Beside"),
    ]


@pytest.fixture
def reference(runs: Runs, build: Build, script: Script, line: Line) -> str:
    """A whole execution of the line."""
    for name in ("Prepare", "Train"):
        script.outputs[name] = {"ModelArtifacts": {"S3ModelArtifacts": f"s3://first/{name}"}}
    arn = runs.run(build.text(*line))
    assert runs.status(arn) == "Succeeded"
    script.began.clear()
    return arn


def chosen(*names: str, source: str | None = None) -> dict[str, Any]:
    reference = {"SourcePipelineExecutionArn": source} if source else {}
    return {"SelectedSteps": [{"StepName": name} for name in names], **reference}


@pytest.fixture
def refused(api: Api) -> Callable[..., str]:
    """The sentence that refuses a selection."""

    def start(*names: str, source: str | None = None) -> str:
        code, sentence = api.refused(
            "StartPipelineExecution", PipelineName="line", SelectiveExecutionConfig=chosen(*names, source=source)
        )
        assert code == "ValidationException"
        return sentence

    return start


def test_selected_steps_run_with_what_the_reference_made_and_nothing_follows_them(
    runs: Runs, script: Script, api: Api, reference: str
) -> None:
    config = chosen("Evaluate", "Train", source=reference)
    arn = runs.ended(runs.start(SelectiveExecutionConfig=config))
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["Train", "Evaluate"]
    assert script.arguments["Train"]["Environment"] == {"DATA": "s3://first/Prepare"}
    steps = runs.steps(arn)
    assert steps.keys() == {"Prepare", "Train", "Evaluate"}
    assert steps["Prepare"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": reference}
    assert steps["Prepare"]["Metadata"] == runs.steps(reference)["Prepare"]["Metadata"]
    assert not any("SelectiveExecutionResult" in steps[name] for name in ("Train", "Evaluate"))
    described = api("DescribePipelineExecution", PipelineExecutionArn=arn)
    assert described["SelectiveExecutionConfig"] == config


def test_the_step_that_ran_last_is_listed_first(runs: Runs, api: Api, reference: str) -> None:
    arn = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Evaluate", source=reference)))
    listed = api("ListPipelineExecutionSteps", PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert listed[0]["StepName"] == "Evaluate"
    assert {item["StepName"] for item in listed} == {"Prepare", "Train", "Evaluate"}


def test_a_step_that_begins_in_the_millisecond_of_the_start_is_listed_before_what_was_reused(
    runs: Runs, api: Api, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "now", lambda: 1_800_000_000.123)
    monkeypatch.setattr(records, "now", lambda: 1_800_000_000.123)
    arn = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Evaluate", source=reference)))
    listed = api("ListPipelineExecutionSteps", PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert listed[0]["StepName"] == "Evaluate"


def test_steps_that_depend_on_no_others_need_no_reference(runs: Runs, script: Script, reference: str) -> None:
    arn = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Prepare", "Train")))
    assert script.began == ["Prepare", "Train"]
    assert runs.statuses(arn) == {"Prepare": "Succeeded", "Train": "Succeeded"}
    assert reference != arn


@pytest.mark.usefixtures("reference")
def test_dependencies_without_a_reference_are_refused_in_aws_s_words(refused: Callable[..., str]) -> None:
    assert refused("Train") == f"{INVALID}: null. The selected steps [Train] have dependencies on [Prepare]"


def test_what_lies_between_selected_steps_must_be_selected(refused: Callable[..., str], reference: str) -> None:
    sentence = refused("Train", "Gate", source=reference)
    assert "[Evaluate] lie between the selected steps [Train, Gate]" in sentence


def test_a_step_that_the_pipeline_does_not_have_is_refused(refused: Callable[..., str], reference: str) -> None:
    assert "the pipeline has no steps [Tarin]" in refused("Tarin", source=reference)


def test_a_reference_is_an_execution_of_this_pipeline(
    runs: Runs, build: Build, refused: Callable[..., str], reference: str
) -> None:
    other = runs.run(build.text(build.step("Prepare")), name="other")
    assert "must be an execution of the pipeline" in refused("Train", source=other)
    assert "must be an execution of the pipeline" in refused("Train", source=f"{reference}x")


def test_a_reference_may_have_failed_after_what_is_needed(
    runs: Runs, build: Build, script: Script, line: Line, refused: Callable[..., str]
) -> None:
    script.outputs["Train"] = script.outputs["Prepare"] = {"ModelArtifacts": {"S3ModelArtifacts": "s3://first"}}
    script.failing = {"Evaluate"}
    failed = runs.run(build.text(*line))
    assert runs.status(failed) == "Failed"
    script.failing = set()
    arn = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Evaluate", source=failed)))
    assert runs.status(arn) == "Succeeded"
    assert "need the Training step [Evaluate], which is Failed there" in refused("Gate", source=failed)


@pytest.mark.parametrize("status", ["Executing", "Stopping", "Stopped"])
def test_a_reference_has_succeeded_or_failed(
    aws: Aws, refused: Callable[..., str], reference: str, status: str
) -> None:
    aws.store.update("pipeline-execution", reference, PipelineExecutionStatus=status)
    assert f"Its status is {status}; it must be Succeeded or Failed" in refused("Train", source=reference)


def test_an_outcome_of_the_reference_opens_its_branch_and_not_the_other(
    runs: Runs, script: Script, refused: Callable[..., str], reference: str
) -> None:
    arn = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Register", source=reference)))
    assert script.began == ["Register"]
    assert runs.steps(arn).keys() == {"Prepare", "Train", "Evaluate", "Gate", "Register"}
    sentence = refused("Reject", source=reference)
    assert "The condition [Gate] was True there, after which [Reject] do not run" in sentence


def test_a_selected_condition_decides_and_its_branches_do_not_run(runs: Runs, script: Script, reference: str) -> None:
    arn = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Gate", source=reference)))
    assert script.began == []
    assert runs.steps(arn)["Gate"]["Metadata"] == {"Condition": {"Outcome": "True"}}


def test_a_selective_execution_is_a_reference_of_the_next(runs: Runs, script: Script, reference: str) -> None:
    script.outputs["Train"] = {"ModelArtifacts": {"S3ModelArtifacts": "s3://second/Train"}}
    second = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Train", source=reference)))
    third = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Evaluate", source=second)))
    assert script.arguments["Evaluate"]["HyperParameters"]["model"] == "s3://second/Train"
    reused = runs.steps(third)["Prepare"]["SelectiveExecutionResult"]
    assert reused == {"SourcePipelineExecutionArn": second}


def test_the_pipeline_may_have_changed_since_the_reference(
    runs: Runs, api: Api, build: Build, script: Script, line: Line, reference: str, refused: Callable[..., str]
) -> None:
    changed = [*line[:2], build.step("Compare", "Evaluate", "New"), build.step("New"), line[2]]
    changed[1] = build.step("Train", Arguments={"Environment": {"NEW": "yes", **line[1]["Arguments"]["Environment"]}})
    api("UpdatePipeline", PipelineName="line", PipelineDefinition=build.text(*changed))
    runs.ended(runs.start(SelectiveExecutionConfig=chosen("Train", source=reference)))
    assert script.arguments["Train"]["Environment"] == {"NEW": "yes", "DATA": "s3://first/Prepare"}
    assert "need the Training step [New], which is not started there" in refused("Compare", source=reference)
    fail = build.step("Train", kind="Fail", Arguments={})
    api("UpdatePipeline", PipelineName="line", PipelineDefinition=build.text(fail, build.step("Beside")))
    assert "no steps [Evaluate]" in refused("Evaluate", source=reference)


def test_parameters_are_those_of_the_start_and_not_of_the_reference(
    runs: Runs, build: Build, script: Script, api: Api
) -> None:
    rate = {"Name": "Rate", "Type": "String", "DefaultValue": "low"}
    step = build.step("Train", Arguments={"Environment": {"RATE": {"Get": "Parameters.Rate"}}})
    runs.create(build.text(step, parameters=[rate]))
    first = runs.ended(runs.start(PipelineParameters=[{"Name": "Rate", "Value": "high"}]))
    runs.ended(runs.start(SelectiveExecutionConfig=chosen("Train", source=first)))
    assert script.arguments["Train"]["Environment"] == {"RATE": "low"}
    kept = api("ListPipelineParametersForExecution", PipelineExecutionArn=first)["PipelineParameters"]
    assert kept == [{"Name": "Rate", "Value": "high"}]


def test_a_retry_runs_no_more_than_was_selected(runs: Runs, script: Script, reference: str) -> None:
    script.failing = {"Evaluate"}
    arn = runs.ended(runs.start(SelectiveExecutionConfig=chosen("Train", "Evaluate", source=reference)))
    assert runs.status(arn) == "Failed"
    script.failing = set()
    script.began.clear()
    runs.retry(arn)
    assert (runs.status(arn), script.began) == ("Succeeded", ["Evaluate"])
