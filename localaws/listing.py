"""Lists as AWS answers them: filtered, sorted, and in pages that a token continues."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localaws import errors
from localaws.names import bare
from localaws.shapes import Document

_PAGE = 100
_BOUNDS = {
    "CreationTimeAfter": ("CreationTime", 1),
    "CreationTimeBefore": ("CreationTime", -1),
    "CreatedAfter": ("CreationTime", 1),
    "CreatedBefore": ("CreationTime", -1),
    "LastModifiedTimeAfter": ("LastModifiedTime", 1),
    "LastModifiedTimeBefore": ("LastModifiedTime", -1),
    "ScheduledTimeAfter": ("ScheduledTime", 1),
    "ScheduledTimeBefore": ("ScheduledTime", -1),
}


@dataclass(frozen=True)
class Order:
    """How a list is sorted: the member for each SortBy value, and the defaults."""

    members: Mapping[str, str]
    by: str = "CreationTime"
    direction: str = "Descending"


def page(
    request: Document,
    documents: Sequence[Document],
    order: Order,
    key: str,
    equals: Mapping[str, str] | None = None,
) -> tuple[list[Document], Document]:
    """One page of the documents that the request's filters leave, and {"NextToken": ...} when there are more.

    `key` is the member that distinguishes documents; `equals` maps filters such as StatusEquals to members.
    """
    kept = [document for document in documents if _passes(request, document, key, equals or {})]
    member = order.members[request.get("SortBy", order.by)]
    descending = request.get("SortOrder", order.direction) == "Descending"
    kept.sort(key=lambda document: _place(document, member, key), reverse=descending)
    if "NextToken" in request:
        after = _decode(request["NextToken"], member)
        kept = [item for item in kept if _follows(_place(item, member, key), after, descending)]
    size = request.get("MaxResults", _PAGE)
    chosen = kept[:size]
    more = {"NextToken": _encode(member, _place(chosen[-1], member, key))} if len(kept) > size else {}
    return chosen, more


def page_in_order(
    items: Sequence[Any],
    token: str | None,
    size: int,
    refused: Callable[[], Exception],
    key: Callable[[Any], object] = lambda item: item,
) -> tuple[list[Any], str | None]:
    """One page of items in the order that they have, and the token of the next one; of services that do not sort so.

    `key` distinguishes items, and a token names the last one of its page. Raises `refused()` for any other token.
    """
    start = 0
    if token is not None:
        try:
            last = json.loads(base64.b64decode(token.encode(), altchars=b"-_", validate=True))
            start = [key(item) for item in items].index(last) + 1
        except (ValueError, TypeError) as error:
            raise refused() from error
    chosen = list(items[start : start + size])
    more = start + size < len(items)
    return chosen, base64.urlsafe_b64encode(json.dumps(key(chosen[-1])).encode()).decode() if more else None


def _passes(request: Document, document: Document, key: str, equals: Mapping[str, str]) -> bool:
    if request.get("NameContains", "").lower() not in bare(str(document[key])).lower():
        return False
    for filter_name, (member, sign) in _BOUNDS.items():
        if filter_name in request and (document.get(member, 0) - request[filter_name]) * sign < 0:
            return False
    return all(document.get(member) == request[name] for name, member in equals.items() if name in request)


def _place(document: Document, member: str, key: str) -> tuple[Any, str]:
    return document.get(member, 0), str(document[key])


def _follows(place: tuple[Any, str], after: tuple[Any, str], descending: bool) -> bool:
    return place < after if descending else place > after


def _encode(member: str, place: tuple[Any, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps([member, *place]).encode()).decode()


def _decode(token: str, member: str) -> tuple[Any, str]:
    try:
        sorted_by, value, key = json.loads(base64.urlsafe_b64decode(token))
        if sorted_by != member:
            raise ValueError(sorted_by)
    except (ValueError, TypeError) as error:
        raise errors.validation(
            "Invalid NextToken: give the token of the page before, unchanged, with the same SortBy."
        ) from error
    return value, key
