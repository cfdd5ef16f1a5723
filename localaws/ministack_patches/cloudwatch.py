"""CloudWatch's alarms: MiniStack evaluates all metrics of a name, whatever their dimensions, and never missing data.

An alarm of one endpoint would be raised by another's metric, and one that was raised would stay so for ever. Here an
alarm has the datapoints of its own metric, M of N periods, and TreatMissingData, and sends an EventBridge event when
its state changes. Two things differ from AWS: the periods end now, where AWS's end at whole minutes, and for `missing`
and `ignore` the periods that lack data count as not breaching where others have some.

MiniStack keeps each value that was put, for two weeks in memory. What services put of themselves has a resolution of a
minute on AWS, so here equal values of a minute are one datapoint, with how often it was and when it came last.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Resolution_definition
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from ministack.services import cloudwatch

from localaws.aws import Aws
from localaws.ministack import scope
from localaws.ministack.patching import Patch

Alarm = dict[str, Any]
Point = dict[str, Any]
Evaluate = Callable[[Alarm], None]

_MINUTE = 60
_SERVICES = "AWS/"  # whose namespaces begin so; nobody else may use such a one
_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def patch(_: Aws) -> Patch:
    """Evaluate alarms of one metric as AWS does: at each of its datapoints, and when described. Keep few datapoints."""
    # AlarmEvents evaluates them once a second, so time that passes without a datapoint counts as well.
    return Patch(
        replaces={
            cloudwatch: {
                "_describe_alarms": _evaluating_first,
                "_evaluate_alarm": _evaluating,
                "_store_datum": _gathering,
            }
        },
        reads={
            cloudwatch: (
                *("_alarms", "_calc_stats", "_dims_from_list", "_dims_key", "_dispatch_alarm_actions"),
                *("_evaluate_all_alarms", "_evaluate_parent_alarms", "_metric_bucket", "_metrics"),
                *("_record_history", "_stat_value"),
            )
        },
    )


def _gathering(store: Callable[..., None]) -> Callable[..., None]:
    def store_datum(namespace: str, name: str, dimensions: Mapping[str, str], *datum: object) -> None:
        if not namespace.startswith(_SERVICES):
            store(namespace, name, dimensions, *datum)
            return
        points: list[Point] = cloudwatch._metric_bucket((namespace, name, cloudwatch._dims_key(dimensions)))
        before = len(points)
        store(namespace, name, dimensions, *datum)
        added = points[before:]
        del points[before:]
        points += _gather(points, added)

    return store_datum


def _gather(kept: Sequence[Point], added: Sequence[Point]) -> list[Point]:
    """Count added points with those of the same minute, value and unit that are kept; answers the others."""
    known: dict[object, Point] = {}
    minutes = {_minute(point) for point in added}
    for point in takewhile(lambda each: _minute(each) in minutes, reversed(kept)):
        known[_identity(point)] = point
    others = []
    for point in added:
        same = known.setdefault(_identity(point), point)
        if same is point or "_stat" in point:
            others.append(point)
        else:
            same["Count"] = same.get("Count", 1.0) + point.get("Count", 1.0)
            same["Timestamp"] = max(same["Timestamp"], point["Timestamp"])
    return others


def _minute(point: Point) -> int:
    return int(point["Timestamp"] // _MINUTE)


def _identity(point: Point) -> tuple[object, ...]:
    return _minute(point), point["Value"], point.get("Unit"), "_stat" in point


def evaluate_state(alarm: Alarm, values: Sequence[float | None]) -> str | None:
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
    """The points of each of the periods that an alarm evaluates, newest first; the newest ends now."""
    period, count = int(alarm.get("Period") or _MINUTE), int(alarm.get("EvaluationPeriods") or 1)
    periods: list[list[Point]] = [[] for _ in range(count)]
    oldest = now - period * count
    for point in [point for point in points if point["Timestamp"] > oldest]:  # mostly few of many
        if alarm.get("Unit") in (None, "", point.get("Unit")):
            # A clock that is a moment ahead of ours must not lose its datapoint.
            age = max(0.0, now - point["Timestamp"])
            periods[int(age // period)].append(point)
    return periods


def _evaluating(evaluate: Evaluate) -> Evaluate:
    def evaluate_alarm(alarm: Alarm) -> None:
        if not alarm.get("MetricName") or alarm.get("ComparisonOperator") not in _HOLDS:
            evaluate(alarm)
            return
        now = time.time()
        values = [_value(alarm, points) for points in by_period(alarm, _points(alarm), now)]
        state, known = evaluate_state(alarm, values), any(value is not None for value in values)
        if state in (None, alarm["StateValue"]) or not (known or _may_change(alarm, now)):
            return
        _change(alarm, str(state), f"Threshold Crossed: {_summary(alarm, values)}")

    return evaluate_alarm


def _may_change(alarm: Alarm, now: float) -> bool:
    """Without data a state is evaluated once a minute, so what SetAlarmState set lasts as long as on AWS."""
    return now - float(alarm["StateUpdatedTimestamp"]) >= min(_MINUTE, int(alarm.get("Period") or _MINUTE))


def _evaluating_first(describe: Callable[..., object]) -> Callable[..., object]:
    def describe_alarms(*request: object, **form: object) -> object:
        cloudwatch._evaluate_all_alarms()
        return describe(*request, **form)

    return describe_alarms


def _points(alarm: Alarm) -> list[Point]:
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    return list(cloudwatch._metrics.get(key) or [])


def _value(alarm: Alarm, points: list[Point]) -> float | None:
    if not points:
        return None
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    value: float | None = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
    return value


def _summary(alarm: Alarm, values: Sequence[float | None]) -> str:
    shown = ", ".join("no data" if value is None else f"{value:g}" for value in values)
    return f"the last {len(values)} period(s) had [{shown}]; {alarm['ComparisonOperator']} {alarm.get('Threshold')}."


def _change(alarm: Alarm, state: str, reason: str) -> None:
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
Deliver = Callable[[dict[str, Any]], None]


class AlarmEvents:
    """Sends "CloudWatch Alarm State Change" for the alarms that have changed, once a second."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._known: dict[str, str] = {}

    async def run(self) -> None:
        """Poll until cancelled, also after a poll that failed. In MiniStack's own loop, which alone changes alarms."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                for event in self.poll():
                    with scope.of_arn(event["Resources"][0]):
                        await asyncio.to_thread(self._deliver, event)
            except Exception:
                logger.exception("The alarms could not be read")

    def poll(self) -> list[dict[str, Any]]:
        """An event for each alarm whose state is another than at the last poll."""
        # MiniStack keeps them by account and region.
        places = sorted({place[:2] for place in list(cloudwatch._alarms._data)})
        return [event for place in places for event in self._poll(*place)]

    def _poll(self, account: str, region: str) -> list[dict[str, Any]]:
        events = []
        with scope.within(account, region):
            cloudwatch._evaluate_all_alarms()
            alarms = list(cloudwatch._alarms.values())
        for alarm in alarms:
            arn, state = alarm["AlarmArn"], alarm["StateValue"]
            # A new alarm begins without data; that it is there is no change of its state.
            previous = self._known.get(arn, "INSUFFICIENT_DATA")
            self._known[arn] = state
            if state != previous:
                events.append(_event(alarm, previous))
        return events


def _event(alarm: dict[str, Any], previous: str) -> dict[str, Any]:
    changed = datetime.fromtimestamp(alarm["StateUpdatedTimestamp"], UTC).isoformat()
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": {"value": alarm["StateValue"], "reason": alarm.get("StateReason", ""), "timestamp": changed},
        "previousState": {"value": previous},
        "configuration": {"description": alarm.get("AlarmDescription", "")},
    }
    return {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm["AlarmArn"]],
    }
