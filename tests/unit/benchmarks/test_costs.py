"""The page of costs: it is what the script writes, and its sums are right."""

from __future__ import annotations

import json

import pytest

from benchmarks import costs
from workflow.__main__ import text


def test_the_page_is_what_the_script_writes() -> None:
    assert costs.PAGE.read_text(encoding="utf-8") == costs.page(), "run `python -m benchmarks.costs`"


def test_an_items_cost_is_its_units_times_the_price() -> None:
    assert costs.Item("key", "KMS key month", 2, "two keys").dollars == pytest.approx(2.0)


def test_the_batches_are_those_of_the_workflow() -> None:
    bulk = json.loads(text("bulk.asl.json"))
    assert bulk["States"]["ClassifyPictures"]["ItemBatcher"]["MaxItemsPerBatch"] == costs.BATCH
