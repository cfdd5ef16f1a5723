"""When schedules are due and what their executions analyse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from localaws.errors import AwsError
from localaws.monitoring.times import Window, analysed, check, next_due, offset


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def cron(expression: str) -> dict[str, str]:
    return {"ScheduleExpression": f"cron({expression})"}


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("0 * ? * * *", at(10, 20), at(11)),
        ("0 * ? * * *", at(10), at(11)),
        ("0 * ? * * *", at(23, 59), at(0, day=25)),
        ("0 12 ? * * *", at(10, 20), at(12)),
        ("0 12 ? * * *", at(12), at(12, day=25)),
        ("0 00 ? * * *", at(10, 20), at(0, day=25)),
        ("0 0/2 ? * * *", at(10, 20), at(12)),
        ("0 17/12 ? * * *", at(18), at(5, day=25)),
        ("0 3/24 ? * * *", at(4), at(3, day=25)),
    ],
)
def test_the_next_due_time_follows_from_the_expression(expression: str, after: datetime, due: datetime) -> None:
    assert next_due(cron(expression), after) == due


def test_without_an_expression_a_schedule_is_daily() -> None:
    assert next_due({}, at(10)) == at(0, day=25)


def test_now_is_due_at_once() -> None:
    assert next_due({"ScheduleExpression": "NOW"}, at(10, 20)) == at(10, 20)


def test_now_takes_in_the_second_that_is_not_yet_over() -> None:
    begun = at(10, 20) + timedelta(milliseconds=1)
    assert next_due({"ScheduleExpression": "NOW"}, begun) == at(10, 20) + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("expression", "hours"), [("0 * ? * * *", 1), ("0 12 ? * * *", 24), ("0 0/6 ? * * *", 6), ("0 12/24 ? * * *", 24)]
)
def test_an_execution_analyses_all_since_the_due_time_before(expression: str, hours: int) -> None:
    assert analysed(cron(expression), {}, at(12)) == Window(at(12) - timedelta(hours=hours), at(12))


def test_offsets_say_what_is_analysed() -> None:
    config = {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT3H30M", "DataAnalysisEndTime": "-PT30M"}
    window = analysed(config, {}, at(12, 20))
    assert window == Window(at(8, 50), at(11, 50))
    assert window.hours() == [at(8), at(9), at(10), at(11)]


def test_the_hour_in_which_a_window_only_ends_is_not_touched() -> None:
    assert Window(at(10), at(11)).hours() == [at(10)]


def test_an_inputs_offsets_move_the_window_as_ground_truth_comes_late() -> None:
    moved = analysed(cron("0 * ? * * *"), {"StartTimeOffset": "-P1D", "EndTimeOffset": "-P1D"}, at(12))
    assert moved == Window(at(11, day=23), at(12, day=23))


@pytest.mark.parametrize(
    ("text", "seconds"), [("-PT1H", -3600), ("PT0S", 0), ("-P1DT2H3M4S", -93784), ("+PT90M", 5400), ("P1D", 86400)]
)
def test_offsets_are_signed_durations(text: str, seconds: int) -> None:
    assert offset(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "PT", "P", "1H", "-PT1", "PT1H ", "-P1DT", "-PT-1H"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(AwsError, match="is not an offset"):
        offset(text)


@pytest.mark.parametrize(
    "expression",
    ["0 24 ? * * *", "5 * ? * * *", "0 1/25 ? * * *", "0 1/0 ? * * *", "0 * * * ? *", "0 */2 ? * * *", "0 * ? * * * "],
)
def test_an_expression_that_aws_does_not_take_is_refused(expression: str) -> None:
    with pytest.raises(AwsError, match="is not supported"):
        check(cron(expression), {})


@pytest.mark.parametrize("given", [{}, {"DataAnalysisStartTime": "-PT1H"}, {"DataAnalysisEndTime": "-PT1H"}])
def test_now_needs_both_ends_of_its_window(given: dict[str, str]) -> None:
    with pytest.raises(AwsError, match="both or not at all"):
        check({"ScheduleExpression": "NOW", **given}, {})


@pytest.mark.parametrize(("start", "end"), [("-PT1H", "-PT1H"), ("-PT1H", "-PT2H"), ("-PT26H", "-PT1H")])
def test_a_window_that_is_empty_or_longer_than_a_day_is_refused(start: str, end: str) -> None:
    with pytest.raises(AwsError, match="by no more than 24 hours"):
        check({"ScheduleExpression": "NOW", "DataAnalysisStartTime": start, "DataAnalysisEndTime": end}, {})


@pytest.mark.parametrize("expression", ["0 * ? * * *", "0 00 ? * * *", "0 23/24 ? * * *", "0 7/03 ? * * *"])
def test_what_aws_documents_is_taken(expression: str) -> None:
    check(cron(expression), {})
