"""Search: every operator on every kind of property, expressions within expressions, order, pages and refusals."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sagemaker.estimator import Estimator

from localaws.records import tags
from localaws.sagemaker.search import SEARCHED
from localaws.shapes import service_model

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Wire

ROLE = "arn:aws:iam::000000000000:role/job"
RATES = ("0.1", "0.5", "2.7")
START = 1_750_000_000  # 2025-06-15T15:06:40


@pytest.fixture
def jobs(aws: Aws) -> Aws:
    """Three training jobs: two completed, the last one spot, and of the team bakery."""
    for number, rate in enumerate(RATES):
        name = f"job-{number}"
        arn = aws.arn("training-job", name)
        channels = [("train", f"s3://cats/{number}"), ("validation", "s3://dogs/all")]
        document: dict[str, Any] = {
            "TrainingJobName": name,
            "TrainingJobArn": arn,
            "TrainingJobStatus": "Failed" if number == 0 else "Completed",
            "HyperParameters": {"learning_rate": rate, "optimizer": "sgd", "layers.first": "64"},
            "FinalMetricDataList": [{"MetricName": "validation:accuracy", "Value": 0.7 + number / 10, "Timestamp": 0}],
            "InputDataConfig": [
                {"ChannelName": channel, "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}}
                for channel, uri in channels
            ],
            "ResourceConfig": {"InstanceCount": number + 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
            "CreationTime": START + number * 3600,
            "LastModifiedTime": START + number * 3600,
            "EnableManagedSpotTraining": number == 2,
            "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/out/model.tar.gz"},
        }
        if number:
            document["TrainingEndTime"] = START
        aws.store.put("training-job", name, document)
        if number == 2:
            tags.add_tags(aws, arn, [{"Key": "team", "Value": "bakery"}])
    return aws


def found(api: Api, **request: Any) -> list[str]:
    answered = api("Search", Resource="TrainingJob", **request)
    return [item["TrainingJob"]["TrainingJobName"][-1] for item in answered["Results"]]


def filtered(api: Api, name: str, operator: str | None = None, value: str | None = None) -> str:
    one = {"Name": name, **({"Operator": operator} if operator else {}), **({"Value": value} if value else {})}
    return "".join(sorted(found(api, SearchExpression={"Filters": [one]})))


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("TrainingJobName", None, "job-1", "1"),
        ("TrainingJobName", "NotEquals", "job-1", "02"),
        ("InputDataConfig.ChannelName", "NotEquals", "train", ""),
        ("TrainingJobName", "Contains", "ob-", "012"),
        ("TrainingJobStatus", "In", "Failed, Stopped", "0"),
        ("TrainingEndTime", "Exists", None, "12"),
        ("TrainingEndTime", "NotExists", None, "0"),
        ("InputDataConfig", "Exists", None, "012"),
        ("CreationTime", "GreaterThanOrEqualTo", "2025-06-15T16:06:40", "12"),
        ("CreationTime", "LessThan", "2025-06-15T16:06:40Z", "0"),
        ("CreationTime", "Equals", "2025-06-15T17:06:40+00:00", "2"),
        ("ResourceConfig.InstanceCount", "GreaterThan", "1", "12"),
        ("ResourceConfig.InstanceCount", "LessThanOrEqualTo", "2", "01"),
        ("resourceconfig.instancecount", "Equals", "3", "2"),
        ("EnableManagedSpotTraining", "Equals", "true", "2"),
        ("EnableManagedSpotTraining", "NotEquals", "true", "01"),
        ("HyperParameters.learning_rate", "LessThan", "0.5", "0"),
        # A decimal against an integer is taken for an integer, as AWS's page says.
        ("HyperParameters.learning_rate", "Equals", "2", "2"),
        ("HyperParameters.learning_rate", "Equals", "0.50", "1"),
        ("HyperParameters.layers.first", "Equals", "64", "012"),
        ("HyperParameters.optimizer", "GreaterThan", "0", ""),
        ("Metrics.validation:accuracy", "GreaterThan", "0.75", "12"),
        ("Tags.team", "Equals", "bakery", "2"),
        ("Tags.team", "NotExists", None, "01"),
        ("InputDataConfig.DataSource.S3DataSource.S3Uri", "Contains", "cats/1", "1"),
    ],
)
def test_a_filter_finds_what_it_describes(
    api: Api, name: str, operator: str | None, value: str | None, expected: str
) -> None:
    assert filtered(api, name, operator, value) == expected


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize(
    ("filter_", "words"),
    [
        ({"Name": "TrainingJobNames", "Value": "x"}, "Unknown property 'TrainingJobNames' of TrainingJob"),
        ({"Name": "TrainingJobName.More", "Value": "x"}, "Unknown property"),
        ({"Name": "CreationTime"}, "Exists and NotExists take none"),
        ({"Name": "CreationTime", "Operator": "Equals"}, "Exists and NotExists take none"),
        ({"Name": "CreationTime", "Operator": "Exists", "Value": "1"}, "Exists and NotExists take none"),
        ({"Name": "CreationTime", "Operator": "LessThan", "Value": "yesterday"}, "YYYY-mm-ddTHH:MM:SS"),
        ({"Name": "TrainingJobName", "Operator": "LessThan", "Value": "x"}, "not supported for 'TrainingJobName'"),
        ({"Name": "CreationTime", "Operator": "Contains", "Value": "x"}, "only supported for text properties"),
        ({"Name": "ResourceConfig.InstanceCount", "Operator": "Equals", "Value": "x"}, "is no number"),
        ({"Name": "EnableManagedSpotTraining", "Value": "yes"}, "neither true nor false"),
        ({"Name": "ResourceConfig", "Operator": "Equals", "Value": "x"}, "is a structure"),
    ],
)
def test_a_filter_that_cannot_hold_is_refused(api: Api, filter_: dict[str, str], words: str) -> None:
    code, sentence = api.refused("Search", Resource="TrainingJob", SearchExpression={"Filters": [filter_]})
    assert (code, words in sentence) == ("ValidationException", True), sentence


@pytest.mark.usefixtures("jobs")
def test_all_filters_of_a_nested_one_hold_of_the_same_item(api: Api) -> None:
    def both(channel: str, uri: str) -> list[str]:
        filters = [
            {"Name": "InputDataConfig.ChannelName", "Operator": "Equals", "Value": channel},
            {"Name": "InputDataConfig.DataSource.S3DataSource.S3Uri", "Operator": "Contains", "Value": uri},
        ]
        nested = {"NestedPropertyName": "InputDataConfig", "Filters": filters}
        return found(api, SearchExpression={"NestedFilters": [nested]})

    assert both("train", "cats/1") == ["1"]
    assert both("validation", "cats/1") == []
    elsewhere = {"NestedPropertyName": "InputDataConfig", "Filters": [{"Name": "TrainingJobName", "Value": "x"}]}
    expression = {"NestedFilters": [elsewhere]}
    assert "no property below" in api.refused("Search", Resource="TrainingJob", SearchExpression=expression)[1]


@pytest.mark.usefixtures("jobs")
def test_expressions_are_joined_by_and_or_or(api: Api) -> None:
    failed = {"Name": "TrainingJobStatus", "Value": "Failed"}
    quick = {"Name": "HyperParameters.learning_rate", "Operator": "GreaterThan", "Value": "2.5"}
    assert found(api, SearchExpression={"Filters": [failed, quick]}) == []
    either = {"Filters": [failed, quick], "Operator": "Or"}
    assert found(api, SearchExpression=either) == ["2", "0"]
    spot = {"Filters": [{"Name": "EnableManagedSpotTraining", "Value": "true"}]}
    assert found(api, SearchExpression={"SubExpressions": [either, spot]}) == ["2"]
    assert found(api) == ["2", "1", "0"]


@pytest.mark.usefixtures("jobs")
def test_an_expression_has_something_in_it_at_most_fifty_conditions_and_contains_once(api: Api) -> None:
    def refusal(expression: dict[str, Any]) -> str:
        return api.refused("Search", Resource="TrainingJob", SearchExpression=expression)[1]

    assert "at least one of" in refusal({})
    one = {"Name": "TrainingJobName", "Operator": "Equals", "Value": "x"}
    many = {"SubExpressions": [{"Filters": [one] * 16}, {"Filters": [one] * 16}, {"Filters": [one] * 16}]}
    assert "at most 50" in refusal(many)
    contains = {**one, "Operator": "Contains"}
    nested = {"Filters": [contains], "SubExpressions": [{"Filters": [contains]}]}
    assert refusal(nested) == "'CONTAINS' operator usage limit of 1 exceeded."


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize("by", ["Metrics.validation:accuracy", "HyperParameters.learning_rate", "CreationTime"])
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_pages_hold_every_resource_once_in_order(api: Api, by: str, order: str) -> None:
    request = {"Resource": "TrainingJob", "SortBy": by, "SortOrder": order, "MaxResults": 2}
    pages = api.pages("Search", "Results", **request)
    names = [item["TrainingJob"]["TrainingJobName"] for page in pages for item in page]
    assert names == sorted(names, reverse=order == "Descending")
    assert [len(page) for page in pages] == [2, 1]
    assert api("Search", **request)["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}


def test_what_is_not_kept_or_elsewhere_is_refused_in_words(api: Api) -> None:
    kinds = set(service_model().shape_for("ResourceType").metadata["enum"])
    for kind in kinds - SEARCHED.keys():
        sentence = api.refused("Search", Resource=kind)[1]
        assert f"does not emulate Resource {kind}" in sentence
    others = {"Resource": "TrainingJob", "CrossAccountFilterOption": "CrossAccount"}
    assert "CrossAccountFilterOption CrossAccount" in api.refused("Search", **others)[1]


@pytest.mark.usefixtures("script")
def test_each_kind_is_found_by_its_arn_and_described_with_its_tags(api: Api, runs: Runs, build: Build) -> None:
    tag = [{"Key": "team", "Value": "bakery"}]
    group = api("CreateModelPackageGroup", ModelPackageGroupName="vehicles", Tags=tag)["ModelPackageGroupArn"]
    container = {"Image": "own"}
    specification = {"Containers": [container], "SupportedContentTypes": ["text/csv"]}
    named = {"ModelPackageGroupName": "vehicles", "InferenceSpecification": specification}
    package = api("CreateModelPackage", **named)["ModelPackageArn"]
    model = api("CreateModel", ModelName="Scones", PrimaryContainer=container)["ModelArn"]
    execution = runs.run(build.text(build.step("A")))
    expected = {
        "ModelPackageGroup": ("ModelPackageGroupArn", group),
        "ModelPackage": ("ModelPackageArn", package),
        "Model": ("ModelArn", model),
        "Pipeline": ("PipelineArn", execution.split("/execution")[0]),
        "PipelineExecution": ("PipelineExecutionArn", execution),
    }
    for kind, (property_, arn) in expected.items():
        expression = {"Filters": [{"Name": property_, "Value": arn}]}
        (result,) = api("Search", Resource=kind, SearchExpression=expression)["Results"]
        assert list(result) == [kind]
    whole = {"Filters": [{"Name": "Model.ModelName", "Value": "Scones"}]}
    assert len(api("Search", Resource="Model", SearchExpression=whole)["Results"]) == 1
    tagged = {"Filters": [{"Name": "Tags.team", "Value": "bakery"}]}
    (result,) = api("Search", Resource="ModelPackageGroup", SearchExpression=tagged)["Results"]
    assert result["ModelPackageGroup"]["Tags"] == tag


def test_properties_are_suggested_by_a_part_of_their_name(api: Api) -> None:
    query = {"PropertyNameQuery": {"PropertyNameHint": "s3uri"}}
    answered = api("GetSearchSuggestions", Resource="TrainingJob", SuggestionQuery=query)["PropertyNameSuggestions"]
    assert {"PropertyName": "CheckpointConfig.S3Uri"} in answered
    assert all("s3uri" in item["PropertyName"].lower() for item in answered)


@pytest.mark.usefixtures("jobs")
def test_an_estimator_registers_what_it_trained_and_makes_the_group_once(wire: Wire, api: Api) -> None:
    session = wire.session()
    for version in (1, 2):
        estimator = Estimator("own:1", ROLE, 1, "ml.m5.large", base_job_name="job", sagemaker_session=session)
        estimator._current_job_name = "job-1"
        estimator.latest_training_job = SimpleNamespace(name="job-1")
        package = estimator.register(
            ["text/csv"], ["text/csv"], ["ml.m5.large"], ["ml.m5.large"], model_package_group_name="vehicles"
        )
        assert package.model_package_arn.endswith(f"model-package/vehicles/{version}")
    assert len(api("ListModelPackageGroups")["ModelPackageGroupSummaryList"]) == 1
