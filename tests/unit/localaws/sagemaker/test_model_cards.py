"""A model package's card: AWS's schema, both members on their own, the archive, and what is told without a key."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sagemaker.model_card import (
    AdditionalInformation,
    BusinessDetails,
    EvaluationJob,
    Function,
    HyperParameter,
    IntendedUses,
    Metric,
    MetricGroup,
    ObjectiveFunction,
    TrainingDetails,
    TrainingJobDetails,
    TrainingMetric,
)
from sagemaker.model_card.helpers import _JSONEncoder

from localaws.sagemaker.rules.model_cards import find_violation
from tests.unit.localaws.sagemaker.test_registry import SPECIFICATION

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api

SDK_CARD: dict[str, Any] = json.loads(
    json.dumps(
        {
            "intended_uses": IntendedUses(purpose_of_model="tells", intended_uses="sort", risk_rating="Low"),
            "business_details": BusinessDetails(business_problem="orders"),
            "training_details": TrainingDetails(
                objective_function=ObjectiveFunction(Function("Minimize", "Loss"), notes="cross entropy"),
                training_observations="fine",
                training_job_details=TrainingJobDetails(
                    training_arn="arn",
                    training_datasets=["s3://b/raw"],
                    user_provided_training_metrics=[TrainingMetric("accuracy", 0.9)],
                    user_provided_hyper_parameters=[HyperParameter("epochs", "3")],
                ),
            ),
            "evaluation_details": [
                EvaluationJob(
                    name="test images",
                    datasets=["s3://b/test"],
                    metadata={"images": "200"},
                    metric_groups=[
                        MetricGroup(
                            "all kinds",
                            [
                                Metric("accuracy", "number", 0.9, notes="0.8 to 0.95"),
                                Metric("verdict", "string", "good"),
                                Metric("passed", "boolean", True),
                                Metric("ROC", "linear_graph", [[0, 0], [1, 1]], x_axis_name="x", y_axis_name="y"),
                                Metric("counts", "bar_chart", [1, 2], x_axis_name=["a", "b"], y_axis_name="images"),
                                Metric("confusion", "matrix", [[1, 2], [3, 4]], x_axis_name=["a"], y_axis_name=["a"]),
                            ],
                        )
                    ],
                )
            ],
            "additional_information": AdditionalInformation(
                caveats_and_recommendations="few images", custom_details={"sha256": "0"}
            ),
        },
        cls=_JSONEncoder,
    )
)
"""What the SDK's own classes write, each kind of metric included."""


def create(api: Api, **card: str) -> str:
    if not api("ListModelPackageGroups")["ModelPackageGroupSummaryList"]:
        api("CreateModelPackageGroup", ModelPackageGroupName="vehicles")
    request = {"ModelPackageGroupName": "vehicles", "InferenceSpecification": SPECIFICATION}
    arn: str = api("CreateModelPackage", **request, **({"ModelCard": card} if card else {}))["ModelPackageArn"]
    return arn


def describe(api: Api, arn: str, **more: str) -> dict[str, str]:
    found: dict[str, str] = api("DescribeModelPackage", ModelPackageName=arn, **more)["ModelCard"]
    return found


