"""Every policy of the template: known to parliament, narrow, small enough, and enough for CloudFormation itself."""

from __future__ import annotations

import re

import pytest

from seedcode.stack.template import load
from tests.contract.stack.deployment import missing, superfluous
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


def test_code_that_nobody_has_looked_at_can_change_nothing() -> None:
    [policy] = [one for one in ALL if one.owner == "PullRequestRole" and one.kind == IDENTITY][:1]
    allowed = {action for statement in policy.statements for action in as_list(statement["Action"])}

    changing = re.compile(r"(Create|Update|Delete|Put|Start|Pass|Execute)(?!LogStream|LogEvents)")
    assert {action for action in allowed if changing.search(action)} == set()


@pytest.mark.parametrize("given", VARIANTS.values(), ids=VARIANTS)
def test_policies_fit_into_iam_under_the_longest_name(given: dict[str, str]) -> None:
    found = distinct([Stack(load(), {**given, "SageMakerProjectName": LONGEST_NAME})])
    managed = set(Stack(load(), given).of_type("AWS::IAM::ManagedPolicy"))

    for policy in found:
        most = MANAGED_CHARACTERS if policy.owner in managed else INLINE_CHARACTERS
        assert policy.size <= (TRUST_CHARACTERS if policy.kind == TRUST else most), (policy.owner, policy.size)


@pytest.mark.parametrize("stack", stacks().values(), ids=VARIANTS)
def test_cloudformations_role_may_do_what_cloudformation_asks_for_each_resource(stack: Stack) -> None:
    assert missing(stack) == set()


def test_cloudformations_role_may_do_nothing_that_cloudformation_does_not_ask_for() -> None:
    given = VARIANTS["connection"]
    former = {**given, "ConnectionArn": given["ConnectionArn"].replace("codeconnections", "codestar-connections")}
    assert superfluous([*stacks().values(), Stack(load(), former)]) == set()
