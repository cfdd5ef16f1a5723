"""The CloudWatch alarms that an update watches."""

from __future__ import annotations

from collections.abc import Sequence

from localaws import errors
from localaws.aws import Aws


def check_exist(aws: Aws, names: Sequence[str]) -> None:
    """Refuse alarms that CloudWatch does not have."""
    missing = sorted(set(names) - set(_states(aws, names)))
    if missing:
        raise errors.validation(
            f"The AutoRollbackConfiguration names alarms that do not exist: {', '.join(missing)}; create them first."
        )


def raised(aws: Aws, names: Sequence[str]) -> list[str]:
    """Those of the alarms that are in ALARM now."""
    return sorted(name for name, state in _states(aws, names).items() if state == "ALARM")


def _states(aws: Aws, names: Sequence[str]) -> dict[str, str]:
    if not names:
        return {}
    found = aws.clients.get("cloudwatch").describe_alarms(
        AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for alarm in [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]
    }