def test_what_the_sdk_writes_is_a_card() -> None:
    assert find_violation(SDK_CARD) is None


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("model_overview", "model_id"), "a", "$.model_overview"),
        (("model_package_details",), {}, "$"),
        (("intended_uses", "purpose_of_model"), "a" * 2049, "$.intended_uses.purpose_of_model"),
        (("intended_uses", "risk_rating"), "Tiny", "$.intended_uses.risk_rating"),
        (("training_details", "training_observations"), "a" * 1025, "$.training_details.training_observations"),
        (("training_details", "training_job_details", "hyper_parameters"), [{"name": "a"}], "hyper_parameters[0]"),
        (("evaluation_details", 0, "name"), "", "$.evaluation_details[0].name"),
        (("evaluation_details", 0, "datasets"), ["s3://b"] * 11, "$.evaluation_details[0].datasets"),
        (("evaluation_details", 0, "metadata", "images"), 200, "$.evaluation_details[0].metadata.images"),
        (("evaluation_details", 0, "metric_groups", 0, "metric_data", 0, "value"), "a" * 64, "metric_data[0]"),
        (("evaluation_details", 0, "metric_groups", 0, "metric_data", 3, "value"), [[0, 1, 2]], "metric_data[3]"),
        (("evaluation_details", 0, "metric_groups", 0, "metric_data", 5, "value"), [[0] * 21], "metric_data[5]"),
        (("additional_information", "custom_details", "sha256"), "a" * 1025, "custom_details.sha256"),
    ],
)
def test_a_card_that_breaks_the_schema_is_refused_with_the_place(
    api: Api, path: tuple[str | int, ...], value: object, place: str
) -> None:
    card = copy.deepcopy(SDK_CARD)
    within: Any = card
    for name in path[:-1]:
        within = within.setdefault(name, {}) if isinstance(within, dict) else within[name]
    within[path[-1]] = value
    code, words = api.refused(
        "CreateModelPackage",
        ModelPackageGroupName="vehicles",
        InferenceSpecification=SPECIFICATION,
        ModelCard={"ModelCardContent": json.dumps(card)},
    )
    assert code == "ValidationException"
    assert place in words


@pytest.mark.parametrize("content", ["{", "[]", "null", '"card"', '{"intended_uses": NaN}', "[" * 60_000])
def test_what_is_no_card_is_refused_in_both_operations(api: Api, content: str) -> None:
    arn = create(api)
    card = {"ModelCardContent": content}
    assert api.refused("UpdateModelPackage", ModelPackageArn=arn, ModelCard=card)[0] == "ValidationException"
    assert "ModelCard" not in api("DescribeModelPackage", ModelPackageName=arn)


def test_a_card_of_more_than_100_000_characters_is_refused(api: Api) -> None:
    arn = create(api)
    content = json.dumps({"additional_information": {"custom_details": {str(n): "a" * 1000 for n in range(100)}}})
    code, _ = api.refused("UpdateModelPackage", ModelPackageArn=arn, ModelCard={"ModelCardContent": content})
    assert code == "ValidationException"


def test_content_and_status_change_on_their_own(api: Api) -> None:
    arn = create(api, ModelCardContent=json.dumps(SDK_CARD))
    assert describe(api, arn) == {"ModelCardContent": json.dumps(SDK_CARD), "ModelCardStatus": "Draft"}
    api("UpdateModelPackage", ModelPackageArn=arn, ModelCard={"ModelCardStatus": "PendingReview"})
    assert describe(api, arn) == {"ModelCardContent": json.dumps(SDK_CARD), "ModelCardStatus": "PendingReview"}
    api("UpdateModelPackage", ModelPackageArn=arn, ModelCard={"ModelCardContent": "{}"})
    assert describe(api, arn) == {"ModelCardContent": "{}", "ModelCardStatus": "PendingReview"}


def test_the_content_of_an_archived_card_stays(api: Api) -> None:
    arn = create(api, ModelCardContent="{}", ModelCardStatus="Archived")
    refused = api.refused("UpdateModelPackage", ModelPackageArn=arn, ModelCard={"ModelCardContent": "{}"})
    assert refused == ("ValidationException", "Model Card is in Archived state.")
    api("UpdateModelPackage", ModelPackageArn=arn, ModelCard={"ModelCardStatus": "Approved"})
    assert describe(api, arn)["ModelCardStatus"] == "Approved"


def test_metadata_alone_tells_the_rating_and_nothing_else_of_the_card(api: Api) -> None:
    arn = create(api, ModelCardContent=json.dumps(SDK_CARD))
    told = json.loads(describe(api, arn, IncludedData="MetadataOnly")["ModelCardContent"])
    assert told == {"intended_uses": {"risk_rating": "Low"}}
    assert describe(api, arn, IncludedData="AllData")["ModelCardContent"] == json.dumps(SDK_CARD)


def test_events_leave_the_card_out(api: Api, sent: Callable[[str], list[dict[str, Any]]]) -> None:
    create(api, ModelCardContent=json.dumps(SDK_CARD))
    (created,) = sent("Model Package State Change")
    assert "ModelCard" not in created
