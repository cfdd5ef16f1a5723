"""What is done with captures that are damaged, repeated, outside of the window or in another encoding."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from common.images import Limits
from monitoring import captures
from monitoring.captures import Seen
from monitoring.payload import probabilities
from tests.unit.monitoring.conftest import Line, Monitor, half, line, numbers, pixels, png

Captured = Callable[..., list[Line]]


def test_a_truncated_line_is_counted_and_the_others_are_analysed(monitor: Monitor, captured: Captured) -> None:
    good = captured(40)
    ended = monitor.run([*good[:20], json.dumps(good[0])[:500], *good[20:]])
    assert (ended.code, ended.counts["truncated"]) == (0, 1)
    assert ended.read("statistics.json")["dataset"]["item_count"] == 40


@pytest.mark.parametrize(
    "text", ["[]", "7", '"text"', '{"captureData": {}}', '{"captureData": 1, "eventMetadata": []}']
)
def test_json_that_is_no_capture_is_counted(monitor: Monitor, text: str) -> None:
    ended = monitor.run([line(1), text])
    assert (ended.code, ended.counts["malformed"], ended.counts["lines"]) == (0, 1, 2)


def test_a_line_beyond_the_limit_is_counted_once(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "LINE_LIMIT", 20_000)
    ended = monitor.run([line(1), json.dumps({"padding": "x" * 70_000}), line(2)])
    assert (ended.counts["truncated"], ended.counts["lines"]) == (1, 3)
    assert ended.read("statistics.json")["dataset"]["item_count"] == 2


def test_a_repeated_event_counts_once_even_from_another_file(monitor: Monitor, captured: Captured) -> None:
    first = monitor.run(captured(40)).counts
    folder = monitor.root / "captures-1"
    file = next(folder.rglob("*.jsonl"))
    shutil.copy(file, file.with_name("00-01-000-b.jsonl"))
    again = monitor.analyse(folder)
    assert "repeated" not in first
    assert again.counts["repeated"] == 40
    assert again.read("statistics.json")["dataset"]["item_count"] == 40


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        ("2026-01-31T09:59:59Z", 0),
        ("2026-01-31T10:00:00Z", 1),
        ("2026-01-31T10:59:59.999Z", 1),
        ("2026-01-31T11:00:00Z", 0),
        ("2026-01-31T12:30:00+02:00", 1),
    ],
)
def test_the_window_takes_its_start_and_leaves_its_end(monitor: Monitor, at: str, taken: int) -> None:
    ended = monitor.run([line(1, at=at)])
    assert ended.read("statistics.json")["dataset"]["item_count"] == taken
    assert ended.counts.get("outside", 0) == 1 - taken


def test_an_unknown_encoding_is_counted_and_its_half_is_missing(monitor: Monitor) -> None:
    odd = line(1)
    odd["captureData"]["endpointInput"]["encoding"] = "PARQUET"
    ended = monitor.run([odd, line(2)])
    assert (ended.code, ended.counts["unknown_encoding"], ended.counts["no_picture"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("told", "encoding"),
    [("[0.25, 0.75]", "JSON"), ("0.25,0.75", "CSV"), (b"[0.25, 0.75]", "BASE64"), ("[[0.25, 0.75]]", "JSON")],
)
def test_an_answer_is_read_by_its_encoding(monitor: Monitor, told: bytes | str, encoding: str) -> None:
    capture = line(1)
    capture["captureData"]["endpointOutput"] = half(told, encoding)
    features = {each["name"]: each for each in monitor.run([capture]).read("statistics.json")["features"]}
    assert features["confidence"]["numerical_statistics"]["mean"] == 0.75
    buckets = features["prediction"]["string_statistics"]["distribution"]["categorical"]["buckets"]
    assert buckets == [{"value": "motorcycle", "count": 1}]


@pytest.mark.parametrize(
    "told", [b"", b"null", b"[NaN, 1]", b'["a", 1]', b"[2, 0]", b"[true, false]", b"[0.5]", b"\xff"]
)
def test_what_is_no_list_of_probabilities_is_none(told: bytes) -> None:
    assert probabilities(told) is None


@pytest.mark.parametrize("broken", [b"", b"no image", png(pixels(1))[:60], png(pixels(1, side=8))[:-30]])
def test_an_undecodable_image_is_counted_and_its_answer_kept(monitor: Monitor, broken: bytes) -> None:
    ended = monitor.run([line(1, image=broken)])
    features = {each["name"]: each for each in ended.read("statistics.json")["features"]}
    assert (ended.code, ended.counts["undecodable"]) == (0, 1)
    assert features["confidence"]["numerical_statistics"]["common"] == {"num_present": 1, "num_missing": 0}
    assert features["brightness"]["numerical_statistics"]["common"] == {"num_present": 0, "num_missing": 1}


def test_an_image_of_too_many_pixels_is_not_decoded(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.images.LIMITS", Limits(most_pixels=100))
    assert monitor.run([line(1)]).counts["undecodable"] == 1


def test_a_missing_answer_is_counted(monitor: Monitor) -> None:
    silent = line(1)
    del silent["captureData"]["endpointOutput"]
    assert monitor.run([silent]).counts["no_answer"] == 1


@pytest.mark.parametrize("folder", ["", "2026/01/31/10", "scones-vehicles/live/2026/01/31/10"])
def test_captures_are_found_at_any_depth(monitor: Monitor, tmp_path: Path, folder: str) -> None:
    place = tmp_path / "any" / folder
    place.mkdir(parents=True)
    (place / "a.jsonl").write_text(json.dumps(line(1)))
    assert monitor.analyse(tmp_path / "any").read("statistics.json")["dataset"]["item_count"] == 1


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number in (2, 1, 3):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps(line(number)))
    window = captures.Window(captures.time("2026-01-31T10:00:00Z"), captures.time("2026-01-31T11:00:00Z"))
    read = captures.read(tmp_path, window, Counter())
    assert [capture.event_id for capture in read] == ["event-1", "event-2", "event-3"]


def test_seen_tells_new_from_repeated_and_keeps_its_size() -> None:
    seen = Seen()
    assert all(seen.add(f"event-{number}") for number in numbers(5000))
    assert not any(seen.add(f"event-{number}") for number in numbers(5000))
