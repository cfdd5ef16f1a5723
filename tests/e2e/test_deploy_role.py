"""CloudFormation under a role: the template's own suffice for every change of the stack, of a person and of a push.

A lesser role does not, and a push changes no role.
"""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError

from seedcode.errors import StackError
from seedcode.stack.deployment import LAPTOP, LAPTOP_RUNTIME, Deployment
from seedcode.stack.functions import Code, build_code
from seedcode.stack.location import locate
from seedcode.stack.report import Silent
from seedcode.stack.spec import NAME_PARAMETER, Account, Spec
from seedcode.stack.template import Template, load
from tests.e2e.laptop import Laptop
from tests.e2e.touches import touched

ACCOUNT, REGION = "000000000000", "us-east-1"
BUCKET = f"scones-{ACCOUNT}-{REGION}"
PUSH = f"arn:aws:iam::{ACCOUNT}:role/scones-deploy"
PERSON = f"arn:aws:iam::{ACCOUNT}:role/scones-foundation"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/11111111-2222-3333-4444-555555555555"
FORMER = CONNECTION.replace("codeconnections", "codestar-connections")
NOTHING = {"CodeVersion": "", "LayerKey": ""}


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "")
    return content.getvalue()


class Project:
    """The project's stack, deployed under a role: `Deployment` is what `scones deploy` and the builds use."""

    def __init__(self, laptop: Laptop, role: str | None = None) -> None:
        self.account = Account(laptop.client, ACCOUNT, REGION)
        self.code = build_code()
        self.role = role

    def deploy(self, template: Template, tags: Mapping[str, str] | None = None, **given: str) -> None:
        spec = Spec("scones", template, {**LAPTOP_RUNTIME, **LAPTOP, **given}, tags or {}, self.role)
        Deployment(self.account, spec, Silent(), lambda *_: True).run(self.code)

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
    assert _stack(spare)["RoleARN"] == PERSON
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
    # Within the boundary a push changes the roles that do the project's work, and still none that pushes have.
    push = Project(spare, PUSH)
    push.code = project.code
    push.deploy(_with_more_rights("PipelineRole"))
    with pytest.raises(StackError, match=r"this commit changes BuildRole \(AWS::IAM::Role\), and a push"):
        push.deploy(_with_more_rights("PipelineRole", "BuildRole"))

    said = spare.scones("destroy", "--yes").stdout

    for name in ("role scones-deploy", "role scones-foundation", "policy scones-deploy-data"):
        assert f"Removed the {name}." in said
    with pytest.raises(ClientError, match="NoSuchEntity"):
        spare.client("iam").get_role(RoleName="scones-foundation")
    # An account has one provider for all its stacks: it stays, and the next stack uses it.
    (provider,) = spare.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    spare.scones("up")
    spare.scones("deploy", "--yes", *_set(SourceProvider="GITHUB_ACTIONS", GitHubRepository="bakery/scones"))
    assert _parameters(spare)["GitHubOidcProviderArn"] == provider["Arn"]
    spare.scones("deploy", "--yes", *_set(SourceProvider="CODECOMMIT"))


def test_a_push_changes_all_that_serves_and_runs_and_no_role_and_a_person_goes_on_after_it(spare: Laptop) -> None:
    spare.scones("up")
    push = Project(spare, PUSH)
    push.code = Code({**push.code.zips, "another": b"zip"})
    push.deploy(touched(by_a_push=True))
    push.deploy(load())
    assert _stack(spare)["RoleARN"] == PUSH
    before = _stack(spare)["LastUpdatedTime"]
    with pytest.raises(StackError) as refused:
        push.deploy(_with_more_rights("PipelineRole"))
    assert "this commit changes PipelineRole (AWS::IAM::Role), and a push is deployed as" in str(refused.value)
    assert "scones --target aws deploy" in str(refused.value)
    assert _stack(spare)["LastUpdatedTime"] == before
    # The stack keeps to the role of pushes, but for who names another.
    Project(spare).deploy(_with_more_rights("PipelineRole"))
    assert _stack(spare)["RoleARN"] == PERSON
    Project(spare).deploy(load())


def test_cloudformation_itself_lets_no_push_change_a_role(spare: Laptop) -> None:
    spare.scones("up")
    likewise = spare.role("likewise", "cloudformation", allows=["sns:GetTopicAttributes"])
    iam = spare.client("iam")
    attached = [f"arn:aws:iam::{ACCOUNT}:policy/scones-deploy-{one}" for one in ("data", "functions", "events", "logs")]
    for policy in attached:
        iam.attach_role_policy(RoleName="likewise", PolicyArn=policy)
    forced = Project(spare, likewise)
    with pytest.raises(
        StackError, match=r"PipelineRole .*likewise/AWSCloudFormation is not authorized to perform: iam:"
    ):
        forced.deploy(_with_more_rights("PipelineRole"))
    assert iam.list_role_policies(RoleName="scones-pipeline")["PolicyNames"] == ["pipeline"]
    for policy in attached:
        iam.detach_role_policy(RoleName="likewise", PolicyArn=policy)
    Project(spare).deploy(load(), LogRetentionDays="30")


