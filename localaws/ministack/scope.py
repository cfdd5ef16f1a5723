"""The region and account that MiniStack works in: a request's, or what is chosen here for work without a request.

MiniStack keeps its regional resources by the region of the request under way. A thread that was started has none, and
is taken to be in the home region.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ministack.core import responses

from localaws.settings import Settings

READS = {responses: ("get_region", "request_scope")}


def region() -> str:
    """The region of the request under way."""
    return str(responses.get_region())


def here(settings: Settings) -> Settings:
    """The settings of the region of the request under way."""
    return settings.in_region(region())


@contextmanager
def within(account: str, region: str) -> Iterator[None]:
    """Work in a region."""
    with responses.request_scope(account, region):
        yield


@contextmanager
def of_arn(arn: str) -> Iterator[None]:
    """Work in the account and region that an ARN names."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or not parts[3] or not parts[4]:
        yield
        return
    with within(parts[4], parts[3]):
        yield
