"""What AWS refuses in a tuning job, and with which code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.localaws.tuning.conftest import Make, Tuning

CREATE = "CreateHyperParameterTuningJob"
NUMBER = {"Name": "momentum", "MinValue": "0.1", "MaxValue": "0.9"}


def continuous(**more: object) -> dict[str, Any]:
    return {"ParameterRanges": {"ContinuousParameterRanges": [{**NUMBER, **more}]}}


@pytest.mark.parametrize(
    ("config", "code", "words"),
    [
        (
            continuous(Name="lr_scheduler_factor"),
            "ValidationException",
            "untunable hyperparameters: [lr_scheduler_factor]",
        ),
        (continuous(Name="num_layers"), "ValidationException", "you can tune only [beta_1 (Continuous)"),
        (continuous(MinValue="much"), "ValidationException", "MinValue 'much'; it must be a number"),
        (continuous(MinValue="nan"), "ValidationException", "it must be a number"),
        (continuous(MinValue="0.95"), "ValidationException", "before its beginning 0.95"),
        (continuous(MinValue="0", ScalingType="Logarithmic"), "ValidationException", "must be above 0"),
        (continuous(MaxValue="1", ScalingType="ReverseLogarithmic"), "ValidationException", "from 0 to below 1"),
        (continuous(MaxValue="2"), "ValidationException", "'2.0' is not valid for momentum"),
        (
            {"ParameterRanges": {"CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "magic"]}]}},
            "ValidationException",
            "'magic' is not valid for optimizer",
        ),
        (
            {"HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "train:accuracy"}},
            "ValidationException",
            "[train:accuracy], isn't valid",
        ),
        (
            {"HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:accuracy"}},
            "ValidationException",
            "Choose [Maximize]",
        ),
        ({"HyperParameterTuningJobObjective": None}, "ValidationException", "An objective metric is required"),
        ({"jobs": 751, "strategy": "Bayesian"}, "ResourceLimitExceeded", "is 750"),
        ({"jobs": 10_001}, "ResourceLimitExceeded", "is 10000"),
        ({"jobs": 200, "parallel": 101}, "ResourceLimitExceeded", "is 100"),
        ({"jobs": 2, "parallel": 3}, "ValidationException", "MaxParallelTrainingJobs is 3"),
        ({"strategy": "Grid"}, "ValidationException", "Only categorical parameters"),
        (
            {
                "strategy": "Grid",
                "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["sgd", "nag"]}]},
            },
            "ValidationException",
            "the grid has 2 combinations",
        ),
        ({"strategy": "Hyperband", "TrainingJobEarlyStoppingType": "Auto"}, "ValidationException", "must be Off"),
        (
            {"strategy": "Hyperband", "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 5}}},
            "ValidationException",
            "MinResource is 5 and MaxResource 2",
        ),
        (
            {"StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 5}}},
            "ValidationException",
            "is for the Hyperband strategy",
        ),
        ({"strategy": "Guess"}, "ValidationException", "enum value set: [Bayesian, Random, Hyperband, Grid]"),
        (
            {"ParameterRanges": {"AutoParameters": [{"Name": "momentum", "ValueHint": "0.9"}]}},
            "ValidationException",
            "AutoParameters",
        ),
    ],
)
def test_a_configuration_that_aws_refuses_is_refused(
    tuning: Tuning, make: Make, config: dict[str, Any], code: str, words: str
) -> None:
    assert_refused(tuning, make.request(**config), code, words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"StaticHyperParameters": {"num_classes": "2"}}, "num_training_samples are required"),
        (
            {"StaticHyperParameters": {"num_classes": "2", "num_training_samples": "8", "optimizer": "sgd"}},
            "optimizer stand more than once",
        ),
        (
            {"StaticHyperParameters": {"num_classes": "2", "num_training_samples": "8", "colour": "red"}},
            "no hyperparameter colour",
        ),
        (
            {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}},
            "GPU instances only",
        ),
        (
            {"AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"}},
            "Provide a metric definition",
        ),
        (
            {"TuningObjective": {"Type": "Maximize", "MetricName": "validation:accuracy"}},
            "TuningObjective cannot stand",
        ),
    ],
)
def test_a_training_job_definition_that_aws_refuses_is_refused(
    tuning: Tuning, make: Make, change: dict[str, Any], words: str
) -> None:
    wanted = make.request()
    wanted["TrainingJobDefinition"] |= change
    assert_refused(tuning, wanted, "ValidationException", words)


def test_several_definitions_have_names_of_their_own(tuning: Tuning, make: Make) -> None:
    assert_refused(tuning, make.several(make.named("a"), make.named("a")), "ValidationException", "of its own")


def test_several_definitions_allow_neither_early_stopping_nor_common_ranges(tuning: Tuning, make: Make) -> None:
    pair = make.named("a"), make.named("b")
    early = make.several(*pair, TrainingJobEarlyStoppingType="Auto")
    assert_refused(tuning, early, "ValidationException", "only when tuning a single algorithm")
    common = make.several(*pair)
    common["HyperParameterTuningJobConfig"] |= continuous()
    assert_refused(tuning, common, "ValidationException", "ParameterRanges cannot stand")


def test_definitions_stand_either_alone_or_in_a_list(tuning: Tuning, make: Make) -> None:
    both = {**make.request(), "TrainingJobDefinitions": [make.named("a")]}
    assert_refused(tuning, both, "ValidationException", "and not both")


def test_a_name_can_be_used_once(tuning: Tuning, make: Make) -> None:
    tuning.run(make.request(jobs=1, parallel=1))
    assert_refused(tuning, make.request(jobs=1, parallel=1), "ResourceInUse", "exists already")


def assert_refused(tuning: Tuning, wanted: dict[str, Any], code: str, words: str) -> None:
    answered, sentence = tuning.api.refused(CREATE, **wanted)
    assert answered == code
    assert words in sentence
