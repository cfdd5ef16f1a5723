"""The condition key aws:PrincipalArn of a session: MiniStack has the session's ARN in it, AWS that of its role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localaws.ministack import replace

Resolve = Callable[[str, Any], Any]
_SESSION = ":assumed-role/"


def apply() -> None:
    """Answer policies with the role; raises MiniStackError where MiniStack has not the name that is leant on."""
    from ministack.core import iam_evaluator  # noqa: PLC0415 - after configure()

    replace(iam_evaluator, "_resolve_condition_key", _resolving)


def _resolving(resolve: Resolve) -> Resolve:
    def resolve_role(key: str, context: Any) -> Any:  # noqa: ANN401 - MiniStack's own
        found = resolve(key, context)
        if key.lower() == "aws:principalarn" and _SESSION in str(found):
            return _role_of(found)
        return found

    return resolve_role


def _role_of(session: str) -> str:
    """`arn:aws:sts::<account>:assumed-role/<role>/<session>` as the role's ARN, with the role's path."""
    from ministack.services import iam  # noqa: PLC0415

    partition, account = session.split(":")[1], session.split(":")[4]
    name = session.partition(_SESSION)[2].partition("/")[0]
    role = iam._roles.get_scoped(account, None, name)
    return str(role["Arn"]) if role else f"arn:{partition}:iam::{account}:role/{name}"
