"""Every policy of the template: known to parliament, narrow, small enough, and enough for CloudFormation itself."""

from __future__ import annotations

import re

import pytest

from seedcode.stack.template import load
from tests.contract.stack.deployment import PERSON, PUSH, missing, superfluous
from tests.contract.stack.policies import (
    EXCUSES,
    IDENTITY,
    TRUST,
    Policy,
    as_list,
    distinct,
    find_excuse,
    findings,
)
from tests.contract.stack.resolve import ACCOUNT, Stack
from tests.contract.stack.variants import VARIANTS, stacks
from tests.contract.stack.wildcards import unexplained

ALL = distinct(stacks().values())
LONGEST_NAME = "a" * 32
MOST_ATTACHED = 10  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_CHARACTERS, MANAGED_CHARACTERS, TRUST_CHARACTERS = 10_240, 6_144, 2_048


@pytest.mark.parametrize("policy", ALL, ids=lambda policy: f"{policy.owner}-{policy.kind}")
def test_parliament_finds_nothing_that_is_not_explained(policy: Policy) -> None:
    assert [(issue, detail) for issue, detail in findings(policy) if not find_excuse(policy, issue, detail)] == []


def test_each_exception_is_needed_still() -> None:
    used = {find_excuse(policy, *finding) for policy in ALL for finding in findings(policy)}

    assert [one for one in EXCUSES if one not in used] == []


def test_a_role_is_allowed_actions_by_their_full_names_only() -> None:
    wide = [
        (policy.owner, action)
        for policy in ALL
        for statement in policy.statements
        if policy.kind == IDENTITY
        for action in as_list(statement["Action"])
        if "*" in action
    ]
    assert wide == []


def test_a_wildcard_that_names_nothing_of_the_project_says_why_on_its_line() -> None:
    assert unexplained(load().body) == []


def test_a_role_is_passed_to_one_named_service_only() -> None:
    for policy in ALL:
        for statement in policy.statements:
            if "iam:PassRole" in as_list(statement["Action"]):
                assert as_list(statement["Action"]) == ["iam:PassRole"]
                assert statement["Condition"]["StringEquals"]["iam:PassedToService"], policy.owner


def test_services_take_a_role_for_this_account_only() -> None:
    for policy in ALL:
        if policy.kind == TRUST and policy.owner != "GitHubRole":
            [statement] = policy.statements
            service = statement["Principal"]["Service"]
            # Lambda names no source when it takes a role; the function that has the role is what counts.
            wanted = None if service == "lambda.amazonaws.com" else {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
            assert statement.get("Condition") == wanted, policy.owner


def test_github_gets_its_role_for_one_branch_of_one_repository() -> None:
    [policy] = [policy for policy in ALL if policy.owner == "GitHubRole" and policy.kind == TRUST]
    [statement] = policy.statements

    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:bakery/scones:ref:refs/heads/main",
        }
    }


def test_code_that_nobody_has_looked_at_reads_its_source_and_comments_and_nothing_else() -> None:
    found = [one for one in ALL if one.owner == "PullRequestRole" and one.kind == IDENTITY]
    allowed = {action for one in found for statement in one.statements for action in as_list(statement["Action"])}

    assert allowed == {
        "codecommit:GitPull",
        "codecommit:PostCommentForPullRequest",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    roles = [stack.of_type("AWS::IAM::Role").get("PullRequestRole", {}) for stack in stacks().values()]
    assert [role["ManagedPolicyArns"] for role in roles if "ManagedPolicyArns" in role] == []


def test_a_connection_whose_token_may_write_is_no_pull_request_s() -> None:
    # Whoever may read by a connection gets a token that may do all that GitHub's app may:
    # https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html
    connected = stacks()["connection"]
    projects = connected.of_type("AWS::CodeBuild::Project")
    assert set(projects) == {"BuildProject"}
    assert "PullRequestRole" not in connected.resources
    [kinds] = [
        kind["Pattern"] for kind in projects["BuildProject"]["Triggers"]["FilterGroups"][0] if kind["Type"] == "EVENT"
    ]
    assert kinds == "PUSH"


def test_a_branch_with_a_dot_is_built_and_no_other() -> None:
    stack = Stack(load(), {**VARIANTS["connection"], "Branch": "release-1.2"})
    [filters] = stack.of_type("AWS::CodeBuild::Project")["BuildProject"]["Triggers"]["FilterGroups"]
    [pattern] = [one["Pattern"] for one in filters if one["Type"] == "HEAD_REF"]
    assert re.search(pattern, "refs/heads/release-1.2")
    assert not re.search(pattern, "refs/heads/release-1x2")
    # Nothing else that a branch may be called means anything in a regular expression.
    allowed = load().parameters["Branch"]["AllowedPattern"]
    assert [sign for sign in "^$*+?()[]{}|\\" if re.fullmatch(allowed, f"a{sign}b")] == []


@pytest.mark.parametrize("given", VARIANTS.values(), ids=VARIANTS)
def test_a_role_has_no_more_policies_than_iam_takes_of_one_role(given: dict[str, str]) -> None:
    for name, role in Stack(load(), {**given, "SageMakerProjectName": LONGEST_NAME}).of_type("AWS::IAM::Role").items():
        assert len(role.get("ManagedPolicyArns", [])) <= MOST_ATTACHED, name
        inline = [Policy(name, IDENTITY, policy["PolicyDocument"]).size for policy in role.get("Policies", [])]
        assert sum(inline) <= INLINE_CHARACTERS, name


@pytest.mark.parametrize("given", VARIANTS.values(), ids=VARIANTS)
def test_policies_fit_into_iam_under_the_longest_name(given: dict[str, str]) -> None:
    found = distinct([Stack(load(), {**given, "SageMakerProjectName": LONGEST_NAME})])
    managed = set(Stack(load(), given).of_type("AWS::IAM::ManagedPolicy"))

    for policy in found:
        most = MANAGED_CHARACTERS if policy.owner in managed else INLINE_CHARACTERS
        assert policy.size <= (TRUST_CHARACTERS if policy.kind == TRUST else most), (policy.owner, policy.size)


@pytest.mark.parametrize("role", [PUSH, PERSON])
@pytest.mark.parametrize("stack", stacks().values(), ids=VARIANTS)
def test_cloudformations_role_may_do_what_cloudformation_asks_for_each_resource(stack: Stack, role: str) -> None:
    assert missing(stack, role) == set()


@pytest.mark.parametrize("role", [PUSH, PERSON])
def test_cloudformations_role_may_do_nothing_that_cloudformation_does_not_ask_for(role: str) -> None:
    given = VARIANTS["connection"]
    former = {**given, "ConnectionArn": given["ConnectionArn"].replace("codeconnections", "codestar-connections")}
    assert superfluous([*stacks().values(), Stack(load(), former)], role) == set()
