"""The pipeline's step: it finds its hours, reads baseline and captures from S3 itself, and puts its metrics itself."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from common.jobs import Refusal
from monitoring import captures, scheduled, storage
from monitoring.__main__ import main
from monitoring.metrics import NAMESPACE
from monitoring.options import Window
from tests.unit.monitoring.conftest import Ended, Line, line, numbers, pixels, png

HOUR = "2026/01/31/10"
BASELINE = "monitoring/baseline/schema-2/v1"
Captured = Callable[..., list[Line]]


@dataclass
class Step:
    """The step's container, beside a bucket with a baseline."""

    s3: Any
    cloudwatch: Any
    root: Path
    environment: pytest.MonkeyPatch

    def capture(
        self, lines: list[Line], hour: str = HOUR, name: str = "00-00-000-a.jsonl", variant: str = "live"
    ) -> None:
        body = "".join(f"{json.dumps(each)}\n" for each in lines).encode()
        self.s3.put_object(Bucket="bucket", Key=f"data-capture/scones-vehicles/{variant}/{hour}/{name}", Body=body)

    def run(self, **changes: str) -> Ended:
        given = {
            "CAPTURE_URI": "s3://bucket/data-capture/",
            "BASELINE_URI": f"s3://bucket/{BASELINE}",
            "GROUND_TRUTH_URI": "s3://bucket/ground-truth",
            "ENDPOINT_NAME": "scones-vehicles",
            "SCHEDULE_NAME": "scones-vehicles-drift",
            "STARTED_AT": "2026-01-31T11:10:03Z",
            "HOURS": "1",
            "WINDOW_END": "LAST_FULL_HOUR",
            "output_path": str(self.root / "output"),
        }
        with self.environment.context() as patch:
            for name, value in {**given, **changes}.items():
                patch.setenv(name, value)
            return Ended(main(["--opt-ml", str(self.root / "opt-ml")]), self.root / "output", self.root / "opt-ml")

    def metric(self, name: str, **dimensions: str) -> list[float]:
        now = datetime.now(UTC)
        answer = self.cloudwatch.get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=3600,
            Statistics=["Maximum"],
        )
        return [point["Maximum"] for point in answer["Datapoints"]]


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch, measured: Path, tmp_path: Path) -> Iterator[Step]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_REGION", "us-east-1")  # as SageMaker names it, and boto3 does not read it
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="bucket")
        for file in measured.iterdir():
            s3.put_object(Bucket="bucket", Key=f"{BASELINE}/{file.name}", Body=file.read_bytes())
        yield Step(s3, boto3.client("cloudwatch", region_name="us-east-1"), tmp_path, monkeypatch)


def test_captures_like_the_baseline_stay_quiet_and_a_zero_is_put(step: Step, captured: Captured) -> None:
    step.capture(captured())
    ended = step.run()
    assert ended.code == 0, ended.message
    assert ended.message.startswith("Completed: 200 captures from 2026-01-31 10:00 to 2026-01-31 11:00 UTC")
    assert ended.violations == set()
    assert step.metric("drift_violations", Endpoint="scones-vehicles") == [0]
    written = {"statistics.json", "constraints.json", "constraint_violations.json", "report.html"}
    assert {file.name for file in ended.output.iterdir()} == written


def test_drift_is_found_and_put_where_the_alarm_and_the_dashboard_look(step: Step) -> None:
    step.capture([line(number, image=png(pixels(number, light=0.5))) for number in numbers(200)])
    ended = step.run()
    assert ("brightness", "baseline_drift_check") in ended.violations
    assert ended.message.startswith("CompletedWithViolations: ")
    assert step.metric("drift_violations", Endpoint="scones-vehicles") == [len(ended.violations)]
    both = {"Endpoint": "scones-vehicles", "MonitoringSchedule": "scones-vehicles-drift"}
    assert step.metric("feature_baseline_drift_brightness", **both)[0] > 0.5
    assert not (ended.opt_ml / "output/metrics").exists()


def test_the_same_captures_give_the_same_files_as_model_monitors_container(step: Step, monitor: Any) -> None:
    lines = [line(number, image=png(pixels(number, light=0.5))) for number in numbers(200)]
    step.capture(lines[:120])
    step.capture(lines[120:], name="30-00-000-b.jsonl")
    ended, other = step.run(), monitor.run(lines)
    for name in ("statistics.json", "constraints.json", "constraint_violations.json"):
        assert (ended.output / name).read_bytes() == (other.output / name).read_bytes(), name
    assert ended.report == other.report


def test_an_hour_without_captures_or_an_endpoint_without_any_completes(step: Step) -> None:
    assert step.run().message.startswith("Completed: 0 captures")
    step.capture([line(1)], hour="2026/01/31/08")
    ended = step.run()
    assert (ended.code, ended.counts) == (0, {})


def test_captures_of_all_variants_and_hours_of_the_window_are_read_and_of_no_other(step: Step) -> None:
    step.capture([line(1, at="2026-01-31T09:59:59Z")], hour="2026/01/31/09")
    step.capture([line(2, at="2026-01-31T10:00:00Z")])
    step.capture([line(3, at="2026-01-31T10:59:59Z")], variant="canary")
    step.capture([line(4, at="2026-01-31T11:00:00Z")], hour="2026/01/31/11")
    assert step.run().message.startswith("Completed: 2 captures")
    assert step.run(HOURS="2").message.startswith("Completed: 3 captures")
    assert step.run(HOURS="2", WINDOW_END="NOW").message.startswith("Completed: 4 captures from 2026-01-31 09:10")


