"""Tuning steps of a pipeline: what they ask for, hand on, keep and take up again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from localaws.engine import executor
from localaws.tuning import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.localaws.conftest import Build, Runs
    from tests.unit.localaws.tuning.conftest import Make, Trainer, Tuning

    Settled = Callable[[Callable[[], bool]], None]

READS = [
    {"Get": "Steps.Tune.TrainingJobDefinition.OutputDataConfig.S3OutputPath"},
    {"Get": "Steps.Tune.BestTrainingJob.TrainingJobName"},
    {"Get": "Steps.Tune.TrainingJobSummaries[0].TrainingJobName"},
    {"Get": "Steps.Tune.BestTrainingJob.TunedHyperParameters['optimizer']"},
]


@pytest.fixture
def step(make: Make, build: Build) -> Callable[..., dict[str, Any]]:
    """A Tuning step, with the request that a Create call would have but for the name."""

    def made(**more: object) -> dict[str, Any]:
        arguments = make.request(jobs=4)
        del arguments["HyperParameterTuningJobName"]
        return build.step("Tune", kind="Tuning", Arguments=arguments, **more)

    return made


def job_of(runs: Runs, arn: str) -> str:
    found: str = runs.steps(arn)["Tune"]["Metadata"]["TuningJob"]["Arn"].rsplit("/", 1)[1]
    return found


def test_later_steps_read_the_best_training_job(
    runs: Runs, build: Build, tuning: Tuning, step: Callable[..., dict[str, Any]]
) -> None:
    told = {"ErrorMessage": {"Std:Join": {"On": " ", "Values": READS}}}
    arn = runs.run(build.text(step(), build.step("Tell", kind="Fail", Arguments=told)))
    best = tuning.describe(job_of(runs, arn))["BestTrainingJob"]

    assert runs.steps(arn)["Tell"]["FailureReason"].split(" ") == [
        "s3://bucket/models",
        best["TrainingJobName"],
        best["TrainingJobName"],
        best["TunedHyperParameters"]["optimizer"],
    ]


def test_a_tuning_job_is_named_after_its_execution_within_aws_s_length(
    runs: Runs, build: Build, tuning: Tuning, step: Callable[..., dict[str, Any]]
) -> None:
    arn = runs.run(build.text(step()))
    name = tuning.describe(job_of(runs, arn))["HyperParameterTuningJobName"]
    assert name.startswith(f"{arn.rsplit('/', 1)[1]}-Tune-")
    assert len(name) <= 32


def test_an_unchanged_tuning_step_takes_its_result_from_the_cache(
    runs: Runs, build: Build, tuning: Tuning, step: Callable[..., dict[str, Any]]
) -> None:
    cached = step(CacheConfig={"Enabled": True})
    first = runs.run(build.text(cached))
    # Where the artifacts go is no part of the key, as it is none of AWS's.
    cached["Arguments"]["TrainingJobDefinition"]["OutputDataConfig"]["S3OutputPath"] = "s3://bucket/elsewhere"
    runs.api("UpdatePipeline", PipelineName="line", PipelineDefinition=build.text(cached))
    second = runs.ended(runs.start())

    assert runs.steps(second)["Tune"]["CacheHitResult"] == {"SourcePipelineExecutionArn": first}
    assert job_of(runs, second) == job_of(runs, first)


def test_stopping_an_execution_stops_its_tuning_job(
    runs: Runs, build: Build, tuning: Tuning, trainer: Trainer, settled: Settled, step: Callable[..., dict[str, Any]]
) -> None:
    trainer.hold = threading.Event()
    runs.create(build.text(step()))
    arn = runs.start()
    settled(lambda: trainer.running == 2)
    runs.api("StopPipelineExecution", PipelineExecutionArn=arn, ClientRequestToken="stop-" * 7)
    runs.ended(arn)

    assert runs.statuses(arn) == {"Tune": "Stopped"}
    assert tuning.describe(job_of(runs, arn))["HyperParameterTuningJobStatus"] == "Stopped"


def test_a_failed_tuning_job_is_the_step_s_failure_and_a_retry_begins_anew(
    runs: Runs, build: Build, tuning: Tuning, trainer: Trainer, step: Callable[..., dict[str, Any]]
) -> None:
    trainer.failing = lambda _: "AlgorithmError: no"
    arn = runs.run(build.text(step()))
    first = job_of(runs, arn)
    assert runs.steps(arn)["Tune"]["FailureReason"].startswith("No training job succeeded after 4 attempts.")
    trainer.failing = lambda _: None
    runs.retry(arn)
    assert runs.status(arn) == "Succeeded"
    assert job_of(runs, arn) != first


def test_what_aws_refuses_fails_the_step_in_aws_s_words(
    runs: Runs, build: Build, tuning: Tuning, step: Callable[..., dict[str, Any]]
) -> None:
    wrong = step()
    wrong["Arguments"]["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"] = 9
    reason = runs.steps(runs.run(build.text(wrong)))["Tune"]["FailureReason"]
    assert (
        "Failed to invoke sagemaker:CreateHyperParameterTuningJob. Error Details: MaxParallelTrainingJobs is 9"
        in reason
    )


def test_a_retry_after_a_kill_takes_up_the_tuning_job_that_went_on(
    runs: Runs, build: Build, tuning: Tuning, step: Callable[..., dict[str, Any]]
) -> None:
    arn = runs.run(build.text(step()))
    first = job_of(runs, arn)
    # What a kill in the step's midst leaves: the step interrupted, its tuning job gone on to its end.
    runs.aws.store.update("pipeline-step", f"{arn}#Tune", StepStatus="Executing")
    runs.aws.store.update("pipeline-execution", arn, PipelineExecutionStatus="Executing")
    executor.interrupt(runs.aws, arn)
    runs.retry(arn)

    assert runs.status(arn) == "Succeeded"
    assert job_of(runs, arn) == first
    assert len(runs.aws.store.all(records.KIND)) == 1