def test_who_pushes_cannot_use_the_role_that_a_person_left_on_the_stack(spare: Laptop) -> None:
    spare.scones("up")
    Project(spare).deploy(load(), LogRetentionDays="60")
    assert _stack(spare)["RoleARN"] == PERSON
    theirs = {**_request(), "ChangeSetName": "scones-1"}
    spare.client("cloudformation").create_change_set(**theirs)
    pusher = _pusher(spare)
    ours = {**_request(), "ChangeSetName": "push-1"}
    for given in ({}, {"RoleARN": PERSON}, {"RoleARN": PUSH, "ChangeSetName": "scones-2"}):
        with pytest.raises(ClientError, match="not authorized to perform: cloudformation:CreateChangeSet"):
            pusher.create_change_set(**{**ours, **given})
    for name, call in (("ExecuteChangeSet", pusher.execute_change_set), ("DeleteChangeSet", pusher.delete_change_set)):
        with pytest.raises(ClientError, match=f"not authorized to perform: cloudformation:{name}"):
            call(StackName="scones", ChangeSetName="scones-1")
    for name, call in (("UpdateStack", pusher.update_stack), ("DeleteStack", pusher.delete_stack)):
        more = {"UsePreviousTemplate": True} if name == "UpdateStack" else {}
        with pytest.raises(ClientError, match=f"not authorized to perform: cloudformation:{name}"):
            call(StackName="scones", **more)
    pusher.create_change_set(**ours, RoleARN=PUSH)
    pusher.delete_change_set(StackName="scones", ChangeSetName="push-1")
    spare.client("cloudformation").delete_change_set(StackName="scones", ChangeSetName="scones-1")


def test_a_template_that_somebody_exchanged_in_the_bucket_is_not_deployed(spare: Laptop) -> None:
    spare.scones("up")
    project = Project(spare)
    s3 = spare.client("s3")

    def put(Body: bytes, **request: Any) -> dict[str, Any]:
        """Upload as the deployment asks, and another template over it as whoever may upload code could."""
        answer: dict[str, Any] = s3.put_object(Body=Body, **request)
        if request["Key"].startswith("code/templates/"):
            s3.put_object(Body=_with_more_rights("PipelineRole").body.encode(), **request)
        return answer

    meddled = Mock(wraps=s3, put_object=put)
    project.account = Account(lambda service: meddled if service == "s3" else spare.client(service), ACCOUNT, REGION)
    before = _stack(spare)
    with pytest.raises(StackError, match="holds another template than the one that was uploaded"):
        project.deploy(load(), LogRetentionDays="90")
    assert _stack(spare) == before
    assert spare.client("iam").list_role_policies(RoleName="scones-pipeline")["PolicyNames"] == ["pipeline"]
    Project(spare).deploy(load(), LogRetentionDays="90")


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
    spec = Spec("lesser", Template(json.dumps(small)), role_arn=role)
    deployment = Deployment(Account(spare.client, ACCOUNT, REGION), spec, Silent(), lambda *_: True)
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
    said = spare.scones("deploy", code=1, SCONES_DEPLOY_ROLE_ARN=PUSH).stderr
    assert "deploy it the first time without SCONES_DEPLOY_ROLE_ARN" in said
    spare.scones("up")


def _set(**given: str) -> list[str]:
    return [word for name, value in given.items() for word in ("--set", f"{name}={value}")]


def _with_more_rights(*roles: str) -> Template:
    """The template with one more policy of some roles."""
    document = copy.deepcopy(load().document)
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for role in roles:
        policies = document["Resources"][role]["Properties"]["Policies"]
        policies.append({"PolicyName": "more", "PolicyDocument": wide})
    return Template(json.dumps(document))


def _request() -> dict[str, Any]:
    """A change set that changes one parameter of the stack."""
    kept = {name for name in load().parameters if name != "KeepVersions"}
    return {
        "StackName": "scones",
        "UsePreviousTemplate": True,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [
            {"ParameterKey": "KeepVersions", "ParameterValue": "7"},
            *({"ParameterKey": name, "UsePreviousValue": True} for name in sorted(kept)),
        ],
    }


def _pusher(laptop: Laptop) -> Any:
    """CloudFormation's client of somebody who may do what a build may."""
    iam = laptop.client("iam")
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="pusher", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="pusher", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/scones-build")
    issued = laptop.client("sts").assume_role(RoleArn=role, RoleSessionName="pusher")["Credentials"]
    return boto3.client(
        "cloudformation",
        endpoint_url=laptop.endpoint,
        region_name=REGION,
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )


def _parameters(laptop: Laptop) -> dict[str, str]:
    return {one["ParameterKey"]: one["ParameterValue"] for one in _stack(laptop)["Parameters"]}


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
