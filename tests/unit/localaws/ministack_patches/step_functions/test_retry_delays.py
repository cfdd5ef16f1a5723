"""How long Step Functions waits before it tries again."""

from collections.abc import Callable
from types import ModuleType

import pytest
from ministack.services import stepfunctions

from localaws.ministack_patches.step_functions import limits
from localaws.ministack_patches.step_functions.limits import delay
from tests.unit.localaws.ministack_patches.conftest import Machines

RETRIER = {
    "ErrorEquals": ["Throttled"],
    "IntervalSeconds": 2,
    "BackoffRate": 3,
    "MaxDelaySeconds": 10,
    "MaxAttempts": 4,
}


def test_delays_grow_up_to_the_longest() -> None:
    assert [delay(RETRIER, attempt) for attempt in range(4)] == [2, 6, 10, 10]


def test_what_is_not_said_is_as_amazon_states_language_has_it() -> None:
    assert [delay({}, attempt) for attempt in range(3)] == [1, 2, 4]


def test_full_jitter_takes_anything_up_to_the_delay() -> None:
    taken = [delay({**RETRIER, "JitterStrategy": "FULL"}, 1) for _ in range(300)]
    assert min(taken) < 1
    assert 5 < max(taken) <= 6


def test_an_execution_waits_no_longer_than_it_may(
    machines: Machines, apply: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(limits)
    waited: list[float] = []
    monkeypatch.setattr(stepfunctions, "_scaled_sleep", waited.append)

    def throttled(_: object) -> None:
        raise stepfunctions._ExecutionError("Throttled", "too many")

    machines.functions["f"] = throttled
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f"},
        "Retry": [RETRIER],
        "End": True,
    }
    assert machines.run(machines.create("m", {"A": task}, "A"))["error"] == "Throttled"
    assert waited == [2, 6, 10, 10]
