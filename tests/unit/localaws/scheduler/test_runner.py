"""Schedules keep to the clock: once an hour, also after a restart, and what was missed for long is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from localaws import clock
from localaws.deliveries.deliveries import KIND

if TYPE_CHECKING:
    from localaws.settings import Settings
    from tests.unit.localaws.scheduler.conftest import Scheduler


ARN = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/drift"


def at(hour: int, minute: int = 10, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_an_hour_is_handed_over_once_and_the_next_one_again(scheduler: Scheduler) -> None:
    scheduler.create()
    assert scheduler.times_after(minutes=9) == []
    assert scheduler.times_after(minutes=1) == [at(12)]
    assert scheduler.times_after(minutes=59) == []
    assert scheduler.times_after(minutes=1) == [at(13)]


def test_a_delivery_is_in_the_store_with_the_time_in_which_it_believes(scheduler: Scheduler) -> None:
    scheduler.create()
    scheduler.times_after(minutes=11)
    (kept,) = scheduler.aws.store.all(KIND)
    assert kept["scheduled"] == at(12).timestamp()
    assert kept["began"] == scheduler.now.timestamp()
    assert (kept["source"], kept["principal"]) == (ARN, "scheduler.amazonaws.com")


def test_after_a_restart_the_schedule_goes_on_where_it_was(scheduler: Scheduler) -> None:
    scheduler.create()
    scheduler.times_after(minutes=10)
    again = type(scheduler)(scheduler.aws, scheduler.now)
    assert again.times_after(minutes=5) == []
    assert again.times_after(minutes=55) == [at(13)]


def test_what_was_just_missed_is_made_up_for_once_and_a_night_is_left_out(scheduler: Scheduler) -> None:
    scheduler.create()
    assert scheduler.times_after(hours=3, minutes=29) == [at(15)]
    assert scheduler.times_after(hours=9, minutes=2) == []
    assert scheduler.due() == at(1, day=25)


def test_a_flexible_window_is_open_longer(scheduler: Scheduler) -> None:
    scheduler.create(FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 45})
    assert scheduler.times_after(minutes=54) == [at(12)]


def test_a_schedule_that_is_disabled_or_not_yet_begun_or_over_is_not_due(scheduler: Scheduler) -> None:
    scheduler.create(State="DISABLED")
    scheduler.create("later", StartDate=at(14, 0).timestamp())
    scheduler.create("over", EndDate=at(13, 0).timestamp())
    assert scheduler.times_after(minutes=15) == [at(12)]
    assert scheduler.times_after(hours=1) == []
    assert scheduler.times_after(hours=1) == [at(14)]


def test_a_rate_counts_from_its_making_which_is_its_first_time(scheduler: Scheduler) -> None:
    scheduler.create(ScheduleExpression="rate(30 minutes)")
    assert scheduler.times_after() == [at(12, 0)]
    assert scheduler.times_after(minutes=30) == [at(12, 30)]
    assert scheduler.times_after(minutes=29) == []
    assert scheduler.times_after(minutes=1) == [at(13, 0)]


def test_a_time_that_comes_once_comes_once_and_may_take_its_schedule_with_it(scheduler: Scheduler) -> None:
    once = "at(2026-11-24T12:00:30)"
    scheduler.create(ScheduleExpression=once)
    scheduler.create("leaving", ScheduleExpression=once, ActionAfterCompletion="DELETE")
    assert len(scheduler.times_after(seconds=31)) == 2
    assert scheduler.times_after(hours=1) == []
    assert scheduler.ask("GET", "/schedules/leaving")[0] == 404
    assert scheduler("GET", "/schedules/drift")["State"] == "ENABLED"


def test_one_schedule_that_cannot_be_read_does_not_hold_up_the_others(scheduler: Scheduler) -> None:
    scheduler.create()
    scheduler.aws.store.put("schedule", "default/broken", {"Key": "default/broken", "NextTime": "?"})
    assert scheduler.times_after(minutes=10) == [at(12)]


def test_a_test_lets_an_hour_pass_by_a_file_and_no_other_file_moves_the_clock(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    for text, ahead in (("3600", 1), ("soon", 0), ("1e400", 0)):
        (settings.home / clock.FILE).write_text(text)
        assert abs(clock.read(settings.home) - datetime.now(UTC) - timedelta(hours=ahead)) < timedelta(minutes=1)
