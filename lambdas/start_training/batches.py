"""Batches of new images: `batches/pending/<id>.json` until an execution takes them up, then `batches/started/`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.aws_errors import find_resource
from start_training.call import PENDING
from start_training.executions import Execution

STARTED = "batches/started/"
MOST_AT_ONCE = 30
"""Batches of one execution: an execution's description has room for their names."""


@dataclass(frozen=True)
class Batches:
    """The markers in the project's bucket. `s3` is boto3's client."""

    s3: Any
    bucket: str

    def settle(self, executions: Sequence[Execution]) -> list[str]:
        """Move the markers of batches that have had their execution; answer those that wait, oldest first.

        An execution names its batches, so a call that ended between the start and the moving is made up for by the
        next one, and S3 telling of a batch again starts nothing.
        """
        taken = {batch: execution.arn for execution in executions for batch in execution.batches}
        waiting = []
        for batch in self._pending():
            if batch in taken:
                self._move(batch, taken[batch])
            elif self._was_started(batch):
                self._delete(batch)
            else:
                waiting.append(batch)
        return waiting[:MOST_AT_ONCE]

    def close(self, batches: Sequence[str], execution_arn: str, reason: str) -> None:
        """Move the markers of batches that hold nothing which an execution has not trained on, with that as reason."""
        for batch in batches:
            self._move(batch, execution_arn, reason)

    def _pending(self) -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=PENDING)
        entries = [entry for page in pages for entry in page.get("Contents", []) if entry["Key"].endswith(".json")]
        entries.sort(key=lambda entry: (entry["LastModified"], entry["Key"]))
        return [entry["Key"].removeprefix(PENDING).removesuffix(".json") for entry in entries]

    def _move(self, batch: str, execution_arn: str, reason: str = "") -> None:
        body = json.dumps({"batch": batch, "execution": execution_arn, "reason": reason}).encode()
        self.s3.put_object(Bucket=self.bucket, Key=f"{STARTED}{batch}.json", Body=body, ContentType="application/json")
        self._delete(batch)

    def _delete(self, batch: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=f"{PENDING}{batch}.json")

    def _was_started(self, batch: str) -> bool:
        return find_resource(self.s3.head_object, Bucket=self.bucket, Key=f"{STARTED}{batch}.json") is not None
