"""The ways in which the template is deployed: each is held to every rule."""

from __future__ import annotations

from functools import cache

from seedcode.stack.template import load
from tests.contract.stack.resolve import ACCOUNT, REGION, Stack

CODE = {"CodeVersion": "0123456789abcdef"}
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/11111111-2222-3333-4444-555555555555"
VARIANTS: dict[str, dict[str, str]] = {
    "first": {},
    "plain": CODE,
    "connection": {
        **CODE,
        "SourceProvider": "GITHUB_CONNECTION",
        "GitHubRepository": "bakery/scones",
        "ConnectionArn": CONNECTION,
    },
    "project": {
        **CODE,
        "SageMakerProjectId": "p-1a2b3c4d5e6f",
        "SourceProvider": "GITHUB_ACTIONS",
        "GitHubRepository": "bakery/scones",
        "LayerKey": "code/layers/0123456789abcdef.zip",
        "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/99999999-2222-3333-4444-555555555555",
        "SubnetIds": "subnet-1a2b3c4d,subnet-5e6f7a8b",
        "SecurityGroupIds": "sg-1a2b3c4d",
        "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        "NotificationEmail": "baker@example.com",
        "MonthlyBudgetUsd": "100",
    },
    "seeded": {**CODE, "SeedBucket": "seeds", "SeedKey": "scones.zip", "RepositoryName": "bakery"},
}


@cache
def stacks() -> dict[str, Stack]:
    """The template in each of the ways, each resolved once."""
    return {name: Stack(load(), given) for name, given in VARIANTS.items()}
