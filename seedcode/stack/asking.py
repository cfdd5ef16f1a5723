"""Asks AWS about things that may be gone, or half gone, already."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from common.aws_errors import get_code, is_missing

T = TypeVar("T")
U = TypeVar("U")
# How the local AWS answers for what it does not emulate.
_NOT_EMULATED = frozenset({"UnsupportedOperation", "400"})


def unless_gone(call: Callable[[], T], otherwise: U) -> T | U:
    """Return what a call answers, or `otherwise` where what it asks about is not there."""
    try:
        return call()
    except ClientError as error:
        if is_absent(error):
            return otherwise
        raise


def is_absent(error: ClientError) -> bool:
    """Whether a refusal says that something is not there."""
    return is_missing(error) or get_code(error) in _NOT_EMULATED
