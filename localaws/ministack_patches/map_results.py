"""A Distributed Map's ResultWriter: the children's results in one S3 object a status, and a manifest that names them.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import json
from typing import Any

Document = dict[str, Any]

_STATUSES = ("FAILED", "PENDING", "SUCCEEDED")
_MEMBERS = ("executionArn", "input", "name", "output", "startDate", "stateMachineArn", "status", "stopDate")


def write(
    writer: Document, map_run: Document, children: list[Document], effective: Document, context: Document
) -> Document:
    """Write `SUCCEEDED_0.json[l]`, `FAILED_0.json[l]` and `manifest.json` under the prefix; the result names it."""
    from ministack.services import stepfunctions as sfn  # noqa: PLC0415 - after configure()

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
    from ministack.services import s3, stepfunctions  # noqa: PLC0415 - after configure()

    status, _, body = s3._put_object(bucket, key, content, {"content-type": "application/json"})
    if status != 200:
        raise stepfunctions._ExecutionError("States.ResultWriterFailed", bytes(body).decode(errors="replace"))
    return len(content)
