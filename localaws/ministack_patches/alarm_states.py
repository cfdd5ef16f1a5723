"""CloudWatch alarms: MiniStack's look at every metric of a name, whatever its dimensions, and never at missing data.

An alarm of one endpoint would be raised by another's metric, and one that was raised would stay so for ever, so that a
second drift would change no state and send no event. Here an alarm has the datapoints of its own metric, M of N
periods, and TreatMissingData. Two things differ from AWS: the periods end now, where AWS's end at whole minutes, and
for `missing` and `ignore` the periods that lack data count as not breaching where others have some.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from localaws.ministack import replace

Alarm = dict[str, Any]
Point = dict[str, Any]
Evaluate = Callable[[Alarm], None]

_MINUTE = 60
_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def apply() -> None:
    """Evaluate alarms of one metric as AWS does: at each of its datapoints, and when somebody looks."""
    from ministack.services import cloudwatch  # noqa: PLC0415 - after configure()

    for name in ("_metrics", "_dims_key", "_dims_from_list", "_calc_stats", "_stat_value", "_evaluate_all_alarms"):
        replace(cloudwatch, name, lambda kept: kept)
    for name in ("_record_history", "_dispatch_alarm_actions", "_evaluate_parent_alarms"):
        replace(cloudwatch, name, lambda kept: kept)
    replace(cloudwatch, "_evaluate_alarm", lambda evaluate: _evaluating(cloudwatch, evaluate))
    # AlarmEvents looks once a second, so time that passes without a datapoint is seen as well.
    replace(cloudwatch, "_describe_alarms", lambda describe: _looking(cloudwatch, describe))


def judge(alarm: Alarm, values: Sequence[float | None]) -> str | None:
    """The state that the values of the last periods give, newest first; None where the state stays as it is."""
    known = [value for value in values if value is not None]
    missing = alarm.get("TreatMissingData") or "missing"
    if not known and missing in ("missing", "ignore"):
        return "INSUFFICIENT_DATA" if missing == "missing" else None
    holds, threshold = _HOLDS[alarm["ComparisonOperator"]], float(alarm.get("Threshold") or 0)
    breaching = sum(holds(value, threshold) for value in known)
    if missing == "breaching":
        breaching += len(values) - len(known)
    needed = int(alarm.get("DatapointsToAlarm") or len(values))
    return "ALARM" if breaching >= needed else "OK"


def by_period(alarm: Alarm, points: Sequence[Point], now: float) -> list[list[Point]]:
    """The points of each of the periods that an alarm looks at, newest first; the newest ends now."""
    period, count = int(alarm.get("Period") or _MINUTE), int(alarm.get("EvaluationPeriods") or 1)
    periods: list[list[Point]] = [[] for _ in range(count)]
    for point in points:
        # A clock that is a moment ahead of ours must not lose its datapoint.
        age = max(0.0, now - point["Timestamp"])
        if age < period * count and alarm.get("Unit") in (None, "", point.get("Unit")):
            periods[int(age // period)].append(point)
    return periods


def _evaluating(cloudwatch: ModuleType, evaluate: Evaluate) -> Evaluate:
    def evaluate_alarm(alarm: Alarm) -> None:
        if not alarm.get("MetricName") or alarm.get("ComparisonOperator") not in _HOLDS:
            evaluate(alarm)
            return
        now = time.time()
        values = [_value(cloudwatch, alarm, points) for points in by_period(alarm, _points(cloudwatch, alarm), now)]
        state, known = judge(alarm, values), any(value is not None for value in values)
        if state in (None, alarm["StateValue"]) or not (known or _rested(alarm, now)):
            return
        _change(cloudwatch, alarm, str(state), f"Threshold Crossed: {_said(alarm, values)}")

    return evaluate_alarm


def _rested(alarm: Alarm, now: float) -> bool:
    """Without data a state is looked at anew once a minute, so what SetAlarmState set lasts as long as on AWS."""
    return now - float(alarm["StateUpdatedTimestamp"]) >= min(_MINUTE, int(alarm.get("Period") or _MINUTE))


def _looking(cloudwatch: ModuleType, describe: Callable[..., object]) -> Callable[..., object]:
    def describe_alarms(*request: object, **form: object) -> object:
        cloudwatch._evaluate_all_alarms()
        return describe(*request, **form)

    return describe_alarms


def _points(cloudwatch: ModuleType, alarm: Alarm) -> list[Point]:
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    return list(cloudwatch._metrics.get(key) or [])


def _value(cloudwatch: ModuleType, alarm: Alarm, points: list[Point]) -> float | None:
    if not points:
        return None
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    value: float | None = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
    return value


def _said(alarm: Alarm, values: Sequence[float | None]) -> str:
    shown = ", ".join("no data" if value is None else f"{value:g}" for value in values)
    return f"the last {len(values)} period(s) had [{shown}]; {alarm['ComparisonOperator']} {alarm.get('Threshold')}."


def _change(cloudwatch: ModuleType, alarm: Alarm, state: str, reason: str) -> None:
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
