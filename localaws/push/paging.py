"""CodeCommit's lists in pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from localaws import listing
from localaws.errors import AwsError
from localaws.shapes import Document

_PAGE = 100


def page(
    items: Sequence[Any], request: Document, key: Callable[[Any], object] = lambda item: item, most: int = _PAGE
) -> tuple[list[Any], Document]:
    """One page of items in their order, and {"nextToken": ...} when there are more; raises CodeCommit's errors."""
    size = request.get("maxResults", _PAGE)
    if not 1 <= size <= most:
        raise AwsError("InvalidMaxResultsException", f"maxResults is {size}; it must be from 1 to {most}.")
    refused = AwsError(
        "InvalidContinuationTokenException",
        "The specified continuation token is not valid; give that of the page before.",
    )
    chosen, token = listing.page_in_order(items, request.get("nextToken"), size, lambda: refused, key)
    return chosen, {"nextToken": token} if token else {}
