"""When schedules are due: at, rate and cron, in a time zone, and what AWS does not take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from localaws.errors import AwsError
from localaws.schedule_expressions import check, last_due, next_due

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def utc(hour: int, minute: int = 0, day: int = 24, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "due"),
    [
        ("cron(10 * * * ? *)", "UTC", utc(9, 3), utc(9, 10)),
        ("cron(10 * * * ? *)", "UTC", utc(9, 10), utc(10, 10)),
        ("cron(10 * * * ? *)", "UTC", utc(23, 59), utc(0, 10, day=25)),
        ("cron(0 18 ? * MON-FRI *)", BERLIN, utc(9), utc(17)),
        ("cron(0 18 L * ? *)", BERLIN, utc(9, month=7), utc(16, day=31, month=7)),
        ("cron(0 12 * * ? 2025)", "UTC", NOON, None),
        # In Berlin the clocks leave out 02:30 on 29 March 2026, and this time does not come on that day.
        ("cron(30 2 * * ? *)", BERLIN, utc(1, day=28, month=3), utc(1, 30, day=28, month=3)),
        ("cron(30 2 * * ? *)", BERLIN, utc(2, day=28, month=3), utc(0, 30, day=30, month=3)),
        ("rate(1 hour)", "UTC", utc(12, 59), utc(13)),
        ("rate(90 minutes)", "UTC", utc(13, 30), utc(15)),
        ("rate(2 days)", "UTC", utc(11), NOON),
        ("at(2026-11-24T12:00:01)", "UTC", NOON, NOON + timedelta(seconds=1)),
        ("at(2026-11-24T13:00:00)", BERLIN, utc(11), NOON),
        ("at(2026-11-24T12:00:00)", "UTC", NOON, None),
    ],
)
def test_the_next_due_time_follows_from_expression_zone_and_anchor(
    expression: str, zone: str, after: datetime, due: datetime | None
) -> None:
    check(expression, zone)
    assert next_due(expression, zone, NOON, after) == due


def test_the_last_due_time_of_a_while_is_the_one_that_is_made_up_for() -> None:
    hourly = "cron(10 * * * ? *)", "UTC", NOON
    assert last_due(*hourly, utc(9, 10), utc(12, 15)) == utc(12, 10)
    assert last_due(*hourly, utc(9, 11), utc(10, 9)) is None


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(5 seconds)",
        "at(2026-02-30T10:00:00)",
        "at(2026-11-24 10:00:00)",
        "cron(0 * * * *)",
        "cron(0 * * * * *)",
        "cron(99 * * * ? *)",
        "cron(0/0 * * * ? *)",
        "cron(0 25 * * ? *)",
        "cron(0 10 ? * ? *)",
        "cron(0 10 * * ? * *)",
        "cron(*/60 * * * ? *)",
        "cron(0 0 ? * 6-2 *)",
        "every hour",
    ],
)
def test_what_aws_does_not_take_is_refused_in_its_words(expression: str) -> None:
    with pytest.raises(AwsError, match="Invalid Schedule Expression") as refused:
        check(expression, "UTC")
    assert refused.value.code == "ValidationException"


@pytest.mark.parametrize("expression", ["rate(1 hours)", "rate(1 hour)", "rate(2 hour)"])
def test_a_schedule_s_rate_may_have_its_unit_in_the_plural(expression: str) -> None:
    """As the Terraform provider's own example has it, and those who deploy it."""
    check(expression, "UTC")


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc/passwd", "", "UTC\0"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(AwsError, match="Timezone"):
        check("rate(1 hour)", zone)
