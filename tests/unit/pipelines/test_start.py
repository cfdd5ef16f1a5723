"""Starting: only what the definition knows, with values that it takes, once per token."""

from typing import Any

import pytest

from pipelines.errors import PipelineError
from pipelines.start import check_parameters, parse_overrides, start_execution


def test_words_become_parameters_and_a_value_may_hold_an_equals_sign() -> None:
    assert parse_overrides(["Epochs=3", "InputDataUri=s3://b/k=v"]) == {
        "Epochs": "3",
        "InputDataUri": "s3://b/k=v",
    }


@pytest.mark.parametrize("word", ["Epochs", "=3", ""])
def test_a_word_that_sets_nothing_is_refused(word: str) -> None:
    with pytest.raises(PipelineError, match="write it as Name=Value"):
        parse_overrides([word])


def test_an_unknown_parameter_is_refused_with_the_known_names(definition_text: str) -> None:
    with pytest.raises(PipelineError, match=r"There is no parameter Epoch; .*AccuracyThreshold, .*Epochs,"):
        check_parameters(definition_text, {"Epoch": "3"})


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("Epochs", "many", "a whole number of at least 1"),
        ("Epochs", "1.5", "a whole number of at least 1"),
        ("Epochs", "0", "a whole number of at least 1"),
        ("AccuracyThreshold", "high", "a number from 0 to 1"),
        ("AccuracyThreshold", "2", "a number from 0 to 1"),
        ("PairedGateLevel", "7", "a number from 0 to 0.5"),
        ("PairedGateLevel", "nan", "a number from 0 to 0.5"),
        ("TargetPrecision", "-1", "a number from 0.5 to 1"),
        ("Seed", "-1", "a whole number from 0 to 4294967295"),
        ("ProcessingInstanceCount", "0", "a whole number from 1 to 100"),
        ("LearningRate", "1e9", "a number from 0 to 1"),
        ("NumLayers", "7", "a whole number among 18, 20, 32, 34, 44, 50, 56, 101, 110, 152, 200"),
        ("ModelApprovalStatus", "Yes", "one of PendingManualApproval, Approved, Rejected"),
        ("AugmentationType", "", "one of crop, crop_color, crop_color_transform"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(definition_text: str, name: str, value: str, wanted: str) -> None:
    with pytest.raises(PipelineError) as caught:
        check_parameters(definition_text, {name: value})

    assert str(caught.value) == f"{name} is {value!r}; it must be {wanted}."


def test_good_values_pass(definition_text: str) -> None:
    check_parameters(definition_text, {"Epochs": "3", "AccuracyThreshold": "0.999", "ImageShape": "3,28,28"})


class Recorder:
    """A SageMaker client that keeps the request."""

    def __init__(self) -> None:
        self.request: dict[str, Any] = {}

    def start_pipeline_execution(self, **request: object) -> dict[str, str]:
        self.request = request
        return {"PipelineExecutionArn": "arn:execution"}


def test_the_request_carries_parameters_name_and_token() -> None:
    client = Recorder()

    arn = start_execution(client, "scones-training", {"Seed": "7"}, display_name="try", token="t" * 32)

    assert arn == "arn:execution"
    assert client.request == {
        "PipelineName": "scones-training",
        "PipelineParameters": [{"Name": "Seed", "Value": "7"}],
        "PipelineExecutionDisplayName": "try",
        "ClientRequestToken": "t" * 32,
    }


def test_each_start_has_a_token_of_its_own_that_aws_accepts() -> None:
    tokens = set()
    for _ in range(2):
        client = Recorder()
        start_execution(client, "scones-training", {})
        tokens.add(client.request["ClientRequestToken"])

    assert len(tokens) == 2
    assert all(32 <= len(token) <= 128 for token in tokens)
