"""AssumeRoleWithWebIdentity: MiniStack takes any token at its word; here its provider must be known and have signed it.

The role's trust policy is then asked by MiniStack, with the provider and the claims `aud` and `sub`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from localaws.errors import AwsError
from localaws.iam.tokens import issuer_host, verify
from localaws.ministack import replace

Response = tuple[int, dict[str, str], bytes]
Deny = Callable[[str, dict[str, Any], bool], Response | None]


def apply(issuers: Path) -> None:
    """Verify tokens before roles are asked, where IAM is enforced; `issuers` holds the keys of their issuers."""
    from ministack.services import iam, sts  # noqa: PLC0415 - after configure()

    def providers() -> dict[str, list[str]]:
        """The client ids of the account's providers, by their host."""
        kept = {arn.partition(":oidc-provider/")[2]: iam._oidc_providers.get(arn) for arn in iam._oidc_providers}
        return {host: provider["ClientIDList"] for host, provider in kept.items()}

    def verifying(deny: Deny) -> Deny:
        def verify_and_ask(role: str, params: dict[str, Any], use_json: bool) -> Response | None:
            token, known = sts._p(params, "WebIdentityToken"), providers()
            try:
                verify(token, issuers, known, known.get(issuer_host(token), []))
            except AwsError as error:
                refused: Response = sts._error(error.status, error.code, error.message, ns="sts")
                return refused
            return deny(role, params, use_json)

        return verify_and_ask

    replace(sts, "_web_identity_trust_denied", verifying)
