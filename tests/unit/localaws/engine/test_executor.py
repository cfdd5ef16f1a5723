"""The executor: order, parallelism, failure, branches, stop and retry, with steps that are functions."""

from __future__ import annotations

import json
import random
import threading
from typing import TYPE_CHECKING, Any

import pytest

from localaws.engine import executor, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Script

HOLDS = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
FAILS = {"Type": "Equals", "LeftValue": 1, "RightValue": 2}
DAGS = 200


def test_a_step_runs_after_all_that_it_waits_for(runs: Runs, script: Script, build: Build) -> None:
    arn = runs.run(build.text(build.step("C", "A", "B"), build.step("B", "A"), build.step("A")))
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["A", "B", "C"]


def test_independent_steps_run_side_by_side(runs: Runs, script: Script, build: Build) -> None:
    script.holding = {name: threading.Event() for name in "ABC"}
    runs.create(build.text(*(build.step(name) for name in "ABC")))
    arn = runs.start()
    script.await_begin("A", "B", "C")
    for held in script.holding.values():
        held.set()
    assert runs.status(runs.ended(arn)) == "Succeeded"
    assert script.most == 3


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_steps_run_at_once_than_the_execution_allows(
    runs: Runs, script: Script, build: Build, limit: int
) -> None:
    script.seconds = 0.01
    steps = build.text(*(build.step(f"S{number}") for number in range(12)))
    runs.run(steps, ParallelismConfiguration={"MaxParallelExecutionSteps": limit})
    assert len(script.ended) == 12
    assert script.most == limit


def test_the_pipeline_s_own_limit_holds_where_the_execution_has_none(
    api: Api, runs: Runs, script: Script, build: Build
) -> None:
    script.seconds = 0.01
    runs.create(build.text(*(build.step(f"S{number}") for number in range(6))))
    api("UpdatePipeline", PipelineName="line", ParallelismConfiguration={"MaxParallelExecutionSteps": 2})
    runs.ended(runs.start())
    assert (len(script.ended), script.most) == (6, 2)


def test_a_failure_lets_running_steps_end_and_starts_no_more(runs: Runs, script: Script, build: Build) -> None:
    script.failing = {"Bad"}
    script.holding = {"Slow": threading.Event()}
    steps = (build.step("Bad"), build.step("Slow"), build.step("AfterBad", "Bad"), build.step("AfterSlow", "Slow"))
    runs.create(build.text(*steps))
    arn = runs.start()
    script.await_begin("Slow", "Bad")
    while runs.statuses(arn).get("Bad") != "Failed":
        pass
    script.holding["Slow"].set()
    runs.ended(arn)
    assert runs.status(arn) == "Failed"
    assert runs.statuses(arn) == {"Bad": "Failed", "Slow": "Succeeded"}


def test_an_execution_says_which_step_failed_and_why(runs: Runs, api: Api, script: Script, build: Build) -> None:
    script.failing = {"Bad"}
    arn = runs.run(build.text(build.step("Bad")))
    described = api("DescribePipelineExecution", PipelineExecutionArn=arn)
    assert "Bad: AlgorithmError: Bad broke" in described["FailureReason"]
    assert runs.steps(arn)["Bad"]["FailureReason"] == "AlgorithmError: Bad broke"


def test_a_step_that_breaks_unexpectedly_fails_with_the_error_s_words(runs: Runs, script: Script, build: Build) -> None:
    script.errors = {"A": [RuntimeError("no such wheel")]}
    arn = runs.run(build.text(build.step("A"), build.step("B", "A")))
    assert runs.status(arn) == "Failed"
    assert runs.steps(arn)["A"]["FailureReason"] == "InternalServerError: RuntimeError: no such wheel"
    assert script.began == ["A"]


@pytest.mark.parametrize(("asks", "outcome", "taken"), [(HOLDS, "True", "Yes"), (FAILS, "False", "No")])
def test_only_the_branch_that_the_condition_chose_runs(
    runs: Runs, script: Script, build: Build, asks: dict[str, Any], outcome: str, taken: str
) -> None:
    gate = build.condition("Gate", asks, then=[build.step("Yes")], otherwise=[build.step("No")])
    arn = runs.run(build.text(gate))
    assert runs.status(arn) == "Succeeded"
    assert script.began == [taken]
    assert runs.steps(arn)["Gate"]["Metadata"] == {"Condition": {"Outcome": outcome}}


def test_a_condition_in_a_branch_that_was_not_taken_decides_nothing(runs: Runs, script: Script, build: Build) -> None:
    inner = build.condition("Inner", HOLDS, then=[build.step("Deep")], otherwise=[build.step("Other")])
    gate = build.condition("Gate", HOLDS, then=[], otherwise=[inner])
    arn = runs.run(build.text(gate, build.step("After", "Deep")))
    assert runs.status(arn) == "Succeeded"
    assert runs.statuses(arn) == {"Gate": "Succeeded"}
    assert script.began == []


