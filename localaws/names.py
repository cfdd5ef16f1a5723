"""Names out of ARNs, where an operation takes either, and fresh identifiers."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.ascii_lowercase + string.digits


def bare(name_or_arn: str) -> str:
    """The resource's name: `arn:...:pipeline/scones` and `scones` both answer `scones`."""
    return name_or_arn.split("/", 1)[1] if name_or_arn.startswith("arn:") and "/" in name_or_arn else name_or_arn


def identifier(length: int = 12) -> str:
    """A random identifier of lower-case letters and digits, as AWS gives to executions."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
