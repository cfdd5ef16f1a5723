"""Asynchronous calls of functions are kept, tried again and given up, as Lambda does it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ministack.services import eventbridge, lambda_svc

from localaws.ministack import saving
from localaws.ministack_patches.lambda_ import calls
from localaws.ministack_patches.lambda_.calls import KIND, Calls
from localaws.store import Store, StoreError

ARN = "arn:aws:lambda:us-east-1:000000000000:function:bake"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:dead-letters"
GIVEN_UP = {"MaximumRetryAttempts": 2, "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}}


class Lambda:
    """Lambda with one function, which fails as often as `failures` says; `taken` are the events it was called with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
        self.failures = 0
        self.taken: list[Any] = []
        self.given_up: list[tuple[str, Any]] = []
        self.saved: list[str] = []
        self.store = Store(home / "state.db")
        self.stopping = threading.Event()
        self.calls = Calls(self.store, self.stopping)
        self.function = {"config": {"FunctionName": "bake", "FunctionArn": ARN}, "event_invoke_config": GIVEN_UP}
        monkeypatch.setattr(lambda_svc, "_LAMBDA_ASYNC_RETRY_BASE_SECONDS", 0.01)
        monkeypatch.setattr(lambda_svc, "_get_func_record_for_ref", self.find)
        monkeypatch.setattr(lambda_svc, "_execute_function_with_config_scope", self.execute)
        monkeypatch.setattr(
            lambda_svc, "_route_async_failure", lambda to, _, event, __: self.given_up.append((to, event))
        )
        monkeypatch.setattr(saving, "save", lambda *names: self.saved.extend(names))

    def find(self, arn: str) -> tuple[Any, Any, str]:
        return (self.function, self.function["config"], "bake") if arn == ARN else (None, None, arn)

    def execute(self, _: object, event: Any) -> dict[str, Any]:
        self.taken.append(event)
        return {"error": len(self.taken) <= self.failures, "body": {}}

    @property
    def kept(self) -> list[Any]:
        return [call["Event"] for call in self.store.all(KIND)]

    def settled(self) -> bool:
        deadline = time.monotonic() + 5
        while self.kept and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self.kept


@pytest.fixture
def functions(apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Lambda]:
    made = Lambda(monkeypatch, tmp_path)
    monkeypatch.setattr(calls, "Calls", lambda *_: made.calls)
    apply(calls)
    yield made
    made.stopping.set()


def test_a_rule_s_event_reaches_the_function_once_and_is_forgotten(functions: Lambda) -> None:
    eventbridge._dispatch_to_lambda(ARN, json.dumps({"id": 1}))
    assert functions.settled()
    assert (functions.taken, functions.given_up) == ([{"id": 1}], [])


def test_a_call_that_fails_is_tried_again(functions: Lambda) -> None:
    functions.failures = 2
    lambda_svc.invoke_async_with_retry(functions.function, {"id": 1})
    assert functions.settled()
    assert (functions.taken, functions.given_up) == ([{"id": 1}] * 3, [])


def test_a_call_that_fails_each_time_goes_to_the_function_s_destination_which_is_saved_first(functions: Lambda) -> None:
    functions.failures = 3
    eventbridge._dispatch_to_lambda(ARN, json.dumps({"id": 1}))
    assert functions.settled()
    assert functions.taken == [{"id": 1}] * 3
    assert (functions.given_up, functions.saved) == ([(QUEUE, {"id": 1})], ["sqs"])


def test_what_a_process_had_taken_and_not_ended_is_called_by_the_next(functions: Lambda, tmp_path: Path) -> None:
    died = threading.Event()
    died.set()
    functions.failures = 1
    Calls(functions.store, died).take(ARN, {"id": 1})
    while not functions.taken:
        time.sleep(0.005)
    assert functions.kept == [{"id": 1}], "a call that failed as the local AWS ended is not given up"
    functions.calls.resume()
    assert functions.settled()
    assert (functions.taken, functions.given_up) == ([{"id": 1}] * 2, [])


def test_a_call_is_kept_while_its_function_works(functions: Lambda, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def execute(*_: object) -> dict[str, Any]:
        seen.extend(functions.kept)
        return {"error": False}

    monkeypatch.setattr(lambda_svc, "_execute_function_with_config_scope", execute)
    functions.calls.take(ARN, {"id": 1})
    assert functions.settled()
    assert seen == [{"id": 1}]


def test_a_call_of_a_function_that_is_gone_is_forgotten(functions: Lambda) -> None:
    functions.calls.take(f"{ARN}-gone", {})
    assert functions.settled()
    assert functions.taken == []


def test_with_a_full_disk_the_function_is_called_all_the_same(
    functions: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The state file could not be written.")

    monkeypatch.setattr(functions.store, "put", refuse)
    functions.calls.take(ARN, {"id": 1})
    deadline = time.monotonic() + 5
    while not functions.taken and time.monotonic() < deadline:
        time.sleep(0.005)
    assert functions.taken == [{"id": 1}]
