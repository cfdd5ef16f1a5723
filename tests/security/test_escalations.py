"""Whoever may push cannot become more than a push: the known ways to more rights, tried against the evaluated policies.

All writing actions of IAM, CloudFormation and STS are tried, not a list of them; then what CloudFormation asks for a
template that somebody has changed; then what the roles that a push can use in turn may use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Any

import parliament
import pytest
from ministack.core import iam_evaluator

from localaws.iam.checks import Check
from localaws.stacks.permissions import CREATE, DELETE, UPDATE, checks
from localaws.stacks.resource import Resource
from seedcode.stack.foundation import WITHIN_A_BOUNDARY
from seedcode.stack.template import load
from tests.contract.stack.deployment import SETTINGS, is_allowed, own
from tests.contract.stack.policies import as_list
from tests.contract.stack.resolve import ACCOUNT, Stack
from tests.contract.stack.variants import CODE, VARIANTS

BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
GITHUB = {**CODE, "SourceProvider": "GITHUB_ACTIONS", "GitHubRepository": "bakery/scones"}
NETWORK = {"SubnetIds": "subnet-1a2b3c4d", "SecurityGroupIds": "sg-1a2b3c4d"}
STACKS = {
    "codecommit": {**CODE, **NETWORK},
    "connection": {**VARIANTS["connection"], **NETWORK},
    "github": {**GITHUB, **NETWORK},
    "codecommit within a boundary": {**CODE, **NETWORK, "PermissionsBoundaryArn": BOUNDARY},
    "github within a boundary": {**GITHUB, **NETWORK, "PermissionsBoundaryArn": BOUNDARY},
}
OF_A_PUSH = ("BuildRole", "GitHubRole", "PullRequestRole", "DeployRole")
CASES = [
    (name, role)
    for name, given in STACKS.items()
    for role in OF_A_PUSH
    if role in Stack(load(), given).of_type("AWS::IAM::Role")
]
# Roles and policies that an attacker may want: the stack's own, an administrator's, a neighbour's, and new ones.
OTHERS = ("admin", "new", "scones-new", "scones-prod-pipeline", "scones-deploy-admin", "somebody/else")
SERVICES = (
    *("cloudformation", "codebuild", "codepipeline", "ec2", "ecs-tasks", "events", "glue", "lambda", "sagemaker"),
    *("scheduler", "ssm", "states"),
)
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"


@cache
def _stack(name: str) -> Stack:
    return Stack(load(), STACKS[name])


@cache
def _policies(name: str, role: str) -> list[Any]:
    return [iam_evaluator.parse_policy_document(policy.document) for policy in own(_stack(name), role)]


@cache
def _pattern(name: str, role: str) -> re.Pattern[str]:
    """The actions that the role's policies allow on anything, in lower case; everything for NotAction."""
    listed = {
        str(action).lower()
        for policy in own(_stack(name), role)
        for statement in policy.statements
        if statement["Effect"] == "Allow"
        for action in as_list(statement.get("Action", "*"))
    }
    return re.compile("|".join(map(translate, sorted(listed))) or "(?!)")


def _allowed_anywhere(name: str, role: str, actions: Iterable[str]) -> set[str]:
    """Those of the actions that the role may do on something."""
    known = _pattern(name, role)
    return {one for one in actions if known.match(one.lower())}


def _may(name: str, role: str, action: str, resource: str, **context: str) -> bool:
    if not _allowed_anywhere(name, role, [action]):
        return False
    keys: dict[str, str | list[str]] = {key.replace("__", ":"): value for key, value in context.items()}
    return is_allowed(_policies(name, role), Check(action, resource, keys))


@cache
def _writing(service: str) -> tuple[str, ...]:
    """All actions of a service that write, or that give a session, as AWS lists them."""
    return tuple(
        action
        for action, level in _every(service).items()
        if level not in ("Read", "List") or action.partition(":")[2].startswith("Assume")
    )


@cache
def _every(service: str) -> dict[str, str]:
    """All actions of a service and their access levels, as AWS lists them."""
    path = Path(parliament.__file__).with_name("iam_definition.json")
    listed = [one for one in json.loads(path.read_text(encoding="utf-8")) if one["prefix"] == service]
    return {f"{service}:{one['privilege']}": one["access_level"] for found in listed for one in found["privileges"]}


def _roles(name: str) -> dict[str, str]:
    """The ARNs of the stack's roles by logical id, and of others' by their names."""
    place = f"arn:aws:iam::{ACCOUNT}:role"
    of_stack = {key: f"{place}/{made['RoleName']}" for key, made in _stack(name).of_type("AWS::IAM::Role").items()}
    return of_stack | {other: f"{place}/{other}" for other in OTHERS}


