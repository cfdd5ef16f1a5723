"""Retry policies: which failures are tried again, after how long, and how often."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.engine.retries import INTERNAL_ERROR, THROTTLING, Failure, delay, of_code, of_job

THROTTLED = Failure("slow down", THROTTLING)


def policy(**members: object) -> dict[str, Any]:
    return {"ExceptionType": [THROTTLING], **members}


def test_the_wait_grows_by_the_backoff_rate() -> None:
    policies = [policy(IntervalSeconds=3, BackoffRate=2.5, MaxAttempts=9)]
    assert [delay(policies, THROTTLED, attempt, 0) for attempt in (1, 2, 3)] == [3, 7.5, 18.75]


def test_the_defaults_are_one_second_doubled() -> None:
    assert [delay([policy()], THROTTLED, attempt, 0) for attempt in (1, 2, 3)] == [1, 2, 4]


def test_attempts_end() -> None:
    policies = [policy(MaxAttempts=2)]
    assert delay(policies, THROTTLED, 2, 0) is not None
    assert delay(policies, THROTTLED, 3, 0) is None


def test_five_retries_are_made_where_nothing_is_said() -> None:
    assert delay([policy()], THROTTLED, 5, 0) is not None
    assert delay([policy()], THROTTLED, 6, 0) is None


def test_time_runs_out() -> None:
    policies = [policy(ExpireAfterMin=1)]
    assert delay(policies, THROTTLED, 1, 59) is not None
    assert delay(policies, THROTTLED, 1, 61) is None


def test_a_failure_that_no_policy_names_is_final() -> None:
    assert delay([policy()], Failure("broken", INTERNAL_ERROR), 1, 0) is None
    assert delay([policy()], Failure("broken"), 1, 0) is None
    assert delay([], THROTTLED, 1, 0) is None


def test_the_first_policy_that_names_the_failure_counts() -> None:
    other = {"ExceptionType": [INTERNAL_ERROR], "IntervalSeconds": 9}
    assert delay([other, policy(IntervalSeconds=5), policy(IntervalSeconds=7)], THROTTLED, 1, 0) == 5


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("InternalServerError: the disk is gone", "SageMaker.JOB_INTERNAL_ERROR"),
        ("CapacityError: no instances", "SageMaker.CAPACITY_ERROR"),
        ("ResourceLimitExceeded: 0 instances", "SageMaker.RESOURCE_LIMIT"),
        ("AlgorithmError: exit code 1", None),
        ("ClientError: no data", None),
    ],
)
def test_a_job_s_reason_says_what_kind_of_failure_it_is(reason: str, kind: str | None) -> None:
    failure = of_job(reason)
    assert (failure.reason, failure.exception_type) == (reason, kind)


def test_an_error_code_says_what_kind_of_failure_it_is() -> None:
    assert of_code("ThrottlingException", "slow").exception_type == "Step.THROTTLING"
    assert of_code("ResourceLimitExceeded", "full").exception_type == "SageMaker.RESOURCE_LIMIT"
    assert of_code("ValidationException", "bad").exception_type is None
