"""What CloudFormation asks for a resource: the registry's actions, of those with a property where it counts."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.settings import Settings
from localaws.stacks.conditions import ONLY_FOR, PASSED
from localaws.stacks.names import known_kinds
from localaws.stacks.permissions import CREATE, DELETE, READ, UPDATE, checks, is_known, load_handlers, replaces
from localaws.stacks.resource import Resource

SETTINGS = Settings()
ACCOUNT = "us-east-1:000000000000"
KEY = f"arn:aws:kms:{ACCOUNT}:key/1"
ROLE = "arn:aws:iam::000000000000:role/r"
FUNCTION = {"FunctionName": "f", "Role": ROLE, "Code": {"S3Bucket": "b", "S3Key": "k.zip"}}
Properties = dict[str, Any]


def asked(
    kind: str, verb: str, new: Properties | None = None, old: Properties | None = None, made: str = ""
) -> set[tuple[str, str]]:
    resource = Resource(kind, "stack", "Logical", made, old or {}, new or {})
    return {(one.action, one.resource) for one in checks(SETTINGS, verb, resource)}


def actions(kind: str, verb: str, new: Properties | None = None, old: Properties | None = None) -> set[str]:
    return {action for action, _ in asked(kind, verb, new, old)}


def test_a_creation_asks_for_the_creation_and_then_for_reading() -> None:
    arn = f"arn:aws:sqs:{ACCOUNT}:q"
    asks = {"CreateQueue", "GetQueueAttributes", "GetQueueUrl", "ListQueueTags"}
    assert asked("AWS::SQS::Queue", CREATE, {"QueueName": "q"}) == {(f"sqs:{action}", arn) for action in asks}
    assert asked("AWS::SQS::Queue", DELETE, old={"QueueName": "q"}) == {
        ("sqs:DeleteQueue", arn),
        ("sqs:GetQueueAttributes", arn),
    }


@pytest.mark.parametrize(
    ("given", "action", "resource"),
    [
        ({}, "s3:GetObject", "arn:aws:s3:::b/k.zip"),
        ({}, "iam:PassRole", ROLE),
        ({"KmsKeyArn": KEY}, "kms:CreateGrant", KEY),
        ({"KmsKeyArn": KEY}, "kms:Decrypt", KEY),
        ({"VpcConfig": {"SubnetIds": ["s"]}}, "ec2:DescribeSubnets", "*"),
        ({"Layers": ["arn:aws:lambda:x:y:layer:l:3"]}, "lambda:GetLayerVersion", "arn:aws:lambda:x:y:layer:l:3"),
        ({"Code": {**FUNCTION["Code"], "S3ObjectVersion": "1"}}, "s3:GetObjectVersion", "arn:aws:s3:::b/k.zip"),
        ({"ReservedConcurrentExecutions": 2}, "lambda:PutFunctionConcurrency", f"arn:aws:lambda:{ACCOUNT}:function:f"),
    ],
)
def test_what_a_property_is_for_is_asked_where_it_is(given: Properties, action: str, resource: str) -> None:
    whole = {**FUNCTION, **given}
    assert (action, resource) in asked("AWS::Lambda::Function", CREATE, whole)
    less = {key: value for key, value in whole.items() if key not in given and (given or key not in ("Role", "Code"))}
    assert action not in actions("AWS::Lambda::Function", CREATE, less)


def test_an_update_asks_for_what_changes_and_for_what_is_used_all_the_same() -> None:
    whole = {**FUNCTION, "KmsKeyArn": KEY, "MemorySize": 128}
    of_size = actions("AWS::Lambda::Function", UPDATE, {**whole, "MemorySize": 256}, whole)
    assert {"lambda:UpdateFunctionConfiguration", "kms:Decrypt", "iam:PassRole"} <= of_size
    assert not {"lambda:UpdateFunctionCode", "s3:GetObject", "lambda:TagResource"} & of_size
    newer = {**whole, "Code": {"S3Bucket": "b", "S3Key": "newer.zip"}}
    of_code = asked("AWS::Lambda::Function", UPDATE, newer, whole)
    assert {("s3:GetObject", "arn:aws:s3:::b/newer.zip")} <= of_code
    assert "lambda:UpdateFunctionCode" in {action for action, _ in of_code}


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ([], [{"PolicyName": "p", "PolicyDocument": 1}], {"iam:PutRolePolicy"}),
        (
            [{"PolicyName": "p", "PolicyDocument": 1}],
            [{"PolicyName": "p", "PolicyDocument": 2}],
            {"iam:PutRolePolicy"},
        ),
        ([{"PolicyName": "p", "PolicyDocument": 1}], [], {"iam:DeleteRolePolicy"}),
    ],
)
def test_what_is_put_and_what_is_taken_away_are_told_apart(old: list[Any], new: list[Any], wanted: set[str]) -> None:
    found = actions("AWS::IAM::Role", UPDATE, {"RoleName": "r", "Policies": new}, {"RoleName": "r", "Policies": old})
    assert found & {"iam:PutRolePolicy", "iam:DeleteRolePolicy"} == wanted


def test_cloudformations_own_tags_need_the_right_to_tag_where_it_gives_them() -> None:
    system = [{"Key": "aws:cloudformation:stack-name", "Value": "s"}]
    for tags in ({}, {"Tags": system}):
        assert "cloudwatch:TagResource" in actions("AWS::CloudWatch::Alarm", CREATE, {"AlarmName": "a", **tags})
        assert "sqs:TagQueue" not in actions("AWS::SQS::Queue", CREATE, {"QueueName": "q", **tags})
    own = {"QueueName": "q", "Tags": [{"Key": "a", "Value": "b"}]}
    assert "sqs:TagQueue" in actions("AWS::SQS::Queue", CREATE, own)
    taken = actions("AWS::SQS::Queue", UPDATE, {"QueueName": "q"}, own)
    assert ("sqs:UntagQueue" in taken, "sqs:TagQueue" in taken) == (True, False)


def test_a_boundary_is_reported_where_a_policy_may_demand_it() -> None:
    role = Resource("AWS::IAM::Role", "s", "R", new={"RoleName": "r", "PermissionsBoundary": "arn:b"})
    found = {one.action: one.context for one in checks(SETTINGS, CREATE, role)}
    assert found["iam:CreateRole"] == {"iam:PermissionsBoundary": "arn:b"}


@pytest.mark.parametrize(
    ("kind", "properties", "made", "arn"),
    [
        ("AWS::SNS::Topic", {}, "", f"arn:aws:sns:{ACCOUNT}:stack-Logical-1A2B3C4D5E6F"),
        ("AWS::SNS::Topic", {}, f"arn:aws:sns:{ACCOUNT}:made", f"arn:aws:sns:{ACCOUNT}:made"),
        ("AWS::SQS::QueuePolicy", {"Queues": ["http://h/000000000000/q"]}, "", f"arn:aws:sqs:{ACCOUNT}:q"),
        ("AWS::Lambda::Permission", {"FunctionName": f"arn:aws:lambda:{ACCOUNT}:function:f"}, "", "function:f"),
        ("AWS::KMS::Alias", {"AliasName": "alias/a", "TargetKeyId": KEY}, "", f"arn:aws:kms:{ACCOUNT}:alias/a"),
        ("AWS::KMS::Alias", {"AliasName": "alias/a", "TargetKeyId": KEY}, "", KEY),
        ("AWS::IAM::OIDCProvider", {"Url": "https://t.example.com"}, "", "oidc-provider/t.example.com"),
        ("AWS::SageMaker::Model", {"ModelName": "Big"}, "", f"arn:aws:sagemaker:{ACCOUNT}:model/big"),
        ("AWS::IAM::Role", {"RoleName": "r", "Path": "/a/b/"}, "", "iam::000000000000:role/a/b/r"),
        ("AWS::Events::Rule", {"Name": "r"}, "", f"arn:aws:events:{ACCOUNT}:rule/r"),
        ("AWS::Events::Rule", {"Name": "r", "EventBusName": "b"}, "", f"arn:aws:events:{ACCOUNT}:rule/b/r"),
        ("AWS::Scheduler::Schedule", {"Name": "s"}, "", f"arn:aws:scheduler:{ACCOUNT}:schedule/default/s"),
        ("AWS::Scheduler::Schedule", {"Name": "s", "GroupName": "g"}, "", f"arn:aws:scheduler:{ACCOUNT}:schedule/g/s"),
        ("Custom::Thing", {"ServiceToken": "arn:aws:lambda:x:y:function:f"}, "", "arn:aws:lambda:x:y:function:f"),
    ],
)
def test_a_resource_is_known_by_its_name_before_and_after_it_is_made(
    kind: str, properties: Properties, made: str, arn: str
) -> None:
    assert any(found.endswith(arn) for _, found in asked(kind, CREATE, properties, made=made))


def test_a_change_of_what_is_given_once_makes_the_resource_anew() -> None:
    old, new = {"QueueName": "a"}, {"QueueName": "b"}
    assert replaces(Resource("AWS::SQS::Queue", "s", "Q", old=old, new=new))
    assert not replaces(Resource("AWS::SQS::Queue", "s", "Q", old=old, new={**old, "VisibilityTimeout": 1}))
    assert not replaces(Resource("Custom::Thing", "s", "T", old=old, new=new))


def test_a_wait_condition_asks_for_nothing_and_an_unknown_type_is_known_as_such() -> None:
    assert is_known("AWS::CloudFormation::WaitConditionHandle")
    assert asked("AWS::CloudFormation::WaitConditionHandle", CREATE) == set()
    assert not is_known("AWS::Kinesis::Stream")


def test_every_table_speaks_of_types_and_actions_that_there_are() -> None:
    assert set(load_handlers()) == known_kinds() >= ONLY_FOR.keys() | PASSED.keys()
    for kind, properties in ONLY_FOR.items():
        handlers = (CREATE, READ, UPDATE, DELETE)
        called = {action for verb in handlers for action in load_handlers()[kind].get(verb, [])}
        for path, listed in properties.items():
            assert set(listed.split()) & called, (kind, path)
        unknown = {one for listed in properties.values() for one in listed.split()} - called
        # Keys and networks are listed once for all types.
        assert {one.partition(":")[0] for one in unknown} <= {"kms", "ec2"}, (kind, unknown)


def test_a_policy_is_asked_about_by_its_own_name_when_a_role_gets_or_loses_it() -> None:
    def found(verb: str, old: list[str], new: list[str]) -> list[tuple[str, object]]:
        both = ({"RoleName": "r", "ManagedPolicyArns": listed} if listed else {} for listed in (old, new))
        resource = Resource("AWS::IAM::Role", "s", "R", "r", *both)
        asks = [one for one in checks(SETTINGS, verb, resource) if "tachRolePolicy" in one.action]
        return [(one.action, one.context["iam:PolicyARN"]) for one in asks]

    assert found(CREATE, [], ["arn:a", "arn:b"]) == [
        ("iam:AttachRolePolicy", "arn:a"),
        ("iam:AttachRolePolicy", "arn:b"),
    ]
    assert sorted(found(UPDATE, ["arn:a", "arn:b"], ["arn:b", "arn:c"])) == [
        ("iam:AttachRolePolicy", "arn:c"),
        ("iam:DetachRolePolicy", "arn:a"),
    ]
    assert found(DELETE, ["arn:a"], []) == [("iam:DetachRolePolicy", "arn:a")]


def test_a_policy_that_names_roles_is_asked_about_on_those_roles() -> None:
    policy = Resource("AWS::IAM::ManagedPolicy", "s", "P", new={"ManagedPolicyName": "p", "Roles": ["admin"]})
    (one,) = [one for one in checks(SETTINGS, CREATE, policy) if one.action == "iam:AttachRolePolicy"]
    assert one.resource == "arn:aws:iam::000000000000:role/admin"
    assert one.context == {"iam:PolicyARN": "arn:aws:iam::000000000000:policy/p"}