def _managed(name: str) -> dict[str, str]:
    """The same of managed policies, AWS's administrator and the boundary among them."""
    made = _stack(name).of_type("AWS::IAM::ManagedPolicy")
    own_ = {key: f"arn:aws:iam::{ACCOUNT}:policy/{policy['ManagedPolicyName']}" for key, policy in made.items()}
    return own_ | {
        "boundary": BOUNDARY,
        "administrator": "arn:aws:iam::aws:policy/AdministratorAccess",
        "new": f"arn:aws:iam::{ACCOUNT}:policy/scones-new",
    }


def _wanted(name: str) -> Iterator[tuple[str, str]]:
    """All IAM resources that an attacker may want to write, as logical id and ARN."""
    yield from _roles(name).items()
    yield from _managed(name).items()
    place = f"arn:aws:iam::{ACCOUNT}"
    for rest in ("user/admin", "user/scones-user", "group/admins", "oidc-provider/token.actions.githubusercontent.com"):
        yield rest, f"{place}:{rest}"
    yield "all", "*"


@pytest.mark.parametrize(("name", "role"), CASES)
def test_no_push_writes_anything_of_iam_but_within_the_boundary(name: str, role: str) -> None:
    actions = [action for action in _writing("iam") if action != "iam:PassRole"]
    # The best case for the attacker: the boundary is set, and the policy may be attached.
    keys = {"iam__PermissionsBoundary": BOUNDARY, "iam__PolicyARN": _managed(name)["FunctionsTracing"]}
    found = {target for target, arn in _wanted(name) for action in actions if _may(name, role, action, arn, **keys)}
    bounded = role == "DeployRole" and "boundary" in name
    assert found == ({key for key, _ in _wanted(name)} & WITHIN_A_BOUNDARY if bounded else set())


@pytest.mark.parametrize("given", [None, ADMIN.replace("role", "policy"), f"{BOUNDARY}-wide"])
def test_without_the_very_boundary_no_role_is_made_or_given_rights(given: str | None) -> None:
    keys = {"iam__PermissionsBoundary": given} if given else {}
    giving = ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePolicy")
    for action in giving:
        for arn in _roles("codecommit within a boundary").values():
            policy = _managed("codecommit within a boundary")["FunctionsTracing"]
            tried = ("codecommit within a boundary", "DeployRole", f"iam:{action}", arn)
            assert not _may(*tried, iam__PolicyARN=policy, **keys), (action, arn)


def test_a_boundary_is_never_taken_away_and_no_foreign_policy_attached() -> None:
    name = "codecommit within a boundary"
    attachable = {"FunctionsTracing", "FunctionsNetwork", "JobsNetwork"}
    for arn in _roles(name).values():
        lifting = (name, "DeployRole", "iam:DeleteRolePermissionsBoundary", arn)
        assert not _may(*lifting, iam__PermissionsBoundary=BOUNDARY)
        keys = {"iam__PermissionsBoundary": BOUNDARY}
        for key, policy in _managed(name).items():
            tried = (name, "DeployRole", "iam:AttachRolePolicy", arn)
            assert key in attachable or not _may(*tried, iam__PolicyARN=policy, **keys), (key, arn)
    # Whoever changes a policy changes what each role has that it is attached to.
    for key, arn in _managed(name).items():
        for action in ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"):
            assert key in attachable or not _may(name, "DeployRole", action, arn), (key, action)


FUNCTIONS = {
    *("IngestImageRole", "StartTrainingRole", "DeployModelRole", "RefreshWorkflowRole"),
    *("SerializeImageRole", "ClassifyImageRole", "FilterConfidenceRole"),
}
HANDED_ON = {
    "BuildRole": {("DeployRole", "cloudformation"), ("PipelineRole", "sagemaker")},
    "GitHubRole": {("DeployRole", "cloudformation"), ("PipelineRole", "sagemaker")},
    "PullRequestRole": set(),
    "DeployRole": {
        *((function, "lambda") for function in FUNCTIONS),
        ("WorkflowRole", "states"),
        ("SchedulerRole", "scheduler"),
        ("EventsRole", "events"),
    },
}


@pytest.mark.parametrize(("name", "role"), CASES)
def test_a_push_hands_on_the_project_s_roles_each_to_its_one_service_and_none_of_its_own(name: str, role: str) -> None:
    there = _stack(name).resources
    assert _handed_on(name, role) == {(key, service) for key, service in HANDED_ON[role] if key in there}
    # Nothing is passed without a service.
    assert not any(_may(name, role, "iam:PassRole", arn) for arn in _roles(name).values())


