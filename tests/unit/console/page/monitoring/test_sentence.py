"""What a check for drift found, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from console.page.monitoring.reader import Change, Drift, Findings, Run, parse_findings
from console.page.monitoring.sentence import (
    describe_change,
    describe_schedule,
    group_changes,
    list_distances,
    summarize_drift,
    summarize_findings,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DARKER = Change("brightness", 0.8, True, 0.5, 0.2, 0.1)
REDDER = Change("red", 0.7, True, 0.5, 0.2, 0.1)
BLURRED = Change("sharpness", 0.4, True, 0.3, 0.25, 0.1)
SAME = Change("saturation", 0.05, False, 0.3, 0.3, 0.1)


def _found(*changes: Change, **answers: Any) -> Findings:
    drifted = tuple(f"{change.name} (baseline_drift_check)" for change in changes if change.drifted)
    return Findings("s3://b/r", drifted, changes, **answers)


def test_one_feature_stands_for_those_that_change_with_it_and_the_largest_change_comes_first() -> None:
    assert summarize_findings(_found(BLURRED, REDDER, DARKER, SAME)) == "Images became much darker and less sharp."


def test_what_the_model_says_more_often_is_told_with_its_share_before() -> None:
    changed = Change("prediction", 0.35, True)
    unsure = Change("confidence", 0.5, True, 0.9, 0.6, 0.1)
    found = _found(
        DARKER,
        changed,
        unsure,
        answers=(("bicycle", 0.85), ("motorcycle", 0.15)),
        answers_before=(("bicycle", 0.5), ("motorcycle", 0.5)),
    )
    assert summarize_findings(found) == (
        "Images became much darker; the model now says bicycle in 85 %, after 50 %, and is much less sure."
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (_found(SAME), "Images and answers are distributed as in the baseline."),
        (_found(), "Too few images came for a result."),
        (_found(DARKER, Change("bytes", 0.9, True, 900.0, 300.0, 10.0)), "Images became much darker."),
        (_found(Change("bytes", 0.9, True, 900.0, 300.0, 10.0)), "Images became much smaller as files."),
        # A report of an older analysis has distances only.
        (_found(Change("brightness", 0.8, True)), "Images changed in brightness."),
        (
            Findings("s3://b/r", ("all_features (x): y",), (SAME,)),
            "The last check found 1 difference from the baseline.",
        ),
    ],
)
def test_no_direction_is_claimed_that_the_report_does_not_have(found: Findings, words: str) -> None:
    assert summarize_findings(found) == words


def test_before_anything_is_monitored_or_checked_that_is_said() -> None:
    assert summarize_drift(None) == "Nothing is monitored yet; approving a version starts it."
    assert summarize_drift(Drift("s", "Scheduled", "", ())) == "No check has had a result yet."


def test_features_are_grouped_and_those_that_drifted_come_first() -> None:
    groups = group_changes(_found(SAME, BLURRED, DARKER, REDDER, Change("novel", 0.1, False)))
    assert [(group.name, group.drifted, group.distance) for group in groups] == [
        ("Light", True, 0.8),
        ("Texture", True, 0.4),
        ("Colour", False, 0.05),
        ("Others", False, 0.1),
    ]


def test_a_group_has_a_curve_of_its_largest_distance() -> None:
    runs = tuple(Run(NOW, "Completed", "", "", "", found) for found in (_found(DARKER, REDDER), None))
    assert list_distances(Drift("s", "Scheduled", "", runs)) == {"Light": [(NOW.timestamp() * 1000, 0.8)]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (DARKER, "much darker"),
        (BLURRED, "less sharp"),
        (Change("blue", 0.2, True, 0.5, 0.51, 0.1), "a little bluer"),
        (SAME, "as in the baseline"),
        (Change("answer_entropy", 0.3, True, 0.2, 0.4, 0.1), "much less sure"),
        (Change("novel", 0.3, True, 0.2, 0.4, 0.1), "changed"),
    ],
)
def test_a_change_is_told_by_its_direction_and_size(change: Change, words: str) -> None:
    assert describe_change(change) == words


@pytest.mark.parametrize(
    ("expression", "status", "words"),
    [
        ("cron(10 * * * ? *)", "Scheduled", "hourly, next at {:%H:%M}"),
        ("cron(0 * ? * * *)", "Scheduled", "hourly, next at {:%H:%M}"),
        ("cron(0 * ? * * *)", "Stopped", "hourly"),
        ("cron(0 17 ? * * *)", "Scheduled", "cron(0 17 ? * * *)"),
    ],
)
def test_an_hourly_schedule_names_its_next_run(expression: str, status: str, words: str) -> None:
    due = datetime(2026, 11, 24, 12, 10, tzinfo=UTC) if "10 *" in expression else datetime(2026, 11, 24, 13, tzinfo=UTC)
    now = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
    assert describe_schedule(expression, status, now) == words.format(due.astimezone())


def test_a_report_is_read_with_what_its_baseline_was() -> None:
    statistics = {
        "dataset": {"item_count": 40},
        "features": [
            {
                "name": "brightness",
                "numerical_statistics": {"mean": 0.2},
                "custom_statistics": {"comparison": {"distance": 0.8, "baseline_mean": 0.5, "baseline_std_dev": 0.1}},
            },
            {"name": "width", "numerical_statistics": {"mean": 32.0}},
            {
                "name": "prediction",
                "string_statistics": {
                    "distribution": {
                        "categorical": {"buckets": [{"value": "bicycle", "count": 34}, {"value": "m", "count": 6}]}
                    }
                },
                "custom_statistics": {"comparison": {"distance": 0.35, "baseline_shares": {"bicycle": 0.5, "m": 0.5}}},
            },
        ],
    }
    found = parse_findings("s3://b/r", ("v",), {"brightness"}, statistics)
    assert found.changes == (DARKER, Change("prediction", 0.35, False))
    assert (found.answers, found.answers_before) == (
        (("bicycle", 0.85), ("m", 0.15)),
        (("bicycle", 0.5), ("m", 0.5)),
    )
    assert found.captures == 40


def test_an_hour_of_too_few_images_takes_nothing_back_that_was_found_before() -> None:
    found, few = _found(DARKER), Findings("s3://b/few", (), ())
    runs = tuple(Run(NOW, "Completed", "schedule", "", "", findings) for findings in (None, few, found, _found(SAME)))
    assert Drift("s", "Scheduled", "", runs).latest == found
    assert Drift("s", "Scheduled", "", runs[:2]).latest == few
