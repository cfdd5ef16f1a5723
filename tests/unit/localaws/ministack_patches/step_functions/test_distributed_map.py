"""Distributed Map: batches, one results file a status, the tolerance counted in items."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from ministack.services import s3, stepfunctions

from localaws.ministack_patches.step_functions import distributed_map, paths
from tests.unit.localaws.ministack_patches.conftest import Machines

Document = dict[str, Any]


@pytest.fixture(autouse=True)
def _applied(apply: Callable[[ModuleType], None]) -> None:
    apply(distributed_map)


def _map(bucket: str, **changes: object) -> Document:
    """A map over the objects under p/, by threes, whose function answers a list."""
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "End": True,
    }
    state = {
        "Type": "Map",
        "Label": "Pictures",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "Parameters": {"Bucket": bucket, "Prefix.$": "$.prefix"},
        },
        "ItemSelector": {"uri.$": "States.Format('s3://{}/{}', $.bucket, $$.Map.Item.Value.Key)"},
        "ItemBatcher": {"MaxItemsPerBatch": 3, "BatchInput": {"word.$": "$.word"}},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "F",
            "States": {"F": task},
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": bucket, "Prefix": "out"},
            "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"},
        },
        "End": True,
    }
    return {**state, **changes}


def _run(machines: Machines, bucket: str, state: Document, pictures: int = 7) -> Document:
    for number in range(pictures):
        s3._put_object(bucket, f"p/{number}", b"", {})
    arn = machines.create("m", {"M": {name: value for name, value in state.items() if value is not None}}, "M")
    return machines.run(arn, {"bucket": bucket, "prefix": "p/", "word": "hello"})


def _content(bucket: str, key: str) -> str:
    return str(stepfunctions._s3_object_text(bucket, key))


def _batches(machines: Machines) -> list[Document]:
    """What the function is called with; it answers a line a picture."""
    seen: list[Document] = []

    def answer(event: Document) -> list[str]:
        seen.append(event)
        return [f"{item['uri']}!" for item in event["Items"]]

    machines.functions["f"] = answer
    return seen


def test_each_child_gets_a_batch_with_the_fixed_input(machines: Machines, bucket: str) -> None:
    seen = _batches(machines)
    assert _run(machines, bucket, _map(bucket))["status"] == "SUCCEEDED"
    assert sorted(len(event["Items"]) for event in seen) == [1, 3, 3]
    assert all(event["BatchInput"] == {"word": "hello"} for event in seen)
    uris = sorted(item["uri"] for event in seen for item in event["Items"])
    assert uris == [f"s3://{bucket}/p/{number}" for number in range(7)]


def test_one_file_holds_a_line_an_item_and_the_manifest_names_it(machines: Machines, bucket: str) -> None:
    _batches(machines)
    output = json.loads(_run(machines, bucket, _map(bucket))["output"])
    details = output["ResultWriterDetails"]
    assert details["Bucket"] == bucket
    assert details["Key"] == f"out/{output['MapRunArn'].split(':')[-1]}/manifest.json"
    files = json.loads(_content(bucket, details["Key"]))["ResultFiles"]
    assert (files["FAILED"], files["PENDING"], len(files["SUCCEEDED"])) == ([], [], 1)
    text = _content(bucket, files["SUCCEEDED"][0]["Key"])
    assert files["SUCCEEDED"][0]["Size"] == len(text)
    assert sorted(json.loads(line) for line in text.splitlines()) == [f"s3://{bucket}/p/{n}!" for n in range(7)]


@pytest.mark.parametrize(
    ("changes", "error"), [({}, None), ({"ResultWriter": None}, "States.DataLimitExceeded")], ids=["a file", "none"]
)
def test_only_without_a_results_file_do_results_have_a_greatest_size(
    changes: Document, error: str | None, machines: Machines, bucket: str, apply: Callable[[ModuleType], None]
) -> None:
    apply(paths)
    machines.functions["f"] = lambda event: ["x" * 60_000 for _ in event["Items"]]
    assert _run(machines, bucket, _map(bucket, **changes)).get("error") == error


def test_without_a_transformation_the_file_describes_the_children(machines: Machines, bucket: str) -> None:
    _batches(machines)
    writer = {key: value for key, value in _map(bucket)["ResultWriter"].items() if key != "WriterConfig"}
    output = json.loads(_run(machines, bucket, _map(bucket, ResultWriter=writer))["output"])
    manifest = json.loads(_content(bucket, output["ResultWriterDetails"]["Key"]))
    children = json.loads(_content(bucket, manifest["ResultFiles"]["SUCCEEDED"][0]["Key"]))
    assert {child["Status"] for child in children} == {"SUCCEEDED"}
    assert all(len(json.loads(child["Input"])["Items"]) == len(json.loads(child["Output"])) for child in children)


def _fail_batch_of(machines: Machines, uri: str) -> None:
    def answer(event: Document) -> list[str]:
        if any(item["uri"] == uri for item in event["Items"]):
            raise stepfunctions._ExecutionError("Throttled", "too many")
        return ["good" for _ in event["Items"]]

    machines.functions["f"] = answer


@pytest.mark.parametrize(
    ("tolerance", "status"),
    [
        ({}, "FAILED"),
        ({"ToleratedFailurePercentage": 42}, "FAILED"),
        ({"ToleratedFailurePercentage": 43}, "SUCCEEDED"),
        ({"ToleratedFailureCount": 2}, "FAILED"),
        ({"ToleratedFailureCount": 3}, "SUCCEEDED"),
    ],
)
def test_a_failed_batch_counts_with_all_its_items(
    machines: Machines, bucket: str, tolerance: Document, status: str
) -> None:
    _fail_batch_of(machines, f"s3://{bucket}/p/0")
    said = _run(machines, bucket, _map(bucket, **tolerance))
    assert said["status"] == status
    [run] = stepfunctions._map_runs.values()
    assert (run["status"], run["itemCounts"]["failed"], run["itemCounts"]["total"]) == (status, 3, 7)
    if status == "FAILED":
        assert said["error"] == "States.ExceedToleratedFailureThreshold"


def test_what_failed_is_in_a_file_of_its_own_with_its_input(machines: Machines, bucket: str) -> None:
    _fail_batch_of(machines, f"s3://{bucket}/p/0")
    output = json.loads(_run(machines, bucket, _map(bucket, ToleratedFailurePercentage=50))["output"])
    files = json.loads(_content(bucket, output["ResultWriterDetails"]["Key"]))["ResultFiles"]
    [child] = (json.loads(line) for line in _content(bucket, files["FAILED"][0]["Key"]).splitlines())
    assert (child["Status"], child["Error"], child["Cause"]) == ("FAILED", "Throttled", "too many")
    assert f"s3://{bucket}/p/0" in child["Input"]


def test_express_children_are_not_kept_and_standard_ones_are(machines: Machines, bucket: str) -> None:
    _batches(machines)
    _run(machines, bucket, _map(bucket))
    assert len(stepfunctions._executions) == 1
    processor = {
        **_map(bucket)["ItemProcessor"],
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    }
    machines.run(
        machines.create("n", {"M": _map(bucket, ItemProcessor=processor)}, "M"),
        {"bucket": bucket, "prefix": "p/", "word": "x"},
    )
    assert len(stepfunctions._executions) == 2 + 3


def test_a_prefix_without_objects_ends_well(machines: Machines, bucket: str) -> None:
    _batches(machines)
    output = json.loads(_run(machines, bucket, _map(bucket), pictures=0)["output"])
    assert json.loads(_content(bucket, output["ResultWriterDetails"]["Key"]))["ResultFiles"]["SUCCEEDED"] == []


def test_a_bucket_that_is_not_there_is_a_failure_of_the_writer(machines: Machines, bucket: str) -> None:
    _batches(machines)
    writer = {**_map(bucket)["ResultWriter"], "Parameters": {"Bucket": "absent-bucket", "Prefix": "out"}}
    assert _run(machines, bucket, _map(bucket, ResultWriter=writer))["error"] == "States.ResultWriterFailed"


def test_without_batches_and_writer_each_item_is_a_child_and_the_results_are_the_output(
    machines: Machines, bucket: str
) -> None:
    machines.functions["f"] = lambda event: event["uri"][-1]
    state = _map(bucket, ItemBatcher=None, ResultWriter=None)
    assert json.loads(_run(machines, bucket, state)["output"]) == [str(number) for number in range(7)]


def test_a_batch_is_full_at_its_items_or_its_bytes() -> None:
    items = ["x" * 10] * 10
    by_items = distributed_map._build_batches(items, {"MaxItemsPerBatch": 4}, {}, {})
    assert [len(batch["Items"]) for batch in by_items] == [4, 4, 2]
    by_bytes = distributed_map._build_batches(items, {"MaxItemsPerBatch": 100, "MaxInputBytesPerBatch": 45}, {}, {})
    assert [len(batch["Items"]) for batch in by_bytes] == [3, 3, 3, 1]
    huge = distributed_map._build_batches(["x" * 100], {"MaxInputBytesPerBatch": 10}, {}, {})
    assert [len(batch["Items"]) for batch in huge] == [1]
