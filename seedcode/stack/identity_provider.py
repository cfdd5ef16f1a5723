"""GitHub's identity provider, of which an account has one: a stack uses the one that is there, and makes it else."""

from __future__ import annotations

from functools import partial

from seedcode.stack.resolve import pseudo_parameters
from seedcode.stack.spec import Account, Spec
from seedcode.stack.state import Stack, list_resources, unless_gone

PARAMETER = "GitHubOidcProviderArn"
_RESOURCE = "GitHubOidcProvider"
_HOST = "token.actions.githubusercontent.com"


def find(aws: Account, spec: Spec, stack: Stack | None) -> dict[str, str]:
    """The parameter that names the account's provider; empty where the stack has its own or is to make it.

    Where GitHub builds nothing, or the parameter is given, nothing is asked.
    """
    values = spec.values(stack)
    if values.get("SourceProvider") != "GITHUB_ACTIONS" or values.get(PARAMETER, "") or PARAMETER not in values:
        return {}
    if stack and _RESOURCE in list_resources(aws.client("cloudformation"), stack.id):
        return {}
    partition = pseudo_parameters(aws.account, aws.region, spec.stack)["AWS::Partition"]
    arn = f"arn:{partition}:iam::{aws.account}:oidc-provider/{_HOST}"
    asked = partial(aws.client("iam").get_open_id_connect_provider, OpenIDConnectProviderArn=arn)
    return {PARAMETER: arn} if unless_gone(asked, None) else {}
