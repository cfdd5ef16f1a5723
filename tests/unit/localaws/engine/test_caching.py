"""Caching: what is in a step's key, and for how long a result is good."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.aws import Aws, now
from localaws.engine import caching
from localaws.engine.definition import Step

TRAINING = {
    "AlgorithmSpecification": {"TrainingImage": "image:1"},
    "HyperParameters": {"epochs": "10"},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/data"}}}],
    "OutputDataConfig": {"S3OutputPath": "s3://b/runs/1"},
    "ResourceConfig": {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
PROCESSING = {
    "AppSpecification": {"ImageUri": "image:1"},
    "ProcessingInputs": [{"InputName": "archive", "S3Input": {"S3Uri": "s3://b/raw"}}],
    "ProcessingOutputConfig": {"Outputs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://b/runs/1"}}]},
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1}},
}


def step(kind: str, **cache: object) -> Step:
    return Step("S", kind, {"CacheConfig": cache}, frozenset())


def key(kind: str, arguments: dict[str, Any], engine: str = "mxnet") -> str:
    return caching.key("line", step(kind), arguments, engine)


@pytest.mark.parametrize(
    ("kind", "arguments", "member", "other"),
    [
        ("Training", TRAINING, "OutputDataConfig", {"S3OutputPath": "s3://b/runs/2"}),
        ("Training", TRAINING, "ResourceConfig", {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2}),
        ("Training", TRAINING, "StoppingCondition", {"MaxRuntimeInSeconds": 60}),
        ("Processing", PROCESSING, "ProcessingOutputConfig", {"Outputs": []}),
        ("Processing", PROCESSING, "ProcessingResources", {"ClusterConfig": {"InstanceCount": 4}}),
    ],
)
def test_outputs_and_instances_do_not_change_the_key(
    kind: str, arguments: dict[str, Any], member: str, other: object
) -> None:
    assert key(kind, arguments | {member: other}) == key(kind, arguments)


@pytest.mark.parametrize(
    ("kind", "arguments", "member", "other"),
    [
        ("Training", TRAINING, "HyperParameters", {"epochs": "11"}),
        ("Training", TRAINING, "InputDataConfig", []),
        ("Training", TRAINING, "Environment", {"SEED": "1"}),
        ("Processing", PROCESSING, "AppSpecification", {"ImageUri": "image:2"}),
        ("Processing", PROCESSING, "ProcessingInputs", []),
    ],
)
def test_what_is_computed_changes_the_key(kind: str, arguments: dict[str, Any], member: str, other: object) -> None:
    assert key(kind, arguments | {member: other}) != key(kind, arguments)


def test_the_engine_is_in_the_key_where_the_built_in_algorithm_trains() -> None:
    builtin = {"AlgorithmSpecification": {"TrainingImage": "811284229777.dkr.ecr/image-classification:1"}}
    for kind, arguments in (
        ("Training", TRAINING | builtin),
        ("Tuning", {"TrainingJobDefinition": builtin}),
        ("Tuning", {"TrainingJobDefinitions": [builtin]}),
    ):
        assert key(kind, arguments, "mxnet") != key(kind, arguments, "portable")
    for kind, arguments in (("Training", TRAINING), ("Processing", PROCESSING)):
        assert key(kind, arguments, "mxnet") == key(kind, arguments, "portable")


def test_the_order_of_members_does_not_change_the_key() -> None:
    assert key("Training", dict(reversed(TRAINING.items()))) == key("Training", TRAINING)


def test_another_pipeline_or_step_has_another_key() -> None:
    other = Step("T", "Training", {}, frozenset())
    keys = {
        caching.key("line", step("Training"), TRAINING, "mxnet"),
        caching.key("other", step("Training"), TRAINING, "mxnet"),
        caching.key("line", other, TRAINING, "mxnet"),
    }
    assert len(keys) == 3


def test_only_steps_that_compute_and_ask_for_it_are_cached() -> None:
    assert caching.enabled(step("Training", Enabled=True))
    assert not caching.enabled(step("Training", Enabled=False))
    assert not caching.enabled(Step("S", "Training", {}, frozenset()))
    assert not caching.enabled(step("Lambda", Enabled=True))


def test_a_result_is_found_until_it_expires(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    caching.keep(aws.store, "k", "arn", {"TrainingJob": {"Arn": "a"}}, {"X": 1})
    found = caching.find(aws.store, "k", step("Training", Enabled=True, ExpireAfter="PT1H"))
    assert found is not None
    assert (found["Execution"], found["Outputs"]) == ("arn", {"X": 1})
    later = now() + 3700
    monkeypatch.setattr(caching, "now", lambda: later)
    assert caching.find(aws.store, "k", step("Training", Enabled=True, ExpireAfter="PT1H")) is None
    assert caching.find(aws.store, "k", step("Training", Enabled=True)) is not None


def test_nothing_is_found_under_a_key_that_was_not_kept(aws: Aws) -> None:
    assert caching.find(aws.store, "other", step("Training", Enabled=True)) is None
