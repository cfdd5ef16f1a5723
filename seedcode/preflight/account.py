"""Whose credentials these are."""

from __future__ import annotations

from seedcode.stack.spec import Account


def check(aws: Account) -> list[str]:
    """Say when the credentials are another account's than the one that is meant."""
    caller = aws.client("sts").get_caller_identity()
    if caller["Account"] == aws.account:
        return []
    return [
        f"The credentials are of account {caller['Account']} ({caller['Arn']}), and SCONES_ACCOUNT_ID is "
        f"{aws.account}; sign in to that account, or leave SCONES_ACCOUNT_ID out."
    ]
