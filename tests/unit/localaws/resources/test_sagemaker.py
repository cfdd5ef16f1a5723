"""SageMaker's and Application Auto Scaling's types: what a stack makes, changes, deletes and is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api, Build
    from tests.unit.localaws.resources.conftest import Stack

ROLE = "arn:aws:iam::000000000000:role/model"
GROUP = "AWS::SageMaker::ModelPackageGroup"
MODEL = "AWS::SageMaker::Model"
CONFIG = "AWS::SageMaker::EndpointConfig"
PIPELINE = "AWS::SageMaker::Pipeline"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
CONTAINER = {"Image": "image:1"}
SCALED = {
    "ResourceId": "endpoint/scones/variant/live",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "ServiceNamespace": "sagemaker",
}


def tag(key: str, value: str) -> dict[str, list[dict[str, str]]]:
    return {"Tags": [{"Key": key, "Value": value}]}


def test_a_group_is_taken_up_again_and_deleted_only_empty(stack: Stack, api: Api) -> None:
    properties = {"ModelPackageGroupName": "vehicles", "ModelPackageGroupDescription": None}
    arn, attributes = stack.create(GROUP, properties)
    assert stack.create(GROUP, properties)[0] == arn == attributes["ModelPackageGroupArn"]
    version = api("CreateModelPackage", ModelPackageGroupName="vehicles")["ModelPackageArn"]
    with pytest.raises(ValueError, match="still has model packages"):
        stack.delete(GROUP, arn)
    api("DeleteModelPackage", ModelPackageName=version)
    stack.delete(GROUP, arn)
    stack.delete(GROUP, arn)  # what is gone already is deleted, as in CloudFormation
    assert api("ListModelPackageGroups")["ModelPackageGroupSummaryList"] == []


def test_a_group_that_is_there_is_imported_by_its_arn(stack: Stack, api: Api) -> None:
    arn = api("CreateModelPackageGroup", ModelPackageGroupName="vehicles")["ModelPackageGroupArn"]
    made = stack.handlers[GROUP]["adopt"]({"ModelPackageGroupArn": arn})
    assert made == stack.create(GROUP, {"ModelPackageGroupName": "vehicles"})


def test_a_changed_tag_of_a_group_is_changed_and_others_stay(stack: Stack, api: Api) -> None:
    properties = {"ModelPackageGroupName": "vehicles"}
    arn, _ = stack.create(GROUP, properties | tag("old", "1"))
    api("AddTags", ResourceArn=arn, Tags=[{"Key": "by-hand", "Value": "1"}])
    stack.update(GROUP, arn, properties | tag("old", "1"), properties | tag("new", "2"))
    assert {item["Key"] for item in api("ListTags", ResourceArn=arn)["Tags"]} == {"by-hand", "new"}


def test_a_stack_may_set_the_tags_that_nobody_else_may(stack: Stack, api: Api) -> None:
    of_stack = tag("aws:cloudformation:stack-name", "bakery")
    arn, _ = stack.create(GROUP, {"ModelPackageGroupName": "vehicles"} | of_stack)
    assert api("ListTags", ResourceArn=arn)["Tags"] == of_stack["Tags"]


def test_a_model_without_a_name_gets_one_of_its_own(stack: Stack, api: Api) -> None:
    properties = {"ExecutionRoleArn": ROLE, "PrimaryContainer": CONTAINER, "EnableNetworkIsolation": "true"}
    first, second = (stack.create(MODEL, properties) for _ in range(2))
    assert first[0] != second[0]
    assert api("DescribeModel", ModelName=first[1]["ModelName"])["EnableNetworkIsolation"] is True
    stack.delete(MODEL, first[0])
    stack.delete(MODEL, first[0])
    assert [item["ModelArn"] for item in api("ListModels")["Models"]] == [second[0]]


def test_what_the_api_refuses_fails_the_resource_with_its_reason(stack: Stack) -> None:
    stack.create(MODEL, {"ModelName": "m", "PrimaryContainer": CONTAINER})
    with pytest.raises(ValueError, match=r"Cannot create already existing model .*ValidationException"):
        stack.create(MODEL, {"ModelName": "m", "PrimaryContainer": CONTAINER})
    with pytest.raises(ValueError, match="productionVariants"):
        stack.create(CONFIG, {"EndpointConfigName": "c", "ProductionVariants": []})


def test_numbers_that_a_template_writes_as_text_are_numbers(stack: Stack, api: Api) -> None:
    stack.create(MODEL, {"ModelName": "m", "PrimaryContainer": CONTAINER})
    variant = {
        "VariantName": "live",
        "ModelName": "m",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": "2",
        "InitialVariantWeight": "0.5",
    }
    _, attributes = stack.create(CONFIG, {"ProductionVariants": [variant]})
    described = api("DescribeEndpointConfig", EndpointConfigName=attributes["EndpointConfigName"])
    assert described["ProductionVariants"][0]["InitialInstanceCount"] == 2
    assert described["ProductionVariants"][0]["InitialVariantWeight"] == 0.5


@pytest.mark.parametrize(
    ("kind", "members"),
    [(MODEL, {"ModelName", "PrimaryContainer", "VpcConfig"}), (CONFIG, {"ProductionVariants", "DataCaptureConfig"})],
)
def test_models_and_configurations_are_replaced_for_any_change_but_tags(
    stack: Stack, kind: str, members: set[str]
) -> None:
    replacing = stack.handlers[kind]["replacing"]
    assert all(member in replacing for member in members)
    assert "Tags" not in replacing
    assert "NoSuchProperty" not in replacing


def test_a_pipeline_is_made_changed_and_deleted(stack: Stack, api: Api, build: Build) -> None:
    def properties(*steps: str) -> dict[str, Any]:
        body = build.text(*(build.step(name) for name in steps))
        return {"PipelineName": "line", "RoleArn": ROLE, "PipelineDefinition": {"PipelineDefinitionBody": body}}

    assert stack.create(PIPELINE, properties("One"))[0] == "line"
    stack.update(PIPELINE, "line", properties("One"), properties("One", "Two"))
    definition = json.loads(api("DescribePipeline", PipelineName="line")["PipelineDefinition"])
    assert [step["Name"] for step in definition["Steps"]] == ["One", "Two"]
    with pytest.raises(ValueError, match="Bake"):
        step = {"Name": "Bake", "Type": "Bake", "Arguments": {}}
        body = {"PipelineDefinitionBody": build.text(step)}
        stack.update(PIPELINE, "line", properties("One"), properties("One") | {"PipelineDefinition": body})
    stack.delete(PIPELINE, "line")
    stack.delete(PIPELINE, "line")
    assert api("ListPipelines")["PipelineSummaries"] == []


def test_a_variant_is_scaled_by_a_target_and_its_policy(stack: Stack, api: Api) -> None:
    from localaws.autoscaling import targets

    aws = api._aws
    aws.store.put("endpoint", "scones", {"ProductionVariants": [{"VariantName": "live"}]})
    bounds = {"MinCapacity": "1", "MaxCapacity": "3"}
    target, _ = stack.create(TARGET, SCALED | bounds)
    assert target == "endpoint/scones/variant/live|sagemaker:variant:DesiredInstanceCount|sagemaker"
    tracking = {
        "TargetValue": "100",
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    }
    policy = {
        "PolicyName": "follow",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": target,
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    arn, attributes = stack.create(POLICY, policy)
    assert attributes == {"Arn": arn}
    stack.update(TARGET, target, SCALED | bounds, SCALED | bounds | {"MaxCapacity": 5})
    assert targets.find(aws, SCALED["ResourceId"])["MaxCapacity"] == 5
    action = {"Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": "2"}}
    actions = [{"ScheduledActionName": name, **action} for name in ("one", "two")]
    stack.update(TARGET, target, SCALED | bounds, SCALED | bounds | {"ScheduledActions": actions})
    stack.update(TARGET, target, SCALED | bounds, SCALED | bounds | {"ScheduledActions": actions[1:]})
    (left,) = aws.store.all(targets.SCHEDULED)
    assert (left["ScheduledActionName"], left["ScalableTargetAction"]) == ("two", {"MinCapacity": 2})
    stack.delete(POLICY, arn)
    assert aws.store.all(targets.POLICIES) == []
    for _ in range(2):
        stack.delete(TARGET, target)
    assert aws.store.all(targets.KIND) == []
    with pytest.raises(ValueError, match="No scalable target found"):
        stack.create(POLICY, policy)
