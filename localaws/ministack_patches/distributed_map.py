"""Distributed Map: MiniStack runs its children, but knows neither batches of items nor files of results.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from localaws.ministack import replace
from localaws.ministack_patches import map_batches, map_results, map_stops

Document = dict[str, Any]
Run = Callable[..., tuple[Any, str | None]]


def apply() -> None:
    """Put batching before MiniStack's own Map Run, and counting, the tolerance and the results file after it."""
    from ministack.services import stepfunctions  # noqa: PLC0415 - after configure()

    replace(stepfunctions, "_run_distributed_map", _running)


def _running(run: Run) -> Run:
    def run_whole(
        state: Document, raw: object, effective: Document, processor: Document, execution: Document, context: Document
    ) -> tuple[Any, str | None]:
        from ministack.services import stepfunctions as sfn  # noqa: PLC0415

        items = _items(sfn, state, effective, context)
        batches = map_batches.batches(items, state.get("ItemBatcher"), effective, context)
        label = state.get("Label") or sfn.new_uuid()
        # MiniStack's part is told of no tolerance, results or next state: these are judged and applied here.
        plain = {"Label": label, "MaxConcurrency": state.get("MaxConcurrency"), "ToleratedFailurePercentage": 100}
        results, _ = run(plain, raw, batches, processor, execution, context)
        map_run = _map_run(sfn, execution, label)
        children = _take_children(sfn, map_run, processor)
        if execution["status"] == "ABORTED":
            map_stops.end(map_run, children)
            _count(map_run, children, "ItemBatcher" in state)
            return raw, None
        _count(map_run, children, "ItemBatcher" in state)
        if "Resource" in state.get("ResultWriter", {}):
            results = map_results.write(state["ResultWriter"], map_run, children, effective, context)
        _tolerate(sfn, state, map_run)
        output = sfn._apply_result_path(state, raw, sfn._apply_result_selector(state, results))
        return sfn._apply_output_path(state, output, context), sfn._next_or_end(state)

    return run_whole


def _items(sfn: Any, state: Document, effective: Document, context: Document) -> list[Any]:  # noqa: ANN401
    if "ItemReader" in state:
        items = sfn._read_map_items(state["ItemReader"], effective, context)
    else:
        items = sfn._resolve_path_or_ctx(state.get("ItemsPath", "$"), effective, context)
    selector = state.get("ItemSelector") or state.get("Parameters")
    if not selector:
        return list(items)
    return [
        sfn._resolve_params_obj(selector, effective, {**context, "Map": {"Item": {"Index": index, "Value": item}}})
        for index, item in enumerate(items)
    ]


def _map_run(sfn: Any, execution: Document, label: str) -> Document:  # noqa: ANN401
    runs: list[Document] = [
        run
        for run in sfn._map_runs.values()
        if run["executionArn"] == execution["executionArn"] and f"/{label}:" in run["mapRunArn"]
    ]
    return runs[-1]


def _take_children(sfn: Any, map_run: Document, processor: Document) -> list[Document]:  # noqa: ANN401
    """The run's executions. Express ones are forgotten, as on AWS: 10,000 pictures would fill the saved state."""
    children = [one for one in sfn._executions.values() if one.get("mapRunArn") == map_run["mapRunArn"]]
    if processor.get("ProcessorConfig", {}).get("ExecutionType") == "EXPRESS":
        for child in children:
            sfn._executions.pop(child["executionArn"])
    return children


def _count(map_run: Document, children: list[Document], batched: bool) -> None:
    counts = dict.fromkeys(map_run["itemCounts"], 0)
    for child in children:
        items = len(json.loads(child["input"])["Items"]) if batched else 1
        counts[child["status"].lower()] += items
        counts["total"] += items
    map_run["itemCounts"] = counts


def _tolerate(sfn: Any, state: Document, map_run: Document) -> None:  # noqa: ANN401
    """Fail the run where more items failed than is tolerated; where nothing is said, none may."""
    failed, total = map_run["itemCounts"]["failed"], map_run["itemCounts"]["total"]
    allowed = []
    if "ToleratedFailureCount" in state:
        allowed.append(failed <= state["ToleratedFailureCount"])
    if "ToleratedFailurePercentage" in state:
        allowed.append(failed * 100 <= state["ToleratedFailurePercentage"] * total)
    map_run["toleratedFailureCount"] = state.get("ToleratedFailureCount", 0)
    map_run["toleratedFailurePercentage"] = float(state.get("ToleratedFailurePercentage", 0))
    if failed and not (allowed and all(allowed)):
        map_run["status"] = "FAILED"
        raise sfn._ExecutionError(
            "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
        )
