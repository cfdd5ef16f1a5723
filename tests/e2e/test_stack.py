"""The stack on a local AWS of its own: deployed, changed, failing, removed and deployed again over what stayed."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from seedcode.errors import StackError
from seedcode.stack.deployment import Deployment
from seedcode.stack.functions import Code
from seedcode.stack.location import templates_bucket
from seedcode.stack.report import Change, Silent
from seedcode.stack.spec import NAME_PARAMETER, Account, Spec
from seedcode.stack.template import INLINE_BYTES, Template
from tests.e2e.laptop import Laptop

pytestmark = pytest.mark.e2e

ACCOUNT, REGION = "000000000000", "us-east-1"
BUCKET = f"scones-{ACCOUNT}-{REGION}"


@pytest.fixture(scope="module")
def laptop(spare: Laptop) -> Laptop:
    """The local AWS whose stack nobody else needs."""
    return spare


@pytest.fixture
def deployed(laptop: Laptop) -> None:
    """The project's stack, whatever an earlier test has left of it."""
    laptop.scones("up")


def _stack(laptop: Laptop, name: str = "scones") -> dict[str, Any]:
    stack: dict[str, Any] = laptop.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return stack


def _parameter(laptop: Laptop, name: str) -> str:
    return next(p["ParameterValue"] for p in _stack(laptop)["Parameters"] if p["ParameterKey"] == name)


def _output(laptop: Laptop, name: str) -> str:
    return next(o["OutputValue"] for o in _stack(laptop)["Outputs"] if o["OutputKey"] == name)


@pytest.mark.usefixtures("deployed")
def test_a_stack_that_is_up_to_date_is_left_untouched(laptop: Laptop) -> None:
    before = laptop.client("cloudformation").describe_stack_events(StackName="scones")["StackEvents"][0]["EventId"]
    said = laptop.scones("deploy").stdout
    after = laptop.client("cloudformation").describe_stack_events(StackName="scones")["StackEvents"][0]["EventId"]
    assert "nothing to change" in said
    assert "The workflow is up to date" in said, "what a deployment before may have failed to do"
    assert after == before


@pytest.mark.usefixtures("deployed")
def test_a_changed_parameter_is_shown_then_deployed_and_kept_by_the_next_deployment(laptop: Laptop) -> None:
    said = laptop.scones("deploy", "--set", "KeepVersions=7").stdout
    shown = [line.split() for line in said.splitlines() if line.startswith("Modify")]
    assert ["Modify", "RefreshWorkflowFunction", "AWS::Lambda::Function", "False"] in shown
    assert "UPDATE_COMPLETE" in said
    laptop.scones("deploy", "--set", "MaxInstances=5")
    assert (_parameter(laptop, "KeepVersions"), _parameter(laptop, "MaxInstances")) == ("7", "5")


@pytest.mark.usefixtures("deployed")
def test_changes_and_outputs_are_json_for_programs(laptop: Laptop) -> None:
    said = json.loads(laptop.scones("deploy", "--json", "--set", "InvocationsPerInstance=500").stdout)
    assert "RefreshWorkflowFunction" in [change["resource"] for change in said["changes"]]
    assert said["outputs"]["BucketName"] == BUCKET


@pytest.mark.usefixtures("deployed")
def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_changed(laptop: Laptop) -> None:
    failed = laptop.scones("deploy", "--set", "KeepVersions=0", "--set", "Kittens=2", code=1)
    assert "KeepVersions is '0'; it must be from 1 to 100." in failed.stderr
    assert "There is no parameter Kittens" in failed.stderr
    assert _stack(laptop)["StackStatus"] == "UPDATE_COMPLETE"


@pytest.mark.usefixtures("deployed")
def test_a_failed_update_gives_the_resources_own_reason_and_leaves_the_stack_as_it_was(laptop: Laptop) -> None:
    good = _parameter(laptop, "CodeVersion")
    failed = laptop.scones("deploy", "--set", "CodeVersion=dead", code=1)
    assert "Function (AWS::Lambda::Function)" in failed.stderr
    assert f"s3://{BUCKET}/code/dead/" in failed.stderr
    assert "everything is as it was before" in failed.stderr
    assert _parameter(laptop, "CodeVersion") == good
    laptop.scones("deploy", "--set", "KeepVersions=12")
    assert _stack(laptop)["StackStatus"] == "UPDATE_COMPLETE"


@pytest.mark.usefixtures("deployed")
def test_a_build_deploys_with_lines_and_keeps_every_parameter(laptop: Laptop) -> None:
    laptop.scones("deploy", "--set", "KeepVersions=11")
    done = laptop.python("-m", "seedcode", "deploy", "--set", "MaxInstances=6")
    assert "Modify   RefreshWorkflowFunction  AWS::Lambda::Function" in done.stdout
    assert (_parameter(laptop, "KeepVersions"), _parameter(laptop, "MaxInstances")) == ("11", "6")