@pytest.mark.parametrize("name", STACKS)
def test_what_a_push_can_use_in_turn_uses_nothing_that_decides_of_rights(name: str) -> None:
    reached, looked_at = {role for role in OF_A_PUSH if (name, role) in CASES}, set()
    begun = frozenset(reached)
    while left := reached - looked_at:
        looked_at |= left
        reached |= {other for role in left for other, _ in _handed_on(name, role)}
    assert "FoundationRole" not in reached
    assert not reached & set(OTHERS)
    for role in reached - begun:
        assert not {other for other, _ in _handed_on(name, role)} & {*OF_A_PUSH, "FoundationRole"}, role
        for service in ("iam", "cloudformation", "sts", "codebuild", "organizations"):
            found = _allowed_anywhere(name, role, _writing(service)) - {"iam:PassRole"}
            # EventBridge starts builds, and scaling creates its service-linked role.
            starting = {"codebuild:StartBuild"} if role == "EventsRole" else set()
            linked = {"iam:CreateServiceLinkedRole"} if role == "RefreshWorkflowRole" else set()
            assert found <= starting | linked, role
        changing = ("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:CreateFunction")
        assert _allowed_anywhere(name, role, changing) == set(), role


def _handed_on(name: str, role: str) -> set[tuple[str, str]]:
    return {
        (key, service)
        for key, arn in _roles(name).items()
        for service in SERVICES
        if _may(name, role, "iam:PassRole", arn, iam__PassedToService=f"{service}.amazonaws.com")
    }


CHANGE_SETS = {"push": "push-1", "person": "scones-1", "arn": "arn:aws:cloudformation:eu-west-1:1:changeSet/push-1/2"}


@pytest.mark.parametrize(("name", "role"), [case for case in CASES if case[1] in ("BuildRole", "GitHubRole")])
def test_a_push_changes_the_stack_as_the_deploy_role_only_and_executes_its_own_change_sets_only(
    name: str, role: str
) -> None:
    stack = str(_stack(name).resolve({"Ref": "AWS::StackId"}))
    roles = {
        "none": "",
        "deploy": _roles(name)["DeployRole"],
        "foundation": _roles(name)["FoundationRole"],
        "admin": ADMIN,
    }
    found = set()
    for action in _writing("cloudformation"):
        for given, arn in roles.items():
            for kind, change_set in CHANGE_SETS.items():
                keys = {"cloudformation__ChangeSetName": change_set}
                keys |= {"cloudformation__RoleArn": arn} if arn else {}
                if _may(name, role, action, stack, **keys):
                    found.add((action.partition(":")[2], given if action.endswith("CreateChangeSet") else "", kind))
    assert found == {
        ("CreateChangeSet", "deploy", "push"),
        ("DeleteChangeSet", "", "push"),
        ("ExecuteChangeSet", "", "push"),
    }
    neighbour = stack.replace("stack/scones/", "stack/scones-prod/")
    every = {"cloudformation__RoleArn": roles["deploy"], "cloudformation__ChangeSetName": "push-1"}
    assert not any(_may(name, role, action, neighbour, **every) for action in _writing("cloudformation"))


@pytest.mark.parametrize(("name", "role"), CASES)
def test_nobody_who_may_push_takes_another_session_or_touches_another_stack(name: str, role: str) -> None:
    # A template's dynamic references read secrets as the role that deploys it.
    for service in ("sts", "organizations", "secretsmanager", "ssm", "sso", "ec2"):
        every = [action for action in _every(service) if not action.startswith("ec2:Describe")]
        assert _allowed_anywhere(name, role, every) == set()
    if role in ("DeployRole", "PullRequestRole"):
        assert _allowed_anywhere(name, role, _writing("cloudformation")) == set()


