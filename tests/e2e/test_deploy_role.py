"""CloudFormation under a role: the template's own suffices for every change of the stack, a lesser one does not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from seedcode.stack.deployment import LAPTOP, LAPTOP_RUNTIME, Deployment
from seedcode.stack.errors import StackError
from seedcode.stack.functions import Code, build_code
from seedcode.stack.location import locate
from seedcode.stack.report import Silent
from seedcode.stack.template import Template, load
from seedcode.stack.wish import NAME_PARAMETER, Account, Wish
from tests.e2e.laptop import Laptop
from tests.e2e.touches import touched

ACCOUNT, REGION = "000000000000", "us-east-1"
BUCKET = f"scones-{ACCOUNT}-{REGION}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/scones-deploy"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/11111111-2222-3333-4444-555555555555"
FORMER = CONNECTION.replace("codeconnections", "codestar-connections")
NOTHING = {"CodeVersion": "", "LayerKey": ""}


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "")
    return content.getvalue()


class Project:
    """The project's stack, deployed under its role: `Deployment` is what `scones deploy` and the builds use."""

    def __init__(self, laptop: Laptop) -> None:
        self.account = Account(laptop.client, ACCOUNT, REGION)
        self.code = build_code()

    def deploy(self, template: Template, tags: Mapping[str, str] | None = None, **given: str) -> None:
        wish = Wish("scones", template, {**LAPTOP_RUNTIME, **LAPTOP, **given}, tags or {}, ROLE)
        Deployment(self.account, wish, Silent(), lambda *_: True).run(self.code)

    def untag(self) -> None:
        """Take the stack's tags away, and every change of the template, which a deployment cannot do in one."""
        cloudformation = self.account.client("cloudformation")
        described = cloudformation.describe_stacks(StackName="scones")["Stacks"][0]
        cloudformation.update_stack(
            StackName="scones",
            **locate(load(), self.account, "scones", BUCKET),
            Tags=[],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": entry["ParameterKey"], "UsePreviousValue": True} for entry in described["Parameters"]
            ],
        )
        waiter = cloudformation.get_waiter("stack_update_complete")
        waiter.wait(StackName="scones", WaiterConfig={"Delay": 0.3, "MaxAttempts": 200})


def test_the_stack_is_changed_in_every_way_and_deleted_under_the_role_that_it_was_given(spare: Laptop) -> None:
    spare.scones("up")
    project, s3 = Project(spare), spare.client("s3")
    # What each type is asked with: something about everything, with a layer and the stack's tags, and back again.
    project.code = Code(project.code.zips, layer=zipped("python/one.py"))
    people = {"NotificationEmail": "baker@example.com", "MonthlyBudgetUsd": "10", "RunRetentionDays": "60"}
    project.deploy(touched(), {"team": "bakers"}, **people)
    assert _stack(spare)["RoleARN"] == ROLE
    # Other sources of the code: what belongs to one goes, and what belongs to the next is made.
    network = _network(spare)
    connected = {"SourceProvider": "GITHUB_CONNECTION", "GitHubRepository": "bakery/scones"}
    project.deploy(load(), **NOTHING, **network, **connected, ConnectionArn=FORMER, MonitoringBackend="MODEL_MONITOR")
    project.deploy(load(), ConnectionArn=CONNECTION, MonitoringBackend="PIPELINE")
    project.deploy(load(), SourceProvider="GITHUB_ACTIONS")
    project.code = Code({**project.code.zips, "another": b"zip"})
    project.deploy(touched(), {"team": "cooks"}, **{**people, "MonthlyBudgetUsd": "20"}, LayerKey="")
    project.untag()
    spare.client("codecommit").delete_repository(repositoryName="scones")
    s3.create_bucket(Bucket="seeds-of-the-tests")
    s3.put_object(Bucket="seeds-of-the-tests", Key="seed.zip", Body=zipped("README.md"))
    seeded = {"SeedBucket": "seeds-of-the-tests", "SeedKey": "seed.zip"}
    project.deploy(load(), SourceProvider="CODECOMMIT", **seeded)
    project.deploy(load(), PermissionsBoundaryArn=_boundary(spare))

    said = spare.scones("destroy", "--yes").stdout

    assert "Removed the role scones-deploy." in said
    assert "Removed the policy scones-deploy-foundation." in said
    with pytest.raises(ClientError, match="NoSuchEntity"):
        spare.client("iam").get_role(RoleName="scones-deploy")
    spare.scones("up")


def test_what_a_role_lacks_fails_its_resource_in_awss_words_and_the_stack_is_as_it_was(spare: Laptop) -> None:
    role = spare.role("lesser", "cloudformation", allows=["s3:*", "sqs:Get*", "sqs:List*", "sqs:DeleteQueue"])
    small = {
        "Parameters": {NAME_PARAMETER: {"Type": "String"}, "CodeVersion": {"Type": "String", "Default": ""}},
        "Conditions": {"HasCode": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CodeVersion"}, ""]}]}},
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "lesser-data"}},
            "Queue": {"Type": "AWS::SQS::Queue", "Condition": "HasCode", "Properties": {"QueueName": "lesser"}},
        },
        "Outputs": {"BucketName": {"Value": {"Ref": "Bucket"}}},
    }
    wish = Wish("lesser", Template(json.dumps(small)), role_arn=role)
    deployment = Deployment(Account(spare.client, ACCOUNT, REGION), wish, Silent(), lambda *_: True)
    with pytest.raises(StackError) as refused:
        deployment.run(Code({"one": b"zip"}))
    assert (
        "ended as UPDATE_ROLLBACK_COMPLETE (everything is as it was before): Queue (AWS::SQS::Queue): Resource handler "
        'returned message: "User: arn:aws:sts::000000000000:assumed-role/lesser/AWSCloudFormation is not authorized to '
        "perform: sqs:CreateQueue on resource: arn:aws:sqs:us-east-1:000000000000:lesser because"
    ) in str(refused.value)
    assert "HandlerErrorCode: AccessDenied" in str(refused.value)
    assert _stack(spare, "lesser")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_a_new_stack_makes_the_role_itself_and_says_so(spare: Laptop) -> None:
    spare.scones("destroy", "--yes")
    said = spare.scones("deploy", code=1, SCONES_DEPLOY_ROLE_ARN=ROLE).stderr
    assert "deploy it the first time without SCONES_DEPLOY_ROLE_ARN" in said
    spare.scones("up")


def _network(laptop: Laptop) -> dict[str, str]:
    """The stack's parameters for a network that is there: functions are refused subnets that are not."""
    ec2 = laptop.client("ec2")
    subnet, group = ec2.describe_subnets()["Subnets"][0], ec2.describe_security_groups()["SecurityGroups"][0]
    return {"SubnetIds": subnet["SubnetId"], "SecurityGroupIds": group["GroupId"]}


def _stack(laptop: Laptop, name: str = "scones") -> dict[str, Any]:
    stack: dict[str, Any] = laptop.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return stack


def _boundary(laptop: Laptop) -> str:
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    made = laptop.client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(everything))
    return str(made["Policy"]["Arn"])
