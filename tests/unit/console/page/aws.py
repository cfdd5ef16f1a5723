"""Answers of AWS for the readers' tests: each operation is a function, and botocore checks requests and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.validate import validate_parameters

from console.page.source import Source

_STACK = {
    "StackName": "scones",
    "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/scones/1",
    "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
    "StackStatus": "CREATE_COMPLETE",
}
Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Aws:
    """Stands where the network is: before a request is sent, its answer is made."""

    def __init__(self, monkeypatch: Any) -> None:
        self.answers: dict[str, Answer] = {"DescribeStacks": lambda _: {"Stacks": [_STACK]}}
        self.calls: Counter[str] = Counter()
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "SCONES_ACCOUNT_ID": "000000000000",
        }.items():
            monkeypatch.setenv(name, value)
        self.source = Source(None)
        monkeypatch.setattr(Source, "_make", lambda _, service: self._client(service))

    def _client(self, service: str) -> Any:
        client = boto3.client(service, region_name="us-east-1", config=Config(retries={"max_attempts": 1}))
        client.meta.events.register(f"before-parameter-build.{service}", self._remember)
        client.meta.events.register(f"before-call.{service}", self._answer)
        return client

    def _remember(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        self.calls[model.name] += 1
        said = self.answers[model.name](context["asked"])
        # Streams are checked by who reads them.
        checked = {name: value for name, value in said.items() if name != "Body"}
        validate_parameters(checked, model.output_shape)
        return _Http(), said


class _Http:
    def __init__(self) -> None:
        self.status_code = 200
        self.headers: dict[str, str] = {}