def test_a_fail_step_ends_the_execution_with_its_words(runs: Runs, build: Build) -> None:
    words = {"Std:Join": {"On": " ", "Values": ["accuracy", 0.7, "is below", {"Get": "Parameters.Least"}]}}
    fail = build.step("TooLow", kind="Fail", Arguments={"ErrorMessage": words})
    least = {"Name": "Least", "Type": "Float", "DefaultValue": 0.8}
    arn = runs.run(build.text(fail, parameters=[least]))
    assert runs.status(arn) == "Failed"
    step = runs.steps(arn)["TooLow"]
    assert step["FailureReason"] == "accuracy 0.7 is below 0.8"
    assert step["Metadata"] == {"Fail": {"ErrorMessage": "accuracy 0.7 is below 0.8"}}


def test_a_retry_runs_only_what_had_not_succeeded(runs: Runs, script: Script, build: Build) -> None:
    script.failing = {"B"}
    arn = runs.run(build.text(build.step("A"), build.step("B", "A"), build.step("C", "B")))
    script.failing.clear()
    runs.retry(arn)
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["A", "B", "B", "C"]


def test_a_retry_takes_the_branch_that_was_taken_before(runs: Runs, script: Script, build: Build) -> None:
    script.failing = {"Yes"}
    gate = build.condition("Gate", HOLDS, then=[build.step("Yes")], otherwise=[build.step("No")])
    arn = runs.run(build.text(gate))
    script.failing.clear()
    runs.retry(arn)
    assert runs.statuses(arn) == {"Gate": "Succeeded", "Yes": "Succeeded"}


def test_a_retried_execution_no_longer_tells_of_the_failure(runs: Runs, api: Api, script: Script, build: Build) -> None:
    script.failing = {"A"}
    arn = runs.run(build.text(build.step("A")))
    script.failing.clear()
    runs.retry(arn)
    assert "FailureReason" not in api("DescribePipelineExecution", PipelineExecutionArn=arn)
    assert "FailureReason" not in runs.steps(arn)["A"]