@pytest.mark.usefixtures("deployed")
def test_functions_and_jobs_may_be_in_a_vpc(laptop: Laptop) -> None:
    ec2 = laptop.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    laptop.scones("deploy", "--set", f"SubnetIds={subnet}", "--set", f"SecurityGroupIds={group}")
    function = laptop.client("lambda").get_function_configuration(FunctionName="scones-ingest-image")
    assert function["VpcConfig"]["SubnetIds"] == [subnet]
    assert processed_in(laptop, {"Subnets": [subnet], "SecurityGroupIds": [group]}) == "Completed"
    laptop.scones("deploy", "--set", "SubnetIds=", "--set", "SecurityGroupIds=")
    function = laptop.client("lambda").get_function_configuration(FunctionName="scones-ingest-image")
    assert function["VpcConfig"]["SubnetIds"] == []


def processed_in(laptop: Laptop, network: dict[str, Any]) -> str:
    """How a processing job of the stack's training role ends in a VPC."""
    sagemaker, name = laptop.client("sagemaker"), "in-a-vpc"
    sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/scones-training",
        AppSpecification={
            "ImageUri": _output(laptop, "ImageUri"),
            "ContainerEntrypoint": ["python3", "-c", "pass"],
        },
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
        NetworkConfig={"VpcConfig": network},
    )
    while True:
        described = sagemaker.describe_processing_job(ProcessingJobName=name)
        if described["ProcessingJobStatus"] != "InProgress":
            return str(described.get("FailureReason") or described["ProcessingJobStatus"])
        time.sleep(0.1)


@pytest.mark.usefixtures("deployed")
def test_nothing_is_removed_without_an_answer(laptop: Laptop) -> None:
    refused = laptop.scones("destroy", code=2)
    assert "--yes" in refused.stderr
    assert _stack(laptop)["StackStatus"] == "UPDATE_COMPLETE"


@pytest.mark.usefixtures("deployed")
def test_destroy_keeps_what_holds_data_and_names_it_and_a_deployment_takes_it_over(laptop: Laptop) -> None:
    laptop.client("s3").put_object(Bucket=BUCKET, Key="raw/precious", Body=b"pictures")
    key = _output(laptop, "KeyArn")
    said = laptop.scones("destroy", "--yes").stdout
    kept = said.partition("is removed.")[2]
    assert f"bucket {BUCKET}: " in kept
    assert f"aws s3 rb --force s3://{BUCKET}" in kept
    assert "model package group scones-vehicles" in kept
    assert f"key {key.rpartition('/')[2]}" in kept
    assert "repository scones" in kept
    with pytest.raises(ClientError, match="does not exist"):
        _stack(laptop)
    again = laptop.scones("deploy").stdout
    assert f"Taken over from an earlier stack: {BUCKET}, scones-vehicles, " in again
    assert _output(laptop, "KeyArn") == key
    assert "Careful" not in again
    assert laptop.client("s3").get_object(Bucket=BUCKET, Key="raw/precious")["Body"].read() == b"pictures"
    held = laptop.client("cloudformation").list_stack_resources(StackName="scones")["StackResourceSummaries"]
    assert BUCKET in [entry["PhysicalResourceId"] for entry in held]


@pytest.mark.usefixtures("deployed")
def test_up_takes_over_what_stayed_without_a_word(laptop: Laptop) -> None:
    laptop.scones("destroy", "--yes")
    assert "Taken over" not in laptop.scones("up").stdout
    assert _stack(laptop)["StackStatus"] == "UPDATE_COMPLETE"


@pytest.mark.usefixtures("deployed")
def test_destroy_stops_what_runs_and_removes_what_the_stack_does_not_hold(laptop: Laptop) -> None:
    laptop.sample()
    arn = laptop.scones("run", "--set", "Epochs=9").stdout.split()[-1]
    assert "FailureReason" not in laptop.until(arn, bool), laptop.steps(arn)
    said = laptop.scones("destroy", "--yes").stdout
    assert f"Stopping the execution {arn}." in said
    assert "Removing the pipeline scones-training." in said
    assert laptop.client("sagemaker").list_pipelines()["PipelineSummaries"] == []


@pytest.mark.usefixtures("deployed")
def test_half_of_a_project_is_removed_as_well_and_with_its_data_where_that_is_asked_for(laptop: Laptop) -> None:
    laptop.scones("destroy", "--yes")
    said = laptop.scones("destroy", "--yes", "--delete-data").stdout
    assert f"Deleted bucket {BUCKET}." in said
    assert BUCKET not in _buckets(laptop)
    assert "There is nothing of the project scones" in laptop.scones("destroy", "--yes").stdout


