"""An account's one provider of GitHub's tokens is used where it is there, and made where it is not."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

from botocore.exceptions import ClientError

from seedcode.stack import identity_provider
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import Stack
from seedcode.stack.template import load

ARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
GITHUB = {"SourceProvider": "GITHUB_ACTIONS", "GitHubRepository": "bakery/scones"}


def _find(there: bool, owned: bool = False, **given: str) -> dict[str, str]:
    iam, cloudformation = Mock(), Mock()
    gone = ClientError({"Error": {"Code": "NoSuchEntity", "Message": ""}}, "GetOpenIDConnectProvider")
    iam.get_open_id_connect_provider.side_effect = None if there else gone
    resources = [{"LogicalResourceId": "GitHubOidcProvider", "ResourceStatus": "CREATE_COMPLETE"}] if owned else []
    pages: Any = [{"StackResourceSummaries": resources}]
    cloudformation.get_paginator.return_value.paginate.return_value = pages
    aws = Account({"iam": iam, "cloudformation": cloudformation}.__getitem__, "123456789012", "eu-west-1")
    stack = Stack("scones", "arn:stack", "UPDATE_COMPLETE", "", {}, {}, {})
    return identity_provider.find(aws, Spec("scones", load(), given), stack)


def test_a_second_stack_of_an_account_uses_the_provider_that_is_there() -> None:
    assert _find(there=True, **GITHUB) == {"GitHubOidcProviderArn": ARN}


def test_the_stack_that_made_it_keeps_it_and_the_first_one_makes_it() -> None:
    assert _find(there=True, owned=True, **GITHUB) == {}
    assert _find(there=False, **GITHUB) == {}


def test_nothing_is_asked_where_it_was_given_or_github_builds_nothing() -> None:
    assert _find(there=True, **GITHUB, GitHubOidcProviderArn=ARN) == {}
    assert _find(there=True, SourceProvider="NONE") == {}
