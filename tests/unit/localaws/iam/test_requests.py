"""What AWS asks policies beyond what MiniStack asks."""

from __future__ import annotations

import json

import pytest

from localaws.iam.requests import context, further, resource
from localaws.settings import Settings

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:line"
RUN = "arn:aws:states:us-east-1:000000000000:mapRun:line/Pieces"
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/TrainingJobs"
KEY = "arn:aws:kms:us-east-1:000000000000:key/1"
OBJECT = "arn:aws:s3:::bucket/raw/a.png"


@pytest.mark.parametrize(
    ("action", "found", "body", "asked"),
    [
        ("logs:CreateLogGroup", GROUP, {}, f"{GROUP}:log-stream:"),
        ("logs:PutLogEvents", f"{GROUP}:log-stream:one", {}, f"{GROUP}:log-stream:one"),
        ("logs:GetLogEvents", GROUP, {"logStreamName": "one"}, f"{GROUP}:log-stream:one"),
        ("logs:FilterLogEvents", GROUP, {}, f"{GROUP}:log-stream:"),
        ("logs:DeleteLogGroup", GROUP, {}, f"{GROUP}:log-stream:"),
        ("logs:TagResource", GROUP, {}, GROUP),
        ("states:DescribeStateMachineAlias", "*", {"stateMachineAliasArn": f"{MACHINE}:live"}, f"{MACHINE}:live"),
        ("states:ListStateMachines", "*", {}, "*"),
        ("states:DescribeMapRun", "*", {"mapRunArn": f"{RUN}:1"}, f"{RUN}:1"),
        (
            "states:CreateStateMachineAlias",
            "arn:aws:states:us-east-1:000000000000:stateMachine:live",
            {"name": "live", "routingConfiguration": [{"stateMachineVersionArn": f"{MACHINE}:3", "weight": 100}]},
            MACHINE,
        ),
    ],
)
def test_the_resource_is_the_one_that_aws_asks_about(
    action: str, found: str, body: dict[str, object], asked: str
) -> None:
    assert resource(action, found, json.dumps(body).encode()) == asked


def test_a_body_that_is_no_json_names_nothing() -> None:
    assert resource("states:DescribeStateMachine", "*", b"\xff") == "*"


def test_a_stack_is_asked_about_by_its_whole_id_which_policies_name() -> None:
    stacks = "arn:aws:cloudformation:us-east-1:000000000000:stack"
    change_set = "arn:aws:cloudformation:us-east-1:000000000000:changeSet/next/1"
    known = {("scones", ""): f"{stacks}/scones/1", ("", change_set): f"{stacks}/scones/1"}

    def asked(found: str, body: str = "") -> str:
        stack_of = known.get
        return resource("cloudformation:DescribeStacks", found, body.encode(), lambda *named: stack_of(named))

    assert asked(f"{stacks}/scones/*") == f"{stacks}/scones/1"
    assert asked(f"{stacks}/other/*") == f"{stacks}/other/*"
    assert asked("*", f"Action=ExecuteChangeSet&ChangeSetName={change_set}") == f"{stacks}/scones/1"
    assert asked("*") == "*"
    assert asked(f"{stacks}/other/2") == f"{stacks}/other/2"


@pytest.mark.parametrize(
    ("action", "asked"), [("s3:GetObject", "kms:Decrypt"), ("s3:PutObject", "kms:GenerateDataKey")]
)
def test_an_object_in_a_bucket_with_a_key_of_its_own_needs_the_key(action: str, asked: str) -> None:
    (check,) = further(Settings(), {"arn:aws:s3:::bucket": KEY}.get, action, OBJECT, b"")
    assert (check.action, check.resource) == (asked, KEY)
    assert check.context["kms:ViaService"] == "s3.us-east-1.amazonaws.com"
    assert list(further(Settings(), lambda _: None, action, OBJECT, b"")) == []


@pytest.mark.parametrize(
    ("action", "on", "asked"),
    [
        ("sns:Publish", "arn:aws:sns:us-east-1:000000000000:people", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:letters", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:000000000000:letters", ["kms:Decrypt"]),
        ("sqs:DeleteMessage", "arn:aws:sqs:us-east-1:000000000000:letters", []),
        ("sns:Publish", "*", []),
    ],
)
def test_a_message_of_an_encrypted_topic_or_queue_needs_the_key(action: str, on: str, asked: list[str]) -> None:
    checks = list(further(Settings(), {on: KEY}.get, action, on, b""))
    assert [(check.action, check.resource) for check in checks] == [(one, KEY) for one in asked]
    assert {check.context["kms:ViaService"] for check in checks} <= {f"{action[:3]}.us-east-1.amazonaws.com"}


