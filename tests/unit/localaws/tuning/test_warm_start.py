"""Tuning jobs that learn from others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.localaws.tuning.conftest import Make, Tuning

CREATE = "CreateHyperParameterTuningJob"


def warm(request: dict[str, Any], kind: str, *parents: str) -> dict[str, Any]:
    named = [{"HyperParameterTuningJobName": name} for name in parents]
    return {**request, "WarmStartConfig": {"ParentHyperParameterTuningJobs": named, "WarmStartType": kind}}


def final(trial: dict[str, Any]) -> float:
    value: float = trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    return value


def test_a_warm_start_begins_where_its_parent_ended(tuning: Tuning, make: Make) -> None:
    tuning.run(make.request("parent", "Bayesian", jobs=20, parallel=1, RandomSeed=3))
    cold = make.request("cold", "Bayesian", jobs=5, parallel=1, RandomSeed=11)
    learned = warm(make.request("warm", "Bayesian", jobs=5, parallel=1, RandomSeed=11), "TransferLearning", "parent")
    tuning.run(cold)
    tuning.run(learned)
    distances = {name: sum(1 - final(item) for item in tuning.trials(name)) for name in ("cold", "warm")}

    assert distances["warm"] < distances["cold"]


def test_the_overall_best_may_be_a_parent_s(tuning: Tuning, make: Make) -> None:
    parent = tuning.run(make.request("parent", "Bayesian", jobs=20, parallel=1, RandomSeed=3))
    child = make.request("child", jobs=1, parallel=1, RandomSeed=5)
    ended = tuning.run(warm(child, "IdenticalDataAndAlgorithm", "parent"))

    assert ended["OverallBestTrainingJob"]["TrainingJobName"] == parent["BestTrainingJob"]["TrainingJobName"]
    assert ended["OverallBestTrainingJob"]["TuningJobName"] == "parent"
    assert len(tuning.trials("child")) == 1


def test_parents_are_checked(tuning: Tuning, make: Make) -> None:
    tuning.run(make.request("parent", jobs=2))
    other_data = make.request("child")
    other_data["TrainingJobDefinition"]["InputDataConfig"][0]["ChannelName"] = "other"
    other_names = make.request("child")
    other_names["TrainingJobDefinition"]["StaticHyperParameters"]["momentum"] = "0.5"
    identical, transfer = "IdenticalDataAndAlgorithm", "TransferLearning"
    for wanted, code, words in (
        (warm(make.request("child"), transfer, "nobody"), "ResourceNotFound", "does not exist"),
        (warm(make.request("child", "Hyperband"), transfer, "parent"), "ValidationException", "Bayesian or Random"),
        (warm(other_data, identical, "parent"), "ValidationException", "another InputDataConfig"),
        (warm(other_names, transfer, "parent"), "ValidationException", "other hyperparameters (momentum)"),
        (warm(make.request("child", jobs=749), transfer, "parent"), "ResourceLimitExceeded", "751 training jobs"),
    ):
        assert tuning.api.refused(CREATE, **wanted)[0] == code
        assert words in tuning.api.refused(CREATE, **wanted)[1]


@pytest.mark.parametrize("member", ["ContinuousParameterRanges", "CategoricalParameterRanges"])
def test_transfer_learning_allows_other_ranges(tuning: Tuning, make: Make, member: str) -> None:
    tuning.run(make.request("parent", "Bayesian", jobs=4))
    wanted = make.request("child", "Bayesian", jobs=2)
    narrower = {"ContinuousParameterRanges": {"MaxValue": "0.05"}, "CategoricalParameterRanges": {"Values": ["sgd"]}}
    wanted["HyperParameterTuningJobConfig"]["ParameterRanges"][member][0] |= narrower[member]
    assert tuning.run(warm(wanted, "TransferLearning", "parent"))["HyperParameterTuningJobStatus"] == "Completed"
