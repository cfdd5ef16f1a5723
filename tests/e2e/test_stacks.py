"""A stack of what the local AWS adds to CloudFormation: made, changed, refused and deleted by CloudFormation itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.e2e.laptop import Laptop

NAME = "everything"
ROLE = "arn:aws:iam::000000000000:role/served"
TINY = Path(__file__).parents[1] / "tiny_server.py"
FUNCTION = """
import json
import urllib.request

def handler(event, context):
    calls = event["ResourceProperties"]["Word"] + " " + event["RequestType"]
    status = "FAILED" if "refuse" in calls else "SUCCESS"
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": status, "Reason": "The word is refused", "PhysicalResourceId": "word", "Data": {"Said": calls}}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request)
"""
SCALED = {
    "ResourceId": {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/live"},
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "ServiceNamespace": "sagemaker",
}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def template(word: str = "hello", version: str = "one", most: int = 2, limit: int = 10) -> str:
    """The stack: `version` is served, `most` instances may serve it."""
    image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/tiny:1"
    model = {"Image": image, "Environment": {"VERSION": version}}
    variant = {"VariantName": "live", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    definition = json.dumps({"Version": "2020-12-01", "Steps": [{"Name": "End", "Type": "Fail", "Arguments": {}}]})
    tracking = {
        "TargetValue": 100,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    }
    budget = {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": limit, "Unit": "USD"}}
    resources = {
        "FunctionRole": resource("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": [trusted]}),
        "Function": resource(
            "AWS::Lambda::Function",
            Runtime=f"python3.{sys.version_info.minor}",
            Handler="index.handler",
            Role={"Fn::GetAtt": "FunctionRole.Arn"},
            Code={"ZipFile": FUNCTION},
        ),
        "Word": resource("Custom::Word", ServiceToken={"Fn::GetAtt": "Function.Arn"}, ServiceTimeout=30, Word=word),
        "Model": resource("AWS::SageMaker::Model", ExecutionRoleArn=ROLE, PrimaryContainer=model),
        "Config": resource(
            "AWS::SageMaker::EndpointConfig",
            ProductionVariants=[{**variant, "ModelName": {"Fn::GetAtt": "Model.ModelName"}}],
        ),
        "Endpoint": resource(
            "AWS::SageMaker::Endpoint",
            EndpointName="everything",
            EndpointConfigName={"Fn::GetAtt": "Config.EndpointConfigName"},
        ),
        "Target": resource("AWS::ApplicationAutoScaling::ScalableTarget", **SCALED, MinCapacity=1, MaxCapacity=most),
        "Policy": resource(
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            PolicyName="follow",
            PolicyType="TargetTrackingScaling",
            ScalingTargetId={"Ref": "Target"},
            TargetTrackingScalingPolicyConfiguration=tracking,
        ),
        "Pipeline": resource(
            "AWS::SageMaker::Pipeline",
            PipelineName="everything",
            RoleArn=ROLE,
            PipelineDefinition={"PipelineDefinitionBody": definition},
        ),
        "Budget": resource("AWS::Budgets::Budget", Budget=budget),
        "Provider": resource(
            "AWS::IAM::OIDCProvider", Url="https://token.example.com", ClientIdList=["sts.amazonaws.com", word]
        ),
        "Connection": resource("AWS::CodeConnections::Connection", ConnectionName="github", ProviderType="GitHub"),
    }
    outputs = {"Said": {"Value": {"Fn::GetAtt": "Word.Said"}}, "Budget": {"Value": {"Ref": "Budget"}}}
    return json.dumps({"Resources": resources, "Outputs": outputs})


class Stack:
    """The stack on the local AWS."""

    def __init__(self, laptop: Laptop) -> None:
        self.client = laptop.client("cloudformation")

    def ends(self, waiter: str) -> None:
        self.client.get_waiter(waiter).wait(StackName=NAME, WaiterConfig={"Delay": 0.5, "MaxAttempts": 120})

    @property
    def outputs(self) -> dict[str, str]:
        stack = self.client.describe_stacks(StackName=NAME)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def reasons(self) -> str:
        events = self.client.describe_stack_events(StackName=NAME)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)


@pytest.fixture(scope="module")
def stack(laptop: Laptop) -> Iterator[Stack]:
    made = Stack(laptop)
    images = laptop.home / "images.json"
    images.write_text(json.dumps({"tiny": [sys.executable, str(TINY)]}))
    laptop.push_image("tiny:1")
    laptop.role("served", "sagemaker")
    made.client.create_stack(StackName=NAME, TemplateBody=template(), Capabilities=["CAPABILITY_IAM"])
    made.ends("stack_create_complete")
    yield made
    made.client.delete_stack(StackName=NAME)
    made.ends("stack_delete_complete")
    images.unlink()


def test_what_the_stack_made_is_there_and_works_and_a_changed_template_changes_it(laptop: Laptop, stack: Stack) -> None:
    assert stack.outputs["Said"] == "hello Create"
    answer = laptop.client("sagemaker-runtime").invoke_endpoint(EndpointName="everything", Body=b"x")
    assert b"one" in answer["Body"].read()
    scaling = laptop.client("application-autoscaling")
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert "follow" in {policy["PolicyName"] for policy in policies}
    described = laptop.client("budgets").describe_budget(AccountId="000000000000", BudgetName=stack.outputs["Budget"])
    assert float(described["Budget"]["BudgetLimit"]["Amount"]) == 10

    stack.client.update_stack(
        StackName=NAME, TemplateBody=template("bye", "two", 3, 20), Capabilities=["CAPABILITY_IAM"]
    )
    stack.ends("stack_update_complete")
    assert stack.outputs["Said"] == "bye Update"
    answer = laptop.client("sagemaker-runtime").invoke_endpoint(EndpointName="everything", Body=b"x")
    assert b"two" in answer["Body"].read()
    # The model and the configuration were replaced: the old ones are gone.
    models = laptop.client("sagemaker").list_models(NameContains="Model-")["Models"]
    assert len([model for model in models if model["ModelName"].startswith("Model-")]) == 1
    described = laptop.client("budgets").describe_budget(AccountId="000000000000", BudgetName=stack.outputs["Budget"])
    assert float(described["Budget"]["BudgetLimit"]["Amount"]) == 20
    arn = "arn:aws:iam::000000000000:oidc-provider/token.example.com"
    provider = laptop.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert provider["ClientIDList"] == ["sts.amazonaws.com", "bye"]


def test_a_refused_change_is_taken_back_with_its_reason(stack: Stack) -> None:
    before = stack.outputs["Said"]
    stack.client.update_stack(StackName=NAME, TemplateBody=template("refuse"), Capabilities=["CAPABILITY_IAM"])
    with pytest.raises(WaiterError, match="UPDATE_ROLLBACK"):
        stack.ends("stack_update_complete")
    assert "The word is refused" in stack.reasons()
    assert stack.outputs["Said"] == before


def test_a_type_that_nobody_knows_is_refused_by_name(laptop: Laptop) -> None:
    body = json.dumps({"Resources": {"Oven": {"Type": "AWS::Bakery::Oven"}}})
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Bakery::Oven\]"):
        laptop.client("cloudformation").create_stack(StackName="unknown", TemplateBody=body)


def test_status_names_what_the_deployed_stack_has_that_is_not_emulated_whole(laptop: Laptop) -> None:
    listed = laptop.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="scones")
    types = {item["ResourceType"] for page in listed for item in page["StackResourceSummaries"]}
    said = json.loads(laptop.scones("status", "--json").stdout)["not_emulated"]
    assert set(said) <= types
    for name, sentence in said.items():
        assert f"{name}: {sentence}" in laptop.scones("status", "--caveats").stdout