def test_a_retry_may_change_the_parallelism(runs: Runs, api: Api, script: Script, build: Build) -> None:
    script.failing = {"A"}
    arn = runs.run(build.text(build.step("A")))
    api(
        "RetryPipelineExecution",
        PipelineExecutionArn=arn,
        ClientRequestToken="t" * 32,
        ParallelismConfiguration={"MaxParallelExecutionSteps": 7},
    )
    described = api("DescribePipelineExecution", PipelineExecutionArn=runs.ended(arn))
    assert described["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 7}


def test_a_retry_with_the_same_token_runs_once(runs: Runs, script: Script, build: Build) -> None:
    script.failing = {"A"}
    arn = runs.run(build.text(build.step("A")))
    runs.retry(arn)
    runs.retry(arn)
    assert script.began == ["A", "A"]


def test_an_execution_that_succeeded_is_not_retried(runs: Runs, api: Api, script: Script, build: Build) -> None:
    arn = runs.run(build.text(build.step("A")))
    code, sentence = api.refused("RetryPipelineExecution", PipelineExecutionArn=arn, ClientRequestToken="t" * 32)
    assert code == "ValidationException"
    assert "is Succeeded" in sentence
    assert script.began == ["A"]


def test_a_stopped_execution_starts_nothing_more_and_can_be_retried(
    runs: Runs, api: Api, script: Script, build: Build
) -> None:
    script.holding = {"A": threading.Event()}
    runs.create(build.text(build.step("A"), build.step("B", "A")))
    arn = runs.start()
    script.await_begin("A")
    api("StopPipelineExecution", PipelineExecutionArn=arn)
    assert runs.status(arn) == "Stopping"
    api("StopPipelineExecution", PipelineExecutionArn=arn)
    script.holding["A"].set()
    assert runs.status(runs.ended(arn)) == "Stopped"
    assert script.began == ["A"]
    runs.retry(arn)
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["A", "B"]


def test_an_ended_execution_cannot_be_stopped(runs: Runs, api: Api, script: Script, build: Build) -> None:
    arn = runs.run(build.text(build.step("A")))
    assert "is Succeeded" in api.refused("StopPipelineExecution", PipelineExecutionArn=arn)[1]
    assert script.began == ["A"]


def test_an_execution_that_ends_while_it_is_asked_to_stop_does_not_stay_stopping(
    runs: Runs, api: Api, aws: Aws, script: Script, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The execution ends between the moment when its status is read and the moment when it is changed.
    script.holding = {"A": threading.Event()}
    runs.create(build.text(build.step("A")))
    arn = runs.start()
    script.await_begin("A")
    change = records.change_execution

    def late(aws: Aws, arn: str, status: str, reason: str | None = None) -> None:
        if status == "Stopping":
            script.holding["A"].set()
            aws.tasks.join(arn, 0.3)
        change(aws, arn, status, reason)

    monkeypatch.setattr(records, "change_execution", late)
    api("StopPipelineExecution", PipelineExecutionArn=arn)
    runs.ended(arn)
    assert runs.status(arn) in ("Succeeded", "Stopped")


def test_an_interrupted_execution_is_failed_and_goes_on_from_the_step_that_it_was_at(
    runs: Runs, aws: Aws, api: Api, script: Script, build: Build
) -> None:
    arn = runs.run(build.text(build.step("A"), build.step("B", "A")))
    # As a killed process leaves it behind: A done, B under way.
    records.change_execution(aws, arn, "Executing")
    aws.store.update(records.STEP, f"{arn}#B", StepStatus="Executing")
    executor.interrupt(aws, arn)
    assert runs.statuses(arn) == {"A": "Succeeded", "B": "Failed"}
    assert "`scones retry`" in api("DescribePipelineExecution", PipelineExecutionArn=arn)["FailureReason"]
    runs.retry(arn)
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["A", "B", "B"]


def test_an_execution_that_was_stopping_when_it_was_interrupted_is_stopped(
    runs: Runs, aws: Aws, script: Script, build: Build
) -> None:
    arn = runs.run(build.text(build.step("A")))
    records.change_execution(aws, arn, "Stopping")
    executor.interrupt(aws, arn)
    assert runs.status(arn) == "Stopped"
    assert script.began == ["A"]


def test_every_status_is_announced_in_order_with_the_one_before(
    runs: Runs, script: Script, build: Build, sent: Callable[[str], list[dict[str, Any]]]
) -> None:
    script.failing = {"A"}
    arn = runs.run(build.text(build.step("A")))
    steps = sent("Model Building Pipeline Execution Step Status Change")
    assert [(item.get("previousStepStatus"), item["currentStepStatus"]) for item in steps] == [
        (None, "Starting"),
        ("Starting", "Executing"),
        ("Executing", "Failed"),
    ]
    assert steps[-1]["failureReason"] == "AlgorithmError: A broke"
    assert {item["pipelineExecutionArn"] for item in steps} == {arn}
    executions = sent("Model Building Pipeline Execution Status Change")
    assert [item["currentPipelineExecutionStatus"] for item in executions] == ["Executing", "Failed"]
    assert executions[-1]["previousPipelineExecutionStatus"] == "Executing"
    assert executions[-1]["executionEndTime"] >= executions[-1]["executionStartTime"]


def test_five_hundred_steps_each_run_once_and_send_three_events_each(
    runs: Runs, script: Script, build: Build, sent: Callable[[str], list[dict[str, Any]]]
) -> None:
    names = [f"S{number}" for number in range(500)]
    arn = runs.run(build.text(*(build.step(name) for name in names)))
    assert runs.status(arn) == "Succeeded"
    assert sorted(script.began) == sorted(names)
    assert len(sent("Model Building Pipeline Execution Step Status Change")) == 3 * 500


def drawn(chance: random.Random, build: Build) -> tuple[str, dict[str, set[str]], set[str]]:
    """A definition of up to eight steps, what each waits for, and those that will fail."""
    names = [f"S{number}" for number in range(chance.randint(1, 8))]
    before = {
        name: set(chance.sample(names[:index], min(index, chance.randint(0, 3)))) for index, name in enumerate(names)
    }
    failing = {name for name in names if chance.random() < 0.2}
    shuffled = chance.sample(names, len(names))
    return build.text(*(build.step(name, *sorted(before[name])) for name in shuffled)), before, failing


def test_any_graph_runs_in_an_order_that_its_arrows_allow(runs: Runs, script: Script, build: Build) -> None:
    chance = random.Random(20)  # noqa: S311 - repeatable graphs
    for number in range(DAGS):
        definition, before, script.failing = drawn(chance, build)
        script.began, script.ended = [], []
        arn = runs.run(definition, f"line{number}", ParallelismConfiguration={"MaxParallelExecutionSteps": 3})
        statuses = runs.statuses(arn)
        assert len(set(script.began)) == len(script.began)
        assert set(statuses) == set(script.began)
        for name in script.began:
            assert all(statuses[other] == "Succeeded" for other in before[name]), definition
            assert (statuses[name] == "Failed") == (name in script.failing)
        failed = bool(set(script.began) & script.failing)
        assert runs.status(arn) == ("Failed" if failed else "Succeeded")
        script.failing = set()
        if failed:
            runs.retry(arn, f"{number:032}")
        assert runs.statuses(arn) == dict.fromkeys(before, "Succeeded"), json.dumps(statuses)
        assert len(script.began) == len(before) + sum(status == "Failed" for status in statuses.values())
