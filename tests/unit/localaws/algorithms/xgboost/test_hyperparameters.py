"""Hyperparameters: what each version of the container takes, and its words where it refuses."""

from __future__ import annotations

import pytest

from localaws.algorithms.errors import ClientError
from localaws.algorithms.xgboost.hyperparameters import TUNABLE, build_rules, read_hyperparameters
from localaws.algorithms.xgboost.versions import VERSIONS, find_version

NEWEST = VERSIONS[-1]


def read(version: str = NEWEST, **texts: str) -> dict[str, object]:
    return read_hyperparameters({"num_round": "10", **texts}, version)


def test_texts_become_values_by_the_names_that_xgboost_has() -> None:
    found = read(eta="0.2", max_depth="5", reg_lambda="1", eval_metric="rmse,mae", objective="reg:squarederror")
    assert found == {
        "num_round": 10,
        "eta": 0.2,
        "max_depth": 5,
        "lambda": 1.0,
        "eval_metric": ["rmse", "mae"],
        "objective": "reg:squarederror",
    }


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"eta": "2"}, r"Hyperparameter eta: 2.0 is not in \[0, 1\]"),
        ({"eta": "fast"}, r"Hyperparameter eta: could not parse value \(caused by ValueError\)"),
        ({"subsample": "0"}, r"Hyperparameter subsample: 0.0 is not in \(0, 1\]"),
        ({"num_round": "0"}, r"Hyperparameter num_round: 0 is not in \[1, \+inf\)"),
        ({"max_depth": "3.5"}, r"Hyperparameter max_depth: could not parse value"),
        ({"gamma": "nan"}, r"Hyperparameter gamma: nan is not in \[0, \+inf\)"),
        ({"tweedie_variance_power": "2"}, r"is not in \(1, 2\)"),
        ({"booster": "gbforest"}, r"Hyperparameter booster: gbforest is not in \['gbtree', 'gblinear', 'dart'\]"),
        ({"eval_metric": "rmse,speed"}, r"Hyperparameter eval_metric: value \['rmse', 'speed'\] not in range"),
        ({"eval_metric": "rmse@1"}, "Metric 'rmse@1' is not supported"),
        ({"eval_metric": "error@much"}, "Threshold value 't' in 'error@t' expects float input"),
        ({"epochs": "3"}, "Extraneous hyperparameter found: epochs"),
        ({"objective": "multi:softmax"}, "Require input for parameter 'num_class' for multi-classification"),
        ({"objective": "reg:squarederror", "eval_metric": "auc"}, "Metric 'auc' can only be applied"),
        ({"eval_metric": "aft-nloglik"}, "only be applied for 'survival:aft'"),
        ({"monotone_constraints": "(1,-1)"}, "monotone_constraints can be used only when"),
        ({"monotone_constraints": "(2,)", "tree_method": "hist"}, r"not in range \[-1, 0, 1\]"),
        ({"monotone_constraints": "__import__('os')", "tree_method": "hist"}, "could not parse value"),
        ({"interaction_constraints": "[[0]]", "tree_method": "hist"}, r"not in range \[1, \+inf\)"),
        ({"booster": "gblinear", "updater": "prune"}, "Linear updater should be one of these options"),
        ({"process_type": "update", "updater": "sync"}, "can only be used with updater 'refresh' and 'prune'"),
        ({"updater": "grow_colmaker,grow_histmaker"}, "Only one tree grow plugin can be selected"),
        ({"updater": "shotgun"}, "Tree updater should be selected from these options"),
        ({"_kfold": "5"}, "_kfold asks for cross validation, which exists on AWS only"),
        ({"tree_method": "gpu_hist"}, "tree_method is gpu_hist, which needs a GPU"),
        ({"_tuning_objective_metric": "train:rmse"}, "_tuning_objective_metric: train:rmse is not in"),
    ],
)
def test_what_is_refused_and_how(texts: dict[str, str], words: str) -> None:
    with pytest.raises(ClientError, match=words):
        read(**texts)


def test_the_number_of_rounds_is_required() -> None:
    with pytest.raises(ClientError, match="Missing required hyperparameter: num_round"):
        read_hyperparameters({"eta": "0.1"}, NEWEST)


@pytest.mark.parametrize(
    ("name", "value", "first", "last"),
    [
        ("silent", "0", "1", "1.0-1"),
        ("single_precision_histogram", "true", "1.2-1", "1.5-1"),
        ("sampling_method", "uniform", "1.3-1", NEWEST),
        ("eval_metric", "f1_macro", "1.2-2", NEWEST),
        ("objective", "reg:absoluteerror", "3.0-5", NEWEST),
        ("_tuning_objective_metric", "validation:recall", "1.3-1", NEWEST),
    ],
)
def test_a_version_takes_what_its_container_took(name: str, value: str, first: str, last: str) -> None:
    taking = VERSIONS[VERSIONS.index(first) : VERSIONS.index(last) + 1]
    for version in VERSIONS:
        if version in taking:
            assert name in read(version, **{name: value})
        else:
            with pytest.raises(ClientError, match=name):
                read(version, **{name: value})


def test_what_is_tunable_is_a_hyperparameter_of_every_version() -> None:
    for version in VERSIONS:
        assert set(TUNABLE) <= set(build_rules(version))


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", "1.7-1"),
        ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.0-1-cpu-py3", "1.0-1"),
        ("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", "1"),
        ("xgboost:latest", "1"),
        ("registry/sagemaker-xgboost:4.0-1", NEWEST),
        ("registry/sagemaker-xgboost@sha256:abc", NEWEST),
    ],
)
def test_the_version_is_read_from_the_image(image: str, version: str) -> None:
    assert find_version(image) == version
