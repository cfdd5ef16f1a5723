"""Tuning jobs from their creation to their end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from localaws.engine import executor
from localaws.records.jobs import TRAINING, fail_job
from localaws.tuning import records, runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.unit.localaws.tuning.conftest import Make, Trainer, Tuning

    Sent = Callable[[str], list[dict[str, Any]]]


def final(trial: dict[str, Any]) -> float:
    value: float = trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    return value


def test_a_job_runs_its_training_jobs_and_names_the_best(tuning: Tuning, make: Make) -> None:
    ended = tuning.run(make.request(jobs=6))
    trials = tuning.trials("tune")

    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert len(trials) == 6
    assert final(ended["BestTrainingJob"]) == max(map(final, trials))
    assert ended["TrainingJobStatusCounters"]["Completed"] == 6
    assert ended["ObjectiveStatusCounters"] == {"Succeeded": 6, "Pending": 0, "Failed": 0}
    assert ended["ConsumedResources"] == {"RuntimeInSeconds": 12}


def test_each_trial_is_a_training_job_with_static_and_tuned_hyperparameters(tuning: Tuning, make: Make) -> None:
    ended = tuning.run(make.request(jobs=2))
    trial = tuning.trials("tune")[0]
    job = tuning.api("DescribeTrainingJob", TrainingJobName=trial["TrainingJobName"])

    assert job["TuningJobArn"] == ended["HyperParameterTuningJobArn"]
    assert job["HyperParameters"] == {
        "num_classes": "2",
        "num_training_samples": "8",
        "epochs": "2",
        **trial["TunedHyperParameters"],
        "_tuning_objective_metric": "validation:accuracy",
    }
    assert trial["TrainingJobName"].startswith("tune-001-")


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_values_lie_in_their_ranges_and_follow_from_the_seed(tuning: Tuning, make: Make, strategy: str) -> None:
    tuning.run(make.request("first", strategy, jobs=6, parallel=1))
    tuning.run(make.request("second", strategy, jobs=6, parallel=1))
    first, second = ([item["TunedHyperParameters"] for item in tuning.trials(name)] for name in ("first", "second"))

    assert first == second
    assert len({item["learning_rate"] for item in first}) == 6
    assert all(0.001 <= float(item["learning_rate"]) <= 0.5 for item in first)


def test_no_more_training_jobs_run_side_by_side_than_asked(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.seconds = 0.01
    tuning.run(make.request(jobs=6, parallel=3))
    assert 1 < trainer.most <= 3


def test_a_grid_is_walked_whole_and_once(tuning: Tuning, make: Make) -> None:
    ranges = {"CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "adam", "nag"]}]}
    wanted = make.request(strategy="Grid", ParameterRanges=ranges, ResourceLimits={"MaxParallelTrainingJobs": 2})
    ended = tuning.run(wanted)

    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert sorted(item["TunedHyperParameters"]["optimizer"] for item in tuning.trials("tune")) == ["adam", "nag", "sgd"]


def test_bayesian_search_comes_nearer_than_its_random_beginning(tuning: Tuning, make: Make) -> None:
    tuning.run(make.request(strategy="Bayesian", jobs=24, parallel=1, RandomSeed=3))
    distances = [abs(1 - final(item)) for item in tuning.trials("tune", SortBy="CreationTime")]
    assert sum(distances[12:]) < sum(distances[:12])


def test_every_definition_is_tried_and_keeps_its_own_static_hyperparameters(tuning: Tuning, make: Make) -> None:
    small, large = (
        make.named(
            f"layers-{layers}",
            StaticHyperParameters={**make.definition()["StaticHyperParameters"], "num_layers": layers},
        )
        for layers in ("20", "32")
    )
    ended = tuning.run(make.several(small, large, strategy="Bayesian", jobs=5))
    trials = tuning.trials("tune")
    trained = [tuning.api("DescribeTrainingJob", TrainingJobName=item["TrainingJobName"]) for item in trials]

    assert {item["TrainingJobDefinitionName"] for item in trials} == {"layers-20", "layers-32"}
    assert [f"layers-{job['HyperParameters']['num_layers']}" for job in trained] == [
        item["TrainingJobDefinitionName"] for item in trials
    ]
    assert ended["BestTrainingJob"]["TrainingJobDefinitionName"].startswith("layers-")


def test_a_grid_over_several_definitions_walks_each(tuning: Tuning, make: Make) -> None:
    ranges = {"CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "adam"]}]}
    wanted = make.several(
        make.named("a", HyperParameterRanges=ranges),
        make.named("b", HyperParameterRanges=ranges),
        strategy="Grid",
        jobs=4,
    )
    tuning.run(wanted)
    found = [
        (item["TrainingJobDefinitionName"], item["TunedHyperParameters"]["optimizer"]) for item in tuning.trials("tune")
    ]
    assert sorted(found) == [("a", "adam"), ("a", "sgd"), ("b", "adam"), ("b", "sgd")]


def test_a_failed_trial_does_not_fail_the_job(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.failing = lambda given: "AlgorithmError: no" if given["optimizer"] == "adam" else None
    ended = tuning.run(make.request(jobs=8, RandomSeed=1))
    counters = ended["TrainingJobStatusCounters"]

    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert counters["NonRetryableError"] > 0
    assert counters["Completed"] + counters["NonRetryableError"] == 8
    assert ended["ObjectiveStatusCounters"]["Failed"] == counters["NonRetryableError"]


def test_a_job_whose_first_five_trials_fail_fails_in_aws_s_words(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.failing = lambda _: "AlgorithmError: no"
    ended = tuning.run(make.request(jobs=20, parallel=1))

    assert ended["HyperParameterTuningJobStatus"] == "Failed"
    assert ended["FailureReason"].startswith("No training job succeeded after 5 attempts.")
    assert len(tuning.trials("tune")) == 5


def test_what_the_service_failed_at_is_tried_again_with_the_same_values(
    tuning: Tuning, make: Make, trainer: Trainer
) -> None:
    failed: list[str] = []

    def once(given: dict[str, Any]) -> str | None:
        if failed:
            return None
        failed.append(given["learning_rate"])
        return "InternalServerError: the host broke"

    trainer.failing = once
    ended = tuning.run(make.request(jobs=3, parallel=1))
    rates = [item["TunedHyperParameters"]["learning_rate"] for item in tuning.trials("tune")]

    assert ended["TrainingJobStatusCounters"]["RetryableError"] == 1
    assert ended["TrainingJobStatusCounters"]["Completed"] == 3
    assert rates.count(failed[0]) == 2


def test_stopping_stops_the_training_jobs_that_run(
    tuning: Tuning, make: Make, trainer: Trainer, settled: Callable[[Callable[[], bool]], None]
) -> None:
    trainer.hold = threading.Event()
    tuning.api("CreateHyperParameterTuningJob", **make.request(jobs=9))
    settled(lambda: trainer.running == 2)
    tuning.api("StopHyperParameterTuningJob", HyperParameterTuningJobName="tune")
    ended = tuning.ended("tune")

    assert ended["HyperParameterTuningJobStatus"] == "Stopped"
    assert [item["TrainingJobStatus"] for item in tuning.trials("tune")] == ["Stopped", "Stopped"]
    code, sentence = tuning.api.refused("StopHyperParameterTuningJob", HyperParameterTuningJobName="tune")
    assert code == "ValidationException"
    assert "is Stopped" in sentence


def test_the_time_limit_ends_the_job_and_keeps_what_was_found(
    tuning: Tuning, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"MaxNumberOfTrainingJobs": 200, "MaxParallelTrainingJobs": 1, "MaxRuntimeInSeconds": 120}
    monkeypatch.setattr("localaws.tuning.endings.now", lambda: time.time() + 119.9)
    ended = tuning.run(make.request(ResourceLimits=limits))

    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert 0 < len(tuning.trials("tune")) < 200


def test_a_target_that_is_reached_ends_the_job(tuning: Tuning, make: Make) -> None:
    criteria = {"TargetObjectiveMetricValue": 0.5}
    ended = tuning.run(make.request(jobs=50, parallel=1, TuningJobCompletionCriteria=criteria))
    assert final(ended["BestTrainingJob"]) >= 0.5
    assert len(tuning.trials("tune")) < 50


def test_trials_that_do_not_improve_end_the_job(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.curve = lambda _: [0.7]
    criteria = {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}
    ended = tuning.run(make.request(jobs=50, parallel=1, TuningJobCompletionCriteria=criteria))

    assert len(tuning.trials("tune")) == 4
    assert ended["TuningJobCompletionDetails"] == {"NumberOfTrainingJobsObjectiveNotImproving": 3}


def test_convergence_is_reported_and_ends_the_job_where_asked(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.curve = lambda _: [0.7]
    criteria = {"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}
    ended = tuning.run(make.request(jobs=60, parallel=1, TuningJobCompletionCriteria=criteria))

    assert len(tuning.trials("tune")) == 21
    assert "ConvergenceDetectedTime" in ended["TuningJobCompletionDetails"]


def test_early_stopping_ends_a_trial_below_the_median(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.seconds = 0.02
    trainer.curve = lambda given: [0.1] * 10 if given["optimizer"] == "adam" else [0.8] * 3
    tuning.run(make.request(jobs=8, parallel=1, TrainingJobEarlyStoppingType="Auto", RandomSeed=2))
    trials = tuning.trials("tune", SortBy="CreationTime")
    after = trials[[item["TunedHyperParameters"]["optimizer"] for item in trials].index("sgd") + 1 :]
    stopped = [item for item in after if item["TunedHyperParameters"]["optimizer"] == "adam"]

    assert stopped
    assert {item["TrainingJobStatus"] for item in stopped} == {"Stopped"}
    assert {item["TrainingJobStatus"] for item in trials if item not in stopped} == {"Completed"}


def test_hyperband_stops_what_falls_behind(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.seconds = 0.01
    trainer.curve = lambda given: [float(given["learning_rate"])] * 9
    wanted = make.request(strategy="Hyperband", jobs=12, parallel=1)
    wanted["TrainingJobDefinition"]["StaticHyperParameters"]["epochs"] = "9"
    ended = tuning.run(wanted)
    trials = tuning.trials("tune", SortBy="FinalObjectiveMetricValue", SortOrder="Descending")

    assert ended["TrainingJobStatusCounters"]["Stopped"] > 0
    assert trials[0]["TrainingJobStatus"] == "Completed"
    assert ended["BestTrainingJob"]["TrainingJobName"] == trials[0]["TrainingJobName"]


def test_minimized_objectives_prefer_the_smallest(tuning: Tuning, make: Make) -> None:
    wanted = make.request(HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "validation:accuracy"})
    metrics = [{"Name": "validation:accuracy", "Regex": "x=(.*)"}]
    wanted["TrainingJobDefinition"]["AlgorithmSpecification"] |= {"TrainingImage": "own", "MetricDefinitions": metrics}
    ended = tuning.run(wanted)
    assert final(ended["BestTrainingJob"]) == min(map(final, tuning.trials("tune")))
    assert ended["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Type"] == "Minimize"


def test_a_killed_job_goes_on_and_finished_trials_are_not_run_again(tuning: Tuning, make: Make) -> None:
    tuning.run(make.request(strategy="Bayesian", jobs=6, parallel=1))
    before = tuning.trials("tune")
    # The store as a kill in the midst of the fourth trial leaves it, and as recovery then does.
    for trial in before[4:]:
        tuning.aws.store.delete(TRAINING.noun, trial["TrainingJobName"].lower())
    fail_job(tuning.aws, TRAINING, before[3]["TrainingJobName"], executor.INTERRUPTED)
    tuning.aws.store.update(records.KIND, "tune", HyperParameterTuningJobStatus="InProgress")
    runner.resume(tuning.aws)
    ended = tuning.ended("tune")
    after = tuning.trials("tune")

    assert [item["TrainingJobName"] for item in after[:4]] == [item["TrainingJobName"] for item in before[:4]]
    assert [item["TunedHyperParameters"] for item in after[4:]] == [item["TunedHyperParameters"] for item in before[3:]]
    assert ended["TrainingJobStatusCounters"]["Completed"] == 6
    assert ended["TrainingJobStatusCounters"]["RetryableError"] == 1


def test_lists_filter_sort_and_leave_out_what_has_no_objective(tuning: Tuning, make: Make, trainer: Trainer) -> None:
    trainer.failing = lambda given: "AlgorithmError: no" if given["optimizer"] == "adam" else None
    tuning.run(make.request(jobs=8, RandomSeed=1))
    best_first = tuning.trials("tune", SortBy="FinalObjectiveMetricValue", SortOrder="Descending")
    failed = tuning.trials("tune", StatusEquals="Failed")

    assert list(map(final, best_first)) == sorted(map(final, best_first), reverse=True)
    assert len(best_first) + len(failed) == 8
    (listed,) = tuning.api("ListHyperParameterTuningJobs", StatusEquals="Completed")["HyperParameterTuningJobSummaries"]
    assert (listed["Strategy"], listed["TrainingJobStatusCounters"]["Completed"]) == ("Random", len(best_first))


def test_an_ended_job_can_be_deleted_and_its_training_jobs_stay(tuning: Tuning, make: Make) -> None:
    tuning.run(make.request(jobs=1, parallel=1))
    trial = tuning.trials("tune")[0]["TrainingJobName"]
    tuning.api("DeleteHyperParameterTuningJob", HyperParameterTuningJobName="tune")

    code, _ = tuning.api.refused("DescribeHyperParameterTuningJob", HyperParameterTuningJobName="tune")
    assert code == "ResourceNotFound"
    assert tuning.api("DescribeTrainingJob", TrainingJobName=trial)["TrainingJobStatus"] == "Completed"


def test_events_tell_of_the_beginning_and_of_the_end(tuning: Tuning, make: Make, sent: Sent) -> None:
    tuning.run(make.request(jobs=1, parallel=1))
    told = [event["HyperParameterTuningJobStatus"] for event in sent("HyperParameter Tuning Job State Change")]
    assert told == ["InProgress", "Completed"]


def test_instances_may_be_given_as_the_sdk_gives_them(tuning: Tuning, make: Make) -> None:
    wanted = make.request(jobs=1, parallel=1)
    given = wanted["TrainingJobDefinition"].pop("ResourceConfig")
    wanted["TrainingJobDefinition"]["HyperParameterTuningResourceConfig"] = given
    tuning.run(wanted)
    job = tuning.api("DescribeTrainingJob", TrainingJobName=tuning.trials("tune")[0]["TrainingJobName"])
    assert job["ResourceConfig"] == given


def test_a_search_whose_data_is_gone_fails_with_the_reason(tuning: Tuning, make: Make) -> None:
    class Emptied:
        """Has something below every prefix when it is first asked, and nothing from then on."""

        def __init__(self) -> None:
            self.counts = [1]

        def head_bucket(self, **_: object) -> dict[str, str]:
            return {}

        def list_objects_v2(self, **_: object) -> dict[str, int]:
            return {"KeyCount": self.counts.pop() if self.counts else 0}

    tuning.aws.clients.known["s3"] = Emptied()  # type: ignore[attr-defined]
    ended = tuning.run(make.request())
    assert ended["HyperParameterTuningJobStatus"] == "Failed"
    assert ended["FailureReason"].startswith("ClientError: A training job could not be created: No S3 objects found")
