"""What is drawn of a report: shares by bins with titles and units, and gaps where no image is."""

from __future__ import annotations

import pytest

from console.page.monitoring.distributions import build_bars, write_change
from console.page.monitoring.reader import Change, Findings, Histogram, parse_histogram
from console.page.parts.bars import Bars, build_options

HISTOGRAM = Histogram((0.0, 0.25, 0.5), (0.9, 0.1), (0.0, 1.0))
BRIGHTER = Change("brightness", 0.8, True, 0.1, 0.4, 0.1, HISTOGRAM)


def found(*changes: Change, **more: tuple[tuple[str, float], ...]) -> Findings:
    return Findings("s3://b/r", (), changes, **more)


def test_a_number_is_drawn_by_bins_with_its_unit_and_an_empty_bin_is_a_gap() -> None:
    assert build_bars(found(BRIGHTER), BRIGHTER) == Bars(
        "mean grey, 0 black to 1 white", ["0.00", "0.25"], [0.9, 0.1], [None, 1.0]
    )


@pytest.mark.parametrize(
    ("bounds", "names"),
    [
        ((700.0, 1900.0, 3100.0), ["700", "1,900"]),
        ((0.0, 1.5, 3.0), ["0.0", "1.5"]),
        ((0.98, 0.99, 1.0), ["0.980", "0.990"]),
        ((1.0, 1.0 + 1e-9, 1.0 + 2e-9), ["1.000000", "1.000000"]),
    ],
)
def test_bounds_have_as_many_digits_as_tell_them_apart(bounds: tuple[float, ...], names: list[str]) -> None:
    change = Change("own_number", 0.1, False, histogram=Histogram(bounds, (0.5, 0.5), (0.5, 0.5)))
    bars = build_bars(found(change), change)
    assert bars is not None
    assert (bars.title, bars.names) == ("own number", names)


def test_answers_are_drawn_by_class_and_one_that_was_never_given_is_a_gap() -> None:
    change = Change("prediction", 0.4, True)
    answers = {"answers": (("bicycle", 1.0),), "answers_before": (("bicycle", 0.5), ("motorcycle", 0.5))}
    assert build_bars(found(change, **answers), change) == Bars(
        "answer", ["bicycle", "motorcycle"], [0.5, 0.5], [1.0, None]
    )


def test_a_report_of_an_older_analysis_has_nothing_to_draw() -> None:
    change = Change("brightness", 0.8, True)
    assert build_bars(found(change), change) is None
    assert write_change(change) == "changed, distance 0.80"
    assert write_change(BRIGHTER) == "much brighter: 0.1 → 0.4"
    assert write_change(Change("bytes", 0.4, True, 1790.2, 1630.4, 10.0)) == "much smaller as files: 1,790 → 1,630"


@pytest.mark.parametrize(
    "compared",
    [
        {},
        {"histogram": [1]},
        {"histogram": {"bounds": [0, 1], "baseline": [1.0]}},
        {"histogram": {"bounds": [0, 1], "baseline": [1.0, 0.0], "now": [1.0, 0.0]}},
        {"histogram": {"bounds": [0], "baseline": [], "now": []}},
        {"histogram": {"bounds": [0, None], "baseline": [1.0], "now": [1.0]}},
    ],
)
def test_what_does_not_fit_together_is_not_drawn(compared: dict[str, object]) -> None:
    assert parse_histogram(compared) is None


def test_both_axes_have_titles_in_a_grey_that_light_and_dark_can_show_and_gaps_are_no_bars() -> None:
    options = build_options(Bars("size, bytes", ["0", "1"], [0.25, None], [None, 1.0]))
    assert (options["xAxis"]["name"], options["yAxis"]["name"]) == ("size, bytes", "% of images")
    assert [series["data"] for series in options["series"]] == [[25.0, "-"], ["-", 100.0]]
    assert options["tooltip"]["renderMode"] == "richText"
    colours = {options[axis]["axisLabel"]["color"] for axis in ("xAxis", "yAxis")}
    assert colours == {"#808a94"}
