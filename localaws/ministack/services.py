"""Calls of MiniStack's services from inside, where a request to the port would wait for itself or be refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ministack.services import cloudwatch, eventbridge, s3

READS = {
    cloudwatch: ("_alarms", "_delete_alarms", "_put_metric_alarm"),
    eventbridge: ("_cron_next_fire", "_parse_cron_fields", "_put_events"),
    s3: ("_bucket_default_sse_headers", "_get_object_data"),
}


def deliver_event(event: dict[str, Any]) -> None:
    """Put an event with an `aws.*` source on the default bus, which PutEvents refuses to clients."""
    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)


def cron_fields(expression: str) -> Any:  # noqa: ANN401 - MiniStack's own
    """The fields of an AWS cron expression; None for a text that is none, or that has what never comes.

    One of the days is `?`: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html.
    Steps lead no further than their field: https://github.com/aws/aws-sdk-js/issues/4212.
    """
    try:
        fields = eventbridge._parse_cron_fields(expression)
    except (ArithmeticError, LookupError, ValueError):
        return None
    if fields is None or fields[6:8].count("?") != 1:
        return None
    minutes, hours, days, months, weekdays = fields[:5]
    bounds = ((minutes, 0, 59), (hours, 0, 23), (days["days"], 1, 31), (months, 1, 12), (weekdays["days"], 1, 7))
    within = all(low <= value <= high for values, low, high in bounds for value in values)
    some = all((minutes, hours, months, any(days.values()), any(weekdays.values()), fields[5] is None or fields[5]))
    parts = expression.strip()[len("cron(") : -1].split()
    steps = all(
        int(step) <= high
        for part, (_, _, high) in zip(parts, bounds, strict=False)
        for step in re.findall(r"/(\d+)", part)
    )
    return fields if within and some and steps else None


def next_of_cron(expression: str, after: datetime) -> datetime | None:
    """The first time of a valid cron expression later than `after`, on the same clock and in the same zone."""
    found: datetime | None = eventbridge._cron_next_fire(cron_fields(expression), after)
    return found


def put_alarm(alarm: dict[str, Any]) -> str:
    """Make or change a CloudWatch alarm of one metric, with PutMetricAlarm's members; answers its ARN."""
    cloudwatch._put_metric_alarm({}, alarm, False, True)
    return str(cloudwatch._alarms[alarm["AlarmName"]]["AlarmArn"])


def delete_alarms(names: Sequence[str]) -> None:
    """Delete CloudWatch alarms; those that are gone already are passed over."""
    if names:
        cloudwatch._delete_alarms({}, {"AlarmNames": list(names)}, False, True)


def read_object(bucket: str, key: str, version: str | None = None) -> bytes | None:
    """An object of S3, for who is called inside MiniStack's own loop, where a request would wait for itself."""
    content: bytes | None = s3._get_object_data(bucket, key, version)
    return content


def bucket_key(bucket: str) -> str | None:
    """The ARN of the KMS key that a bucket encrypts with; None where it has none of the account's own."""
    key = s3._bucket_default_sse_headers(bucket).get("x-amz-server-side-encryption-aws-kms-key-id", "")
    return key if ":key/" in key else None
