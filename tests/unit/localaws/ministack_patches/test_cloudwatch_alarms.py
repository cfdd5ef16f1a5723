"""When an alarm is raised and when it is quiet again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from ministack.services import cloudwatch

from localaws.ministack_patches import cloudwatch as patched
from localaws.ministack_patches.cloudwatch import by_period, evaluate_state

HOUR = 3600
ALARM = {
    "AlarmName": "drift",
    "Namespace": "monitoring",
    "MetricName": "violations",
    "Dimensions": [{"Name": "Endpoint", "Value": "watched"}],
    "Statistic": "Maximum",
    "Period": HOUR,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}


class Alarms:
    """MiniStack's CloudWatch without a port, and a clock that can be moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        monkeypatch.setattr(time, "time", lambda: self.now)

    def create(self, **changes: object) -> None:
        cloudwatch._put_metric_alarm({}, {**ALARM, **changes}, False, True)

    def put(self, value: float, endpoint: str = "watched", namespace: str = "monitoring", **more: object) -> None:
        datum = {
            "MetricName": "violations",
            "Dimensions": [{"Name": "Endpoint", "Value": endpoint}],
            **({"Value": value} if "Values" not in more else {}),
            **more,
        }
        cloudwatch._put_metric_data({}, {"Namespace": namespace, "MetricData": [datum]}, False, True)

    def points(self, namespace: str) -> list[tuple[float, float, float]]:
        """The value, count and age in seconds of each datapoint that is kept."""
        kept = cloudwatch._metrics[namespace, "violations", cloudwatch._dims_key({"Endpoint": "watched"})]
        return [(point["Value"], point.get("Count", 1.0), self.now - point["Timestamp"]) for point in kept]

    def state(self) -> str:
        """The alarm as somebody who looks at it sees it."""
        cloudwatch._describe_alarms({}, {}, False, True)
        state: str = cloudwatch._alarms["drift"]["StateValue"]
        return state


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch, apply: Callable[[ModuleType], None]) -> Iterator[Alarms]:
    cloudwatch.reset()
    apply(patched)
    yield Alarms(monkeypatch)
    cloudwatch.reset()


def test_an_alarm_is_raised_by_its_own_datapoint_at_once(alarms: Alarms) -> None:
    alarms.create()
    alarms.put(3)
    assert cloudwatch._alarms["drift"]["StateValue"] == "ALARM"
    assert "[3]" in cloudwatch._alarms["drift"]["StateReason"]


def test_another_endpoints_metric_does_not_raise_it(alarms: Alarms) -> None:
    alarms.create()
    alarms.put(3, endpoint="another")
    assert alarms.state() != "ALARM"


def test_it_is_quiet_again_when_the_datapoint_is_older_than_its_period(alarms: Alarms) -> None:
    alarms.create()
    alarms.put(3)
    alarms.now += HOUR - 1
    assert alarms.state() == "ALARM"
    alarms.now += 2
    assert alarms.state() == "OK"


def test_a_metric_within_bounds_is_ok_even_where_it_is_zero(alarms: Alarms) -> None:
    alarms.create()
    alarms.put(0)
    assert cloudwatch._alarms["drift"]["StateValue"] == "OK"


def test_a_state_that_was_set_stays_for_a_minute(alarms: Alarms) -> None:
    alarms.create()
    request = {"AlarmName": "drift", "StateValue": "ALARM", "StateReason": "to try it"}
    cloudwatch._set_alarm_state({}, request, False, True)
    assert alarms.state() == "ALARM"
    alarms.now += 61
    assert alarms.state() == "OK"


def test_a_datapoint_from_a_clock_that_is_ahead_is_taken() -> None:
    assert by_period(ALARM, [{"Timestamp": 105.0, "Value": 1}], 100.0) == [[{"Timestamp": 105.0, "Value": 1}]]


def test_points_fall_into_the_periods_that_they_lie_in() -> None:
    points = [{"Timestamp": float(1000 - age), "Value": age} for age in (5, 15, 25, 35)]
    found = by_period({**ALARM, "Period": 10, "EvaluationPeriods": 3}, points, 1000.0)
    assert [[point["Value"] for point in period] for period in found] == [[5], [15], [25]]


@pytest.mark.parametrize(
    ("values", "changes", "state"),
    [
        ([1, 0, 0], {}, "OK"),
        ([1, 1, 1], {}, "ALARM"),
        ([1, 0, 1], {"DatapointsToAlarm": 2}, "ALARM"),
        ([1, None, None], {"DatapointsToAlarm": 1}, "ALARM"),
        ([1, None, None], {"TreatMissingData": "breaching"}, "ALARM"),
        ([None, None, None], {}, "OK"),
        ([None, None, None], {"TreatMissingData": "breaching"}, "ALARM"),
        ([None, None, None], {"TreatMissingData": "missing"}, "INSUFFICIENT_DATA"),
        ([None, None, None], {"TreatMissingData": "ignore"}, None),
        ([0, 0, 0], {"ComparisonOperator": "LessThanThreshold"}, "ALARM"),
    ],
)
def test_states_follow_the_values_of_the_last_periods(
    values: list[float | None], changes: dict[str, Any], state: str | None
) -> None:
    assert evaluate_state({**ALARM, **changes}, values) == state


def test_equal_values_that_a_service_puts_in_a_minute_are_one_datapoint(alarms: Alarms) -> None:
    alarms.now = 1_800_000_000.0  # a minute begins
    alarms.put(0, namespace="AWS/SageMaker", Values=[5.0, 7.0], Counts=[2.0, 1.0])
    alarms.now += 30
    alarms.put(0, namespace="AWS/SageMaker", Values=[7.0, 5.0, 9.0], Counts=[1.0, 3.0, 1.0])
    alarms.put(5, namespace="AWS/SageMaker")
    assert alarms.points("AWS/SageMaker") == [(5.0, 6.0, 0.0), (7.0, 2.0, 0.0), (9.0, 1.0, 0.0)]
    alarms.now += 30
    alarms.put(5, namespace="AWS/SageMaker")
    assert alarms.points("AWS/SageMaker")[-1] == (5.0, 1.0, 0.0), "another minute"


def test_other_units_and_sets_of_statistics_stay_datapoints_of_their_own(alarms: Alarms) -> None:
    statistics = {"SampleCount": 2, "Sum": 10, "Minimum": 5, "Maximum": 5}
    alarms.put(5, namespace="AWS/SageMaker")
    alarms.put(5, namespace="AWS/SageMaker", Unit="Seconds")
    for _ in range(2):
        alarms.put(5, namespace="AWS/SageMaker", StatisticValues=statistics)
    assert len(alarms.points("AWS/SageMaker")) == 4


def test_what_others_put_is_kept_as_it_came(alarms: Alarms) -> None:
    alarms.put(5)
    alarms.put(5)
    assert alarms.points("monitoring") == [(5.0, 1.0, 0.0)] * 2
