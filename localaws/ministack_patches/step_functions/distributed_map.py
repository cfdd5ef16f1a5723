"""Distributed Map: MiniStack runs its children, but knows neither batches of items nor files of results, nor stops.

- https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
- ItemBatcher: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
- ResultWriter: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html

A stopped execution stops the children of its maps; MiniStack lets them run on to an end of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import s3
from ministack.services import stepfunctions as sfn

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Document = dict[str, Any]
Run = Callable[..., tuple[Any, str | None]]


def patch(_: Aws) -> Patch:
    """Put batching before MiniStack's own Map Run, and counting, the tolerance and the results file after it."""
    return Patch(
        replaces={
            sfn: {
                "_run_distributed_map": _running,
                "_stop_execution": _stopping,
            }
        },
        reads={
            s3: ("_put_object",),
            sfn: (
                *("_ExecutionError", "_apply_output_path", "_apply_result_path", "_apply_result_selector"),
                *("_executions", "_map_runs", "_next_or_end", "_read_map_items", "_resolve_params_obj"),
                *("_resolve_path_or_ctx", "new_uuid"),
            ),
        },
        after=("step_functions.limits",),
    )


def _running(run: Run) -> Run:
    def run_whole(
        state: Document, raw: object, effective: Document, processor: Document, execution: Document, context: Document
    ) -> tuple[Any, str | None]:
        items = _items(state, effective, context)
        batches = _build_batches(items, state.get("ItemBatcher"), effective, context)
        label = state.get("Label") or sfn.new_uuid()
        # MiniStack's part gets no tolerance, results or next state: these are applied here.
        plain = {"Label": label, "MaxConcurrency": state.get("MaxConcurrency"), "ToleratedFailurePercentage": 100}
        written = "Resource" in state.get("ResultWriter", {})
        if written:  # what goes to a file is no state's output, which has a greatest size
            plain["ResultPath"] = None
        results, _ = run(plain, raw, batches, processor, execution, context)
        map_run = _map_run(execution, label)
        children = _take_children(map_run, processor)
        if execution["status"] == "ABORTED":
            _end_stopped(map_run, children)
            _count(map_run, children, "ItemBatcher" in state)
            return raw, None
        _count(map_run, children, "ItemBatcher" in state)
        if written:
            results = _write_results(state["ResultWriter"], map_run, children, effective, context)
        _tolerate(state, map_run)
        output = sfn._apply_result_path(state, raw, sfn._apply_result_selector(state, results))
        return sfn._apply_output_path(state, output, context), sfn._next_or_end(state)

    return run_whole


def _items(state: Document, effective: Document, context: Document) -> list[Any]:
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


def _map_run(execution: Document, label: str) -> Document:
    runs: list[Document] = [
        run
        for run in sfn._map_runs.values()
        if run["executionArn"] == execution["executionArn"] and f"/{label}:" in run["mapRunArn"]
    ]
    return runs[-1]


def _take_children(map_run: Document, processor: Document) -> list[Document]:
    """The run's executions. Express ones are forgotten, as on AWS: 10,000 images would fill the saved state."""
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


def _tolerate(state: Document, map_run: Document) -> None:
    """Fail the run where more items failed than is tolerated; by default, none may."""
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


def _build_batches(items: list[Any], batcher: Document | None, effective: Document, context: Document) -> list[Any]:
    """The children's inputs: `{"Items": [...]}` with the fixed `BatchInput`; without a batcher the items themselves."""
    if batcher is None:
        return items
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


_STATUSES = ("FAILED", "PENDING", "SUCCEEDED")
_MEMBERS = ("executionArn", "input", "name", "output", "startDate", "stateMachineArn", "status", "stopDate")


def _write_results(
    writer: Document, map_run: Document, children: list[Document], effective: Document, context: Document
) -> Document:
    """Write `SUCCEEDED_0.json[l]`, `FAILED_0.json[l]` and `manifest.json` under the prefix; the result names it."""
    target = sfn._resolve_params_obj(writer["Parameters"], effective, context)
    prefix = "/".join(
        part for part in (target.get("Prefix", "").rstrip("/"), map_run["mapRunArn"].split(":")[-1]) if part
    )
    config = writer.get("WriterConfig", {})
    files: dict[str, list[Document]] = {status: [] for status in _STATUSES}
    for status in _STATUSES:
        results = [
            _result(child, config.get("Transformation", "NONE")) for child in children if child["status"] == status
        ]
        if results:
            key = f"{prefix}/{status}_0.{config.get('OutputType', 'JSON').lower()}"
            files[status].append({"Key": key, "Size": _put(target["Bucket"], key, _encode(results, config))})
    manifest = {"DestinationBucket": target["Bucket"], "MapRunArn": map_run["mapRunArn"], "ResultFiles": files}
    _put(target["Bucket"], f"{prefix}/manifest.json", json.dumps(manifest).encode())
    map_run["itemCounts"]["resultsWritten"] = map_run["itemCounts"]["total"]
    return {
        "MapRunArn": map_run["mapRunArn"],
        "ResultWriterDetails": {"Bucket": target["Bucket"], "Key": f"{prefix}/manifest.json"},
    }


def _result(child: Document, transformation: str) -> Any:  # noqa: ANN401 - any JSON
    """A child's output, or all that is known of it: with NONE, and always where it failed."""
    if transformation != "NONE" and child["status"] == "SUCCEEDED":
        return json.loads(child["output"])
    known = {name: child.get(name) for name in (*_MEMBERS, "error", "cause") if child.get(name) is not None}
    return {name[0].upper() + name[1:]: value for name, value in known.items()}


def _encode(results: list[Any], config: Document) -> bytes:
    if config.get("Transformation") == "FLATTEN":
        results = [one for result in results for one in (result if isinstance(result, list) else [result])]
    if config.get("OutputType", "JSON") == "JSONL":
        return "".join(json.dumps(one) + "\n" for one in results).encode()
    return json.dumps(results).encode()


def _put(bucket: str, key: str, content: bytes) -> int:
    status, _, body = s3._put_object(bucket, key, content, {"content-type": "application/json"})
    if status != 200:
        raise sfn._ExecutionError("States.ResultWriterFailed", bytes(body).decode(errors="replace"))
    return len(content)


Answer = tuple[int, dict[str, str], bytes]

_MARK = "aborted"  # until all that was under way in a child has returned; tasks asks for it


def stop_children(execution: Document, map_run: Document) -> None:
    """Stop those of a map run's children that run; workflow_roles asks the machine's role before."""
    for child in list(sfn._executions.values()):
        if child.get("mapRunArn") == map_run["mapRunArn"] and child["status"] == "RUNNING":
            child.update({"status": "ABORTED", "stopDate": execution["stopDate"], _MARK: True})
    map_run.update(status="ABORTED", stopDate=execution["stopDate"])


def _end_stopped(map_run: Document, children: list[Document]) -> None:
    """Call a stopped run and its children what they are, when all that was under way has returned."""
    for child in children:
        if child.pop(_MARK, False):
            child.update(status="ABORTED", output=None)
    map_run["status"] = "ABORTED"


def _stopping(stop: Callable[[Document], Answer]) -> Callable[[Document], Answer]:
    def stop_execution(request: Document) -> Answer:
        answer = stop(request)
        execution = sfn._executions.get(request.get("executionArn")) or {}
        if execution.get("status") == "ABORTED":
            for map_run in list(sfn._map_runs.values()):
                if map_run["executionArn"] == execution["executionArn"] and map_run["status"] == "RUNNING":
                    stop_children(execution, map_run)
        return answer

    return stop_execution
