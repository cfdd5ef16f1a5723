"""A Distributed Map's ItemBatcher: items in lists, each the input of one child.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]


def batches(items: list[Any], batcher: Document | None, effective: Document, context: Document) -> list[Any]:
    """The children's inputs: `{"Items": [...]}` with the fixed `BatchInput`; without a batcher the items themselves."""
    if batcher is None:
        return items
    from ministack.services import stepfunctions as sfn  # noqa: PLC0415 - after configure()

    fixed = {}
    if "BatchInput" in batcher:
        fixed["BatchInput"] = sfn._resolve_params_obj(batcher["BatchInput"], effective, context)
    most_items = batcher.get("MaxItemsPerBatch", len(items) or 1)
    most_bytes = batcher.get("MaxInputBytesPerBatch", 256 * 1024) - len(json.dumps(fixed))
    return [{**fixed, "Items": batch} for batch in _split(items, most_items, most_bytes)]


def _split(items: list[Any], most_items: int, most_bytes: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for item in items:
        length = len(json.dumps(item)) + 1
        if batch and (len(batch) == most_items or size + length > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length
    if batch:
        yield batch
