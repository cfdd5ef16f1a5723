"""What the drift alarm led to: start_training leaves its last answer in the bucket, and command and page show it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from common.aws_errors import find_resource

KEY = "batches/answers/drift.json"


@dataclass(frozen=True)
class DriftAnswer:
    """When the function answered the alarm (ISO 8601, UTC), why so, and the execution that it started, if any."""

    at: str
    reason: str
    execution: str | None = None

    @property
    def sentence(self) -> str:
        """The answer for people."""
        if self.execution:
            return f"The drift alarm started the training {self.execution.rpartition('/')[2]}."
        return f"The drift alarm rang, and no training was started: {self.reason}"


def write_answer(s3: Any, bucket: str, answer: DriftAnswer) -> None:  # noqa: ANN401 - boto3's clients have no type
    """Keep an answer in place of the one before."""
    body = json.dumps(asdict(answer)).encode()
    s3.put_object(Bucket=bucket, Key=KEY, Body=body, ContentType="application/json")


def fetch_answer(s3: Any, bucket: str) -> DriftAnswer | None:  # noqa: ANN401
    """Read the last answer; None where the alarm has never rung."""
    found = find_resource(s3.get_object, Bucket=bucket, Key=KEY)
    return None if found is None else DriftAnswer(**json.loads(found["Body"].read()))
