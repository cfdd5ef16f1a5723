"""The credentials of functions: random ones of a session of their role, whether IAM is enforced or not.

MiniStack gives a function the number of the account as its key, which it takes for root; where it enforces IAM, it
draws key and secret from the function's ARN, so that whoever knows the name may call in the function's place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localaws.iam.sessions import Sessions
from localaws.ministack import replace


def apply(sessions: Sessions) -> None:
    """Issue functions their credentials from now on; raises MiniStackError where a name is missing."""
    from ministack.core import lambda_runtime  # noqa: PLC0415 - after configure()
    from ministack.services import lambda_svc  # noqa: PLC0415

    def issue(config: dict[str, Any]) -> dict[str, str]:
        account = config["FunctionArn"].split(":")[4]
        return sessions.of(config.get("Role"), account, config["FunctionName"][:64]).environment

    def issuing(_: Callable[..., Any]) -> Callable[..., Any]:
        return issue

    replace(lambda_runtime, "execution_credentials", issuing)
    replace(lambda_svc, "execution_credentials", issuing)