@pytest.mark.parametrize(
    "body",
    [
        b"\xa2iNamespace\x6bAWS/Scones!jMetricData\x80",
        b"\xa1iNamespace\x78\x0bAWS/Scones!",
        b'{"Namespace": "AWS/Scones!"}',
        b"Action=PutMetricData&Namespace=AWS%2FScones%21",
    ],
)
def test_the_namespace_of_metrics_is_a_condition_in_every_protocol(body: bytes) -> None:
    assert context("cloudwatch:PutMetricData", body) == {"cloudwatch:namespace": "AWS/Scones!"}
    assert context("cloudwatch:ListMetrics", body) == {}
    assert context("cloudwatch:PutMetricData", b"\xa0") == {}


def test_a_role_that_is_handed_to_a_workflow_must_be_passed() -> None:
    body = json.dumps({"roleArn": "arn:aws:iam::000000000000:role/workflow"}).encode()
    (check,) = further(Settings(), lambda _: None, "states:UpdateStateMachine", MACHINE, body)
    assert (check.action, check.resource) == ("iam:PassRole", "arn:aws:iam::000000000000:role/workflow")
    assert check.context == {"iam:PassedToService": "states.amazonaws.com"}
    assert list(further(Settings(), lambda _: None, "states:UpdateStateMachine", MACHINE, b"{}")) == []


def test_a_version_that_is_published_with_an_update_is_a_permission_of_its_own() -> None:
    body = json.dumps({"publish": True}).encode()
    (check,) = further(Settings(), lambda _: None, "states:UpdateStateMachine", MACHINE, body)
    assert (check.action, check.resource) == ("states:PublishStateMachineVersion", MACHINE)


def test_the_roles_of_a_rules_targets_must_be_passed() -> None:
    role = "arn:aws:iam::000000000000:role/events"
    targets = [
        {"Id": "1", "Arn": "a", "RoleArn": role},
        {"Id": "2", "Arn": "b"},
        {"Id": "3", "RoleArn": 5},
        "no target",
    ]
    body = json.dumps({"Rule": "r", "Targets": targets}).encode()
    (check,) = further(Settings(), lambda _: None, "events:PutTargets", "arn:rule", body)
    assert (check.action, check.resource) == ("iam:PassRole", role)
    assert check.context == {"iam:PassedToService": "events.amazonaws.com"}
    assert list(further(Settings(), lambda _: None, "events:PutTargets", "arn:rule", b'{"Targets": 1}')) == []


@pytest.mark.parametrize(
    ("action", "body", "keys"),
    [
        (
            "cloudformation:CreateChangeSet",
            "StackName=scones&ChangeSetName=push-1&RoleARN=arn%3Arole&TemplateURL=https%3A%2F%2Fb%2Ft",
            {
                "cloudformation:ChangeSetName": "push-1",
                "cloudformation:RoleArn": "arn:role",
                "cloudformation:TemplateUrl": "https://b/t",
            },
        ),
        ("cloudformation:DeleteStack", "StackName=scones", {}),
        ("cloudformation:ExecuteChangeSet", "ChangeSetName=arn%3Aset", {"cloudformation:ChangeSetName": "arn:set"}),
        ("iam:CreateRole", "RoleName=free&PermissionsBoundary=arn%3Anew", {"iam:PermissionsBoundary": "arn:new"}),
        # A role that is to be made has no boundary yet, whatever one of that name had.
        ("iam:CreateRole", "RoleName=bounded", {}),
        ("iam:PutRolePolicy", "RoleName=bounded&PermissionsBoundary=x", {"iam:PermissionsBoundary": "arn:boundary"}),
        ("iam:PutRolePolicy", "RoleName=free", {}),
        (
            "iam:AttachRolePolicy",
            "RoleName=bounded&PolicyArn=arn%3Aadmin",
            {"iam:PolicyARN": "arn:admin", "iam:PermissionsBoundary": "arn:boundary"},
        ),
        ("iam:DeleteRolePermissionsBoundary", "RoleName=bounded", {"iam:PermissionsBoundary": "arn:boundary"}),
        ("iam:AttachUserPolicy", "UserName=bounded&PolicyArn=arn%3Aadmin", {"iam:PolicyARN": "arn:admin"}),
        ("iam:CreatePolicyVersion", "PolicyArn=arn%3Aone", {}),
        ("iam:CreateServiceLinkedRole", "AWSServiceName=x.amazonaws.com", {"iam:AWSServiceName": "x.amazonaws.com"}),
    ],
)
def test_the_condition_keys_of_stacks_and_identities_are_those_of_the_request_and_of_the_role(
    action: str, body: str, keys: dict[str, str]
) -> None:
    boundaries = {("role", "bounded"): "arn:boundary"}
    assert context(action, body.encode(), lambda *named: boundaries.get(named)) == keys


@pytest.mark.parametrize("action", ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"])
def test_a_role_is_handed_to_lambda_with_a_function(action: str) -> None:
    (check,) = further(Settings(), lambda _: None, action, "*", json.dumps({"Role": "arn:role"}).encode())
    assert (check.action, check.resource) == ("iam:PassRole", "arn:role")
    assert check.context == {"iam:PassedToService": "lambda.amazonaws.com"}
    assert list(further(Settings(), lambda _: None, action, "*", b'{"MemorySize": 256}')) == []