# A project of one bucket, small enough to see through.
SMALL = {
    "Parameters": {NAME_PARAMETER: {"Type": "String"}, "CodeVersion": {"Type": "String", "Default": ""}},
    "Conditions": {"HasCode": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CodeVersion"}, ""]}]}},
    "Resources": {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "Properties": {"BucketName": {"Fn::Sub": f"${{{NAME_PARAMETER}}}-data"}},
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Condition": "HasCode"},
    },
    "Outputs": {"BucketName": {"Value": {"Ref": "Bucket"}}},
}
DOOMED = {
    "Type": "AWS::SageMaker::ModelPackageGroup",
    "DependsOn": "Bucket",
    "Properties": {"ModelPackageGroupName": "no such name!"},
}


class _Seen(Silent):
    """Keeps the change sets."""

    def __init__(self) -> None:
        self.sets: list[list[str]] = []

    def changes(self, changes: Sequence[Change]) -> None:
        self.sets.append([f"{change.action} {change.logical_id}" for change in changes])


def _deployment(laptop: Laptop, name: str, document: dict[str, Any], seen: Silent, *, agree: bool = True) -> Deployment:
    spec = Spec(name, Template(json.dumps(document)))
    return Deployment(Account(laptop.client, ACCOUNT, REGION), spec, seen, lambda *_: agree)


def _buckets(laptop: Laptop) -> list[str]:
    return [bucket["Name"] for bucket in laptop.client("s3").list_buckets()["Buckets"]]


def test_a_new_project_is_shown_as_it_comes_first_the_bucket_then_what_needs_code(laptop: Laptop) -> None:
    seen = _Seen()
    outputs = _deployment(laptop, "small", SMALL, seen).run(Code({"one": b"zip"}))
    assert seen.sets == [["Add Bucket"], ["Add Queue"]]
    assert outputs == {"BucketName": "small-data"}


def test_a_creation_that_fails_leaves_nothing_not_even_what_it_would_retain(laptop: Laptop) -> None:
    document = {**SMALL, "Resources": {**SMALL["Resources"], "Doomed": DOOMED}}
    with pytest.raises(
        StackError, match=r"removed again\): Doomed \(AWS::SageMaker::ModelPackageGroup\): .*no such name!"
    ):
        _deployment(laptop, "doomed", document, Silent()).run(Code({"one": b"zip"}))
    assert "doomed-data" not in _buckets(laptop)
    names = [stack["StackName"] for stack in laptop.client("cloudformation").describe_stacks()["Stacks"]]
    assert "doomed" not in names


def test_a_change_set_that_nobody_wants_leaves_nothing(laptop: Laptop) -> None:
    with pytest.raises(StackError, match="not agreed to"):
        _deployment(laptop, "unwanted", SMALL, Silent(), agree=False).run(Code({"one": b"zip"}))
    names = [stack["StackName"] for stack in laptop.client("cloudformation").describe_stacks()["Stacks"]]
    assert "unwanted" not in names


def test_what_an_unexecuted_change_set_left_is_no_obstacle(laptop: Laptop) -> None:
    laptop.client("cloudformation").create_change_set(
        StackName="left",
        ChangeSetName="forgotten",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(SMALL),
        Parameters=[{"ParameterKey": NAME_PARAMETER, "ParameterValue": "left"}],
    )
    assert _stack(laptop, "left")["StackStatus"] == "REVIEW_IN_PROGRESS"
    _deployment(laptop, "left", SMALL, Silent()).run(Code({"one": b"zip"}))
    assert _stack(laptop, "left")["StackStatus"] == "UPDATE_COMPLETE"


def test_a_template_too_large_for_a_request_goes_through_a_private_bucket(laptop: Laptop) -> None:
    large = {**SMALL, "Metadata": {"Words": "x" * INLINE_BYTES}}
    _deployment(laptop, "large", large, Silent()).run(Code({"one": b"zip"}))
    bucket = templates_bucket("large", ACCOUNT, REGION)
    s3 = laptop.client("s3")
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    # Once the project has a bucket, its own serves.
    assert s3.list_objects_v2(Bucket="large-data", Prefix="code/templates/")["KeyCount"] == 0
    larger = {**SMALL, "Metadata": {"Words": "y" * INLINE_BYTES}}
    _deployment(laptop, "large", larger, Silent()).run(Code({"two": b"zip"}))
    assert s3.list_objects_v2(Bucket="large-data", Prefix="code/templates/")["KeyCount"] == 1
