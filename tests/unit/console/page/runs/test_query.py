"""What a person asks of the table of runs: search, filter, sort, columns, pages, and the address that holds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.page.run import Details, Run
from console.page.runs.query import (
    PAGE,
    Query,
    list_columns,
    parse_query,
    select_runs,
    show_page,
    write_query,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make_run(
    name: str, hours: int = 0, *, status: str = "Succeeded", accuracy: float | None = None, **given: str
) -> Run:
    """A run that began so many hours ago; `given` are its parameters."""
    details = Details(
        changed=NOW,
        end=NOW,
        seconds=60.0 * (hours + 1),
        profile="quick",
        trigger="drift",
        started_by="ada",
        start_reason="drift: brightness",
        commit="c0ffee",
        note="",
        version=None,
        parameters=given,
        metrics={} if accuracy is None else {"accuracy": accuracy, "auc": accuracy / 2},
    )
    return Run(f"arn/{name}", name, "", status, NOW - timedelta(hours=hours), "", details)


RUNS = [
    make_run("a", 0, accuracy=0.9, Epochs="22"),
    make_run("b", 1, accuracy=0.7, Epochs="100"),
    make_run("c", 2, status="Failed", Epochs="9"),
]


def _names(query: Query) -> str:
    return "".join(run.id for run in select_runs(query, RUNS))


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("", "abc"),
        ("accuracy>0.8", "a"),
        ("accuracy>=0.7 auc<0.4", "b"),
        ("epochs=22", "a"),
        ("Epochs>9", "ab"),
        ("status!=failed", "ab"),
        ("auc!=0.35", "ac"),
        ("drift epochs=1", "b"[:0]),
        ("COFFEE", ""),
        ("c0ffee", "abc"),
        ("nonsense>1", ""),
    ],
)
def test_each_word_narrows_the_search_and_a_comparison_is_of_numbers(words: str, kept: str) -> None:
    assert _names(Query(words=words)) == kept


@pytest.mark.parametrize(
    ("sort", "order"),
    [("-started", "abc"), ("started", "cba"), ("-accuracy", "abc"), ("accuracy", "bac"), ("Epochs", "cab")],
)
def test_numbers_are_sorted_by_size_and_runs_without_a_value_come_last(sort: str, order: str) -> None:
    assert _names(Query(sort=sort)) == order


def test_a_status_filters() -> None:
    assert _names(Query(statuses=("Failed", "Stopped"))) == "c"


def test_sorting_by_a_column_begins_with_the_largest_number_and_turns_round() -> None:
    once = Query().sorted_by("accuracy")
    assert (once.sort, once.sorted_by("accuracy").sort, Query().sorted_by("profile").sort) == (
        "-accuracy",
        "accuracy",
        "profile",
    )


def test_the_address_holds_all_that_was_asked_and_nothing_else() -> None:
    asked = Query("accuracy>0.8 drift", ("Failed", "Stopped"), "-auc", ("Epochs", "auc"), 3)
    assert parse_query(write_query(asked)) == asked
    assert write_query(Query()) == ""


def test_an_address_that_somebody_wrote_by_hand_is_taken_as_far_as_it_goes() -> None:
    assert parse_query("status=Failed,Broken&page=x&columns=,auc,auc&what=1") == Query(
        statuses=("Failed",), columns=("auc",)
    )


def test_any_parameter_and_metric_can_be_a_column() -> None:
    assert list_columns(RUNS) == ["auc", "Epochs"]


def test_a_page_after_the_last_is_the_last() -> None:
    many = [make_run(str(number)) for number in range(PAGE + 1)]
    page, shown = show_page(Query(page=9), many)
    assert (page, [run.id for run in shown]) == (2, [str(PAGE)])