Changes = Mapping[str, Mapping[str, Any]]
FOREIGN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:admin"
WIDE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
POLICY = {"PolicyName": "more", "PolicyDocument": WIDE}
TRUSTING = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
CHANGED: dict[str, Changes] = {
    "a role gets a policy of its own": {"DeployRole": {"Policies": [POLICY]}},
    "the foundation gets a policy": {"FoundationRole": {"Policies": [POLICY]}},
    "a role gets the administrator's policy": {
        "BuildRole": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    },
    "a working role gets the administrator's policy": {
        "PipelineRole": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    },
    "the foundation trusts builds": {"FoundationRole": {"AssumeRolePolicyDocument": TRUSTING}},
    "a role trusts everybody": {"DeployRole": {"AssumeRolePolicyDocument": TRUSTING}},
    "a role loses its boundary": {"PipelineRole": {"PermissionsBoundary": None, "Policies": [POLICY]}},
    "a policy of pushes becomes wide": {"BuildPolicy": {"PolicyDocument": WIDE}},
    "a policy of CloudFormation's becomes wide": {"DeployData": {"PolicyDocument": WIDE}},
    "a policy is given to the deploy role": {"FunctionsTracing": {"Roles": ["scones-deploy"]}},
    "a function runs as an administrator": {"IngestImageFunction": {"Role": ADMIN}},
    "a function runs as CloudFormation's role": {
        "IngestImageFunction": {"Role": f"arn:aws:iam::{ACCOUNT}:role/scones-foundation"}
    },
    "a function runs as a neighbour's": {"IngestImageFunction": {"Role": f"{ADMIN[:-5]}scones-prod-deploy-model"}},
    "a workflow runs as an administrator": {"InferenceWorkflow": {"RoleArn": ADMIN}},
    "a schedule starts things as an administrator": {"DriftSchedule": {"Target": {"RoleArn": ADMIN}}},
    "a rule starts things as an administrator": {"PushRule": {"Targets": [{"Id": "build", "RoleArn": ADMIN}]}},
    "pull requests are built as pushes": {
        "PullRequestProject": {"ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/scones-build"}
    },
    "pushes are built as CloudFormation's role": {
        "BuildProject": {"ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/scones-foundation"}
    },
    "builds read another repository": {"BuildProject": {"Source": {"Type": "GITHUB", "Location": "https://x"}}},
    "an administrator's function is called as a custom resource": {"Endpoint": {"ServiceToken": FOREIGN}},
}


@pytest.mark.parametrize("name", ["codecommit", "codecommit within a boundary"])
@pytest.mark.parametrize("change", CHANGED)
def test_cloudformation_refuses_a_push_whose_template_takes_more_rights(name: str, change: str) -> None:
    for logical_id, given in CHANGED[change].items():
        entry = _stack(name).resources[logical_id]
        old = entry.get("Properties", {})
        new = {key: value for key, value in {**old, **given}.items() if value is not None}
        made = str(_stack(name).resolve({"Ref": logical_id}))
        resource = Resource(entry["Type"], "scones", logical_id, made, old=old, new=new)
        asked = list(checks(SETTINGS, UPDATE, resource))
        assert [one for one in asked if not is_allowed(_policies(name, "DeployRole"), one)], change


NEW = [
    ("AWS::IAM::Role", {"RoleName": "scones-more", "AssumeRolePolicyDocument": TRUSTING}),
    ("AWS::IAM::Role", {"RoleName": "scones-more", "PermissionsBoundary": BOUNDARY}),
    ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "scones-more", "PolicyDocument": WIDE}),
    ("AWS::IAM::OIDCProvider", {"Url": "https://token.actions.githubusercontent.com"}),
    ("AWS::Lambda::Function", {"FunctionName": "scones-more", "Role": ADMIN, "Code": {}}),
    ("AWS::CodeBuild::Project", {"Name": "scones-more", "ServiceRole": ADMIN}),
    ("AWS::SageMaker::Pipeline", {"PipelineName": "scones-more", "RoleArn": ADMIN}),
    ("AWS::SageMaker::Model", {"ModelName": "scones-more", "ExecutionRoleArn": ADMIN}),
    ("Custom::Anything", {"ServiceToken": FOREIGN}),
]


@pytest.mark.parametrize("name", ["codecommit", "codecommit within a boundary"])
@pytest.mark.parametrize(("kind", "properties"), NEW)
def test_cloudformation_refuses_a_push_that_makes_what_has_more_rights(
    name: str, kind: str, properties: dict[str, Any]
) -> None:
    asked = list(checks(SETTINGS, CREATE, Resource(kind, "scones", "More", new=properties)))
    assert [one for one in asked if not is_allowed(_policies(name, "DeployRole"), one)]


@pytest.mark.parametrize("name", ["github", "github within a boundary"])
def test_no_stack_deletes_the_account_s_identity_provider(name: str) -> None:
    provider = Resource(
        "AWS::IAM::OIDCProvider", "scones", "P", "x", old={"Url": "https://token.actions.githubusercontent.com"}
    )
    for role in ("DeployRole", "FoundationRole"):
        asked = list(checks(SETTINGS, DELETE, provider))
        assert [one for one in asked if not is_allowed(_policies(name, role), one)], role
    assert load().resources["GitHubOidcProvider"]["DeletionPolicy"] == "Retain"
