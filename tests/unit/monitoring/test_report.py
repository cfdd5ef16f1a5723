"""What a person reads in report.html."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from monitoring.features import DRIFTING
from monitoring.page import table
from tests.unit.monitoring.conftest import Monitor, line, numbers, pixels, png


def test_the_report_loads_nothing_and_runs_nothing(monitor: Monitor) -> None:
    page = monitor.run([line(number) for number in numbers(40)]).report
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page


def test_every_image_and_chart_has_words(monitor: Monitor) -> None:
    page = monitor.run([line(number) for number in numbers(40)]).report
    # Each feature that may drift has a chart, and so have the predictions.
    assert page.count("<svg") == page.count('role="img" aria-label="') == len(DRIFTING) + 1
    assert page.count("<img ") == page.count('<img alt="image of event event-') == 12
    assert "baseline median" in page


def test_violations_are_reported_in_words_and_their_charts_framed(monitor: Monitor) -> None:
    page = monitor.run([line(number, image=png(pixels(number, light=0.5))) for number in numbers(60)]).report
    assert "brightness has drifted: Kolmogorov-Smirnov distance" in page
    assert re.search(r'<figure class="drifted"><strong>brightness', page)
    assert "60 captures against 200 images" in page


def test_the_most_unusual_image_comes_first_with_the_reason(monitor: Monitor) -> None:
    lines = [line(number) for number in numbers(60)]
    lines[30] = line(7777, image=png(pixels(1) * 0 + 255))
    page = monitor.run(lines).report
    shown = re.findall(r'alt="image of event (event-\d+)".*?<figcaption>(.*?)</figcaption>', page)
    assert shown[0][0] == "event-7777"
    assert "deviations from the baseline" in shown[0][1]


def test_what_was_skipped_is_counted_in_the_report(monitor: Monitor) -> None:
    page = monitor.run([line(1), line(1), "{", line(2, at="2026-01-01T00:00:00Z")]).report
    for words in ("Lines cut off or no JSON, left out", "Captures outside of the window", "Captures seen before"):
        assert re.search(rf'{words}[^<]*</td><td class="number">1</td>', page)


def test_names_from_outside_are_escaped(monitor: Monitor) -> None:
    odd = line(1)
    odd["eventMetadata"]["eventId"] = "<script>alert(1)</script>"
    page = monitor.run([odd], sagemaker_endpoint_name="<b>name</b>").report
    assert "<script" not in page
    assert "<b>" not in page


def test_the_page_s_tags_are_balanced(monitor: Monitor) -> None:
    class Balance(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
            if tag not in ("meta", "img"):
                self.open.append(tag)

        def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
            pass

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    balance = Balance()
    balance.feed(monitor.run([line(number) for number in numbers(40)]).report)
    assert balance.open == []


def test_a_table_sets_numbers_and_what_stands_above_them_flush_right() -> None:
    rows = re.findall(r"<(t[hd])[^>]*?( class=\"number\")?>([^<]*)<", table(["feature", "distance"], [["hue", "0.1"]]))
    number = ' class="number"'
    assert rows == [("th", "", "feature"), ("th", number, "distance"), ("td", "", "hue"), ("td", number, "0.1")]