def test_labels_say_how_often_the_model_is_right(step: Step, captured: Captured) -> None:
    step.capture(captured(100))
    wrong = [
        {
            "groundTruthData": {"data": str(1 - number % 2), "encoding": "CSV"},
            "eventMetadata": {"eventId": f"event-{number}"},
        }
        for number in numbers(100)
    ]
    body = "\n".join(json.dumps(each) for each in wrong).encode()
    step.s3.put_object(Bucket="bucket", Key=f"ground-truth/{HOUR}/labels.jsonl", Body=body)
    assert ("accuracy", "baseline_drift_check") in step.run().violations


def test_one_object_after_the_other_is_read_and_none_is_kept(step: Step) -> None:
    made = [line(number) for number in range(20)]
    for hour, objects in ((10, 3), (11, 30)):
        for number in range(objects):
            for index, each in enumerate(made):
                each["eventMetadata"] |= {
                    "eventId": f"{number}-{index}",
                    "inferenceTime": f"2026-01-31T{hour}:30:00Z",
                }
            step.capture(made, hour=f"2026/01/31/{hour}", name=f"{number:02}.jsonl")

    def peak(hour: int, count: int) -> int:
        window = Window(datetime(2026, 1, 31, hour, tzinfo=UTC), datetime(2026, 1, 31, hour + 1, tzinfo=UTC))
        streams = storage.captured("s3://bucket/data-capture", "scones-vehicles", window)
        tracemalloc.start()
        try:
            assert sum(1 for _ in captures.parse(streams, window, Counter())) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10, 60)  # what is made and kept at the first look is nobody's
    assert peak(11, 600) < peak(10, 60) + 1024 * 1024


@pytest.mark.parametrize(
    ("started", "end", "hours", "window"),
    [
        ("2026-01-31T11:10:03Z", "LAST_FULL_HOUR", "1", ("10:00:00", "11:00:00")),
        ("2026-01-31T11:59:59.999Z", "LAST_FULL_HOUR", "1", ("10:00:00", "11:00:00")),
        ("2026-01-31T11:00:00+00:00", "LAST_FULL_HOUR", "3", ("08:00:00", "11:00:00")),
        ("2026-01-31T11:10:03.250Z", "NOW", "1", ("10:10:04", "11:10:04")),
        ("1769857803", "LAST_FULL_HOUR", "1", ("10:00:00", "11:00:00")),
        ("1769857803250", "NOW", "2", ("09:10:04", "11:10:04")),
    ],
)
def test_the_window_follows_from_when_the_execution_was_started(
    started: str, end: str, hours: str, window: tuple[str, str]
) -> None:
    first, last = (datetime.fromisoformat(f"2026-01-31T{each}Z") for each in window)
    assert scheduled._window(started, hours, end) == Window(first, last)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"STARTED_AT": "noon"}, "STARTED_AT is 'noon'"),
        ({"STARTED_AT": "1e400"}, "STARTED_AT is '1e400'"),
        ({"STARTED_AT": ""}, "The environment has no STARTED_AT"),
        ({"HOURS": "0"}, "HOURS is '0', where 1 to 744 is allowed"),
        ({"HOURS": "2.5"}, "HOURS is '2.5'"),
        ({"WINDOW_END": "THEN"}, "WINDOW_END is 'THEN', where LAST_FULL_HOUR or NOW is allowed"),
        ({"CAPTURE_URI": "/opt/ml"}, "CAPTURE_URI is '/opt/ml', where s3://bucket/prefix is needed"),
        ({"BASELINE_URI": "s3://bucket/monitoring/baseline/schema-2/v9"}, "v9/statistics.json cannot be read"),
        ({"BASELINE_URI": "s3://nowhere/v1"}, "it is measured when a version goes live"),
        ({"CAPTURE_URI": "s3://nowhere/data-capture"}, "The captures below s3://nowhere/data-capture cannot be read"),
        ({"GROUND_TRUTH_URI": "s3://nowhere/labels"}, "The labels below s3://nowhere/labels cannot be read"),
    ],
)
def test_what_cannot_be_ends_in_one_sentence(step: Step, given: dict[str, str], words: str) -> None:
    ended = step.run(**given)
    assert ended.code == 1
    assert words in ended.message
    assert "\n" not in ended.message


def test_a_baseline_that_is_too_large_is_not_fetched(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.baseline_files.SIZE_LIMIT", 1000)
    assert "has more than the 1,000 bytes that a baseline may have" in step.run().message


def test_metrics_that_are_not_taken_fail_the_run_as_nobody_would_hear_of_drift(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(service: str) -> Any:
        raise Refusal(service)

    monkeypatch.setattr("monitoring.metrics.client", refuse)
    assert step.run().code == 1


def test_its_files_go_below_the_container_s_own_opt_ml(tmp_path: Path) -> None:
    given = {
        "STARTED_AT": "2026-01-31T11:10:00Z",
        "ENDPOINT_NAME": "e",
        "SCHEDULE_NAME": "s",
        "CAPTURE_URI": "s3://b/c",
        "BASELINE_URI": "s3://b/d",
    }
    # Elsewhere than in a container /opt/ml is another folder, and what is written past it is never uploaded.
    assert scheduled.read(given, tmp_path).output == tmp_path / "processing" / "output"
    assert scheduled.read(given, Path("/opt/ml")).output == Path("/opt/ml/processing/output")
