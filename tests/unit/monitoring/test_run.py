"""How a run ends: quiet, with violations of each type, with nothing claimed, or with one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from common.monitoring import BASELINE_SCHEMA
from console.page.monitoring.reader import parse_findings
from console.page.monitoring.sentence import summarize_findings
from monitoring.features import DRIFTING
from tests.unit.monitoring.conftest import Line, Monitor, half, line, numbers, pixels, png

Captured = Callable[..., list[Line]]
DRIFT = "baseline_drift_check"


def dark(count: int = 200) -> list[Line]:
    return [line(number, image=png(pixels(number, light=0.5))) for number in numbers(count)]


def test_captures_like_the_baseline_stay_quiet(monitor: Monitor, captured: Captured) -> None:
    ended = monitor.run(captured())
    assert (ended.code, ended.violations) == (0, set())
    assert ended.message.startswith("Completed: 200 captures")


def test_darkened_images_violate_and_the_message_says_so(monitor: Monitor) -> None:
    ended = monitor.run(dark())
    assert ended.code == 0
    assert ("brightness", DRIFT) in ended.violations
    assert ended.message.startswith(f"CompletedWithViolations: {len(ended.violations)} in 200 captures")


def test_a_report_tells_the_page_in_which_direction_images_and_answers_changed(monitor: Monitor) -> None:
    motorcycles = [number for number in numbers(400) if number % 2]
    ended = monitor.run([line(number, image=png(pixels(number, light=0.5))) for number in motorcycles])
    statistics = json.loads((ended.output / "statistics.json").read_text())
    drifted = {name for name, _ in ended.violations}
    found = parse_findings("s3://bucket/report", ("brightness",), drifted, statistics)
    assert found.captures == 200
    drawn = {change.name: change.histogram for change in found.changes}
    assert {name for name, histogram in drawn.items() if histogram} == set(DRIFTING)
    light = drawn["brightness"]
    assert light
    assert (sum(light.then), sum(light.now)) == (pytest.approx(1, abs=1e-4), pytest.approx(1, abs=1e-4))
    half = len(light.now) // 2
    assert sum(light.now[:half]) > sum(light.then[:half]), "half the light is in the lower bins"
    words = summarize_findings(found)
    assert re.fullmatch(
        r"Images became much .*darker.*; the model now says motorcycle in \d\d %, after 5\d %(, and is .*)?\.", words
    ), words


def test_a_few_captures_claim_nothing_and_say_so(monitor: Monitor) -> None:
    ended = monitor.run(dark(29))
    assert ended.violations == set()
    assert "fewer than the 30" in ended.message
    assert "Too few" in ended.report
    assert ("brightness", DRIFT) in monitor.run(dark(30)).violations


def test_an_empty_hour_completes(monitor: Monitor) -> None:
    ended = monitor.run([])
    assert (ended.code, ended.violations) == (0, set())
    assert ended.message.startswith("Completed: 0 captures")
    assert "nothing to draw" in ended.report


def test_a_shift_of_the_classes_alone_is_seen_in_the_answers(monitor: Monitor) -> None:
    motorcycles = [number for number in numbers(400) if number % 2]
    assert monitor.run([line(number) for number in motorcycles]).violations == {("prediction", DRIFT)}


def test_answers_less_sure_are_seen(monitor: Monitor) -> None:
    unsure = [line(number, said=[0.52, 0.48] if number % 2 else [0.48, 0.52]) for number in numbers(200)]
    assert ("confidence", DRIFT) in monitor.run(unsure).violations


def test_what_no_single_feature_shows_is_seen_in_all_together(monitor: Monitor) -> None:
    # Mirrored, an image looks as before in every single number; only where it is light has changed. Its bytes are as
    # the encoder happens to pack them.
    def lit(number: int, turned: bool) -> bytes:
        values = pixels(number) * np.linspace(1.0, 0.4, 28)[None, :, None]
        return png((values[:, ::-1] if turned else values).astype(np.uint8))

    upright = monitor.run([line(number, image=lit(number, False)) for number in numbers(200, 3000)])
    files = {f"baseline_{name}": str(upright.output / f"{name}.json") for name in ("statistics", "constraints")}
    same = monitor.run([line(number, image=lit(number, False)) for number in numbers(200)], **files)
    turned = monitor.run([line(number, image=lit(number, True)) for number in numbers(200)], **files)
    assert same.violations == set()
    assert turned.violations - {("bytes", DRIFT)} == {("all_features", DRIFT)}


def _without(lines: list[Line], member: str) -> list[Line]:
    for each in lines:
        del each["captureData"][member]
    return lines


def _other_format(lines: list[Line]) -> list[Line]:
    return [line(number, image=png(pixels(number), "JPEG")) for number in numbers(len(lines))]


def _other_size(lines: list[Line]) -> list[Line]:
    return [line(number, image=png(pixels(number, side=40))) for number in numbers(len(lines))]


def _broken(lines: list[Line]) -> list[Line]:
    for each in lines[:20]:
        each["captureData"]["endpointInput"] = half(b"broken", "BASE64")
    return lines


def _unreadable(lines: list[Line]) -> list[Line]:
    for each in lines[:20]:
        each["captureData"]["endpointOutput"] = half('{"error": "no"}', "JSON")
    return lines


def _classes(count: int) -> Callable[[list[Line]], list[Line]]:
    return lambda lines: [line(number, said=[1 / count] * count) for number in numbers(len(lines))]


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        (lambda lines: _without(lines, "endpointInput"), ("bytes", "missing_column_check")),
        (lambda lines: _without(lines, "endpointOutput"), ("confidence", "missing_column_check")),
        (lambda lines: [*_without(lines[:20], "endpointInput"), *lines[20:]], ("bytes", "completeness_check")),
        (lambda lines: [*_without(lines[:20], "endpointOutput"), *lines[20:]], ("confidence", "completeness_check")),
        (_broken, ("format", "data_type_check")),
        (_unreadable, ("confidence", "data_type_check")),
        (_classes(3), ("prediction", "extra_column_check")),
        (_other_format, ("format", "categorical_values_check")),
        (_other_size, ("width", "categorical_values_check")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_data_that_is_not_as_it_should_be_violates(
    monitor: Monitor, captured: Captured, change: Callable[[list[Line]], list[Line]], violation: tuple[str, str]
) -> None:
    assert violation in monitor.run(change(captured(200))).violations


def test_answers_of_too_few_classes_miss_a_column(monitor: Monitor, captured: Captured) -> None:
    # A baseline of three classes, answered by a model of two.
    file = monitor.root / "baseline/statistics.json"
    told = json.loads(file.read_text())
    told["custom_statistics"]["classes"].append("tricycle")
    file.write_text(json.dumps(told))
    assert ("prediction", "missing_column_check") in monitor.run(captured(200)).violations


def test_one_broken_image_in_fifty_is_no_violation(monitor: Monitor, captured: Captured) -> None:
    lines = captured(200)
    for each in lines[:4]:
        each["captureData"]["endpointInput"] = half(b"broken", "BASE64")
    assert monitor.run(lines).violations == set()


def test_the_alarm_s_metric_counts_violations_under_the_endpoint_alone(monitor: Monitor) -> None:
    ended = monitor.run(dark())
    total = ended.metrics[0]
    assert total["MetricName"] == "drift_violations"
    assert total["Dimensions"] == [{"Name": "Endpoint", "Value": "scones-vehicles"}]
    assert total["Value"] == len(ended.violations)


def test_each_feature_s_distance_is_a_metric_of_endpoint_and_schedule(monitor: Monitor, captured: Captured) -> None:
    lines = {each["MetricName"]: each for each in monitor.run(captured()).metrics}
    drift = lines["feature_baseline_drift_brightness"]
    assert [each["Name"] for each in drift["Dimensions"]] == ["Endpoint", "MonitoringSchedule"]
    assert 0 <= drift["Value"] < 0.2
    assert lines["drift_violations"]["Value"] == 0


def test_metrics_are_written_only_where_they_are_enabled(monitor: Monitor, captured: Captured) -> None:
    ended = monitor.run(captured(30), publish_cloudwatch_metrics="Disabled")
    assert not (ended.opt_ml / "output/metrics").exists()


def test_equal_captures_give_equal_bytes(monitor: Monitor, captured: Captured) -> None:
    first, second = monitor.run(captured(60)), monitor.run(captured(60))
    for name in ("statistics.json", "constraints.json", "constraint_violations.json", "report.html"):
        assert (first.output / name).read_bytes() == (second.output / name).read_bytes()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"baseline_statistics": ""}, "has no baseline_statistics"),
        ({"baseline_statistics": "/nowhere/statistics.json"}, "cannot be read"),
        ({"start_time": "yesterday"}, "'yesterday'"),
        ({"end_time": "2026-01-31T09:00:00Z"}, "set end_time after start_time"),
        ({"dataset_source": ""}, "has no dataset_source"),
        ({"GROUND_TRUTH_URI": "labels/"}, "GROUND_TRUTH_URI is 'labels/'"),
    ],
)
def test_a_wrong_environment_ends_in_one_sentence(monitor: Monitor, given: dict[str, str], words: str) -> None:
    ended = monitor.run([], **given)
    assert ended.code == 1
    assert words in ended.message
    assert ended.message.count("\n") == 0


@pytest.mark.parametrize(
    ("schema", "named"), [(None, "1"), (BASELINE_SCHEMA + 1, str(BASELINE_SCHEMA + 1)), ("2", "'2'")]
)
def test_a_baseline_of_another_schema_is_refused_in_words(monitor: Monitor, schema: object, named: str) -> None:
    file = Path(monitor.root / "baseline/statistics.json")
    told = json.loads(file.read_text())
    del told["custom_statistics"]["schema"]
    told["custom_statistics"] |= {} if schema is None else {"schema": schema}
    file.write_text(json.dumps(told))
    ended = monitor.run([])
    assert ended.code == 1
    assert (
        f"has schema {named}, and this program compares schema {BASELINE_SCHEMA}: measure the baseline anew"
        in ended.message
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"features": [], "dataset": {}, "custom_statistics": {}}'])
def test_a_baseline_of_another_program_is_refused(monitor: Monitor, text: str) -> None:
    Path(monitor.root / "baseline/statistics.json").write_text(text)
    ended = monitor.run([])
    assert ended.code == 1
    assert "measure the baseline anew" in ended.message
