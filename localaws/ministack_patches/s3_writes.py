"""S3: what a write costs in MiniStack, which starts a thread for each event and waits until that runs.

Meanwhile the server's loop answers nobody. Here a few threads stay, and take the events. MiniStack also resolves an
object's folder from the disk's root, and parses a bucket's settings, at each request: here once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache, partial
from types import ModuleType
from typing import Any

from ministack.services import s3

from localaws.aws import Aws
from localaws.ministack.patching import Patch

_REMEMBERED = 1024
_EVENTS = 16
"""Events under way at once, as one may wait for who gets it; further ones wait for these."""


def patch(_: Aws) -> Patch:
    """Hand events to threads that stay, and remember what was resolved and parsed."""
    return Patch(
        replaces={
            s3: {
                "_fire_s3_event_async": _firing,
                "os": Os,
                "_bucket_default_sse_headers": _remembering_encryption,
                "_parse_notification_config_raw": _remembering_targets,
            }
        },
        reads={s3: ("_bucket_encryption", "_bucket_notifications", "_fire_s3_event", "_next_event_sequencer")},
    )


def _firing(_: Callable[..., None]) -> Callable[..., None]:
    events = ThreadPoolExecutor(_EVENTS, thread_name_prefix="s3-event")

    def fire(bucket: str, key: str, event: str, *details: Any, **more: Any) -> None:  # noqa: ANN401 - MiniStack's
        if bucket in s3._bucket_notifications:
            sequencer = s3._next_event_sequencer(event)  # in the order of the writes
            deliver = partial(s3._fire_s3_event, bucket, key, event, *details, sequencer=sequencer, **more)
            events.submit(copy_context().run, deliver)

    return fire


class Os:
    """MiniStack's `os`, which resolves a folder once."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self.path = _Path(module.path)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._module, name)


class _Path:
    """The module `os.path`, whose `realpath` looks at the last part of a path alone: its folder's is remembered.

    Below S3's folder there is no link, as nobody but MiniStack writes there; where there is one, it is followed.
    """

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._module, name)

    def realpath(self, path: str) -> str:
        """The path without links."""
        folder, name = os.path.split(path)
        if name in ("", os.curdir, os.pardir):
            return os.path.realpath(path)
        found: str = self._module.join(_resolve(folder), name)
        return os.path.realpath(found) if self._module.islink(found) else found


@lru_cache(_REMEMBERED)
def _resolve(folder: str) -> str:
    return os.path.realpath(folder)


def _remembering_encryption(read: Callable[[str], dict[str, str]]) -> Callable[[str], dict[str, str]]:
    @lru_cache(_REMEMBERED)
    def parse(_: bytes, bucket: str) -> dict[str, str]:
        return read(bucket)

    def read_once(bucket: str) -> dict[str, str]:
        raw = s3._bucket_encryption.get(bucket)
        return dict(parse(raw, bucket)) if raw else read(bucket)

    return read_once


def _remembering_targets(parse: Callable[[str | None], list[Any]]) -> Callable[[str | None], list[Any]]:
    parse_once = lru_cache(_REMEMBERED)(parse)
    return lambda raw: list(parse_once(raw))
