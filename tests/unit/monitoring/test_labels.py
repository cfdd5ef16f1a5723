"""Ground truth from S3, matched with captures: how often the model is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from monitoring import labels
from monitoring.labels import Labels
from tests.unit.monitoring.conftest import NAMES, Monitor, line, numbers

URI = "s3://bucket/ground-truth/"
HOUR = "ground-truth/2026/01/31/10"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client


def label(event: str, data: str, encoding: str = "CSV") -> str:
    truth = {"data": data, "encoding": encoding}
    return json.dumps({"groundTruthData": truth, "eventMetadata": {"eventId": event}, "eventVersion": "0"})


def put(s3: Any, lines: list[str], key: str = f"{HOUR}/labels.jsonl") -> None:
    s3.put_object(Bucket="bucket", Key=key, Body="\n".join(lines).encode())


def test_labels_that_agree_with_the_answers_violate_nothing(monitor: Monitor, s3: Any) -> None:
    put(s3, [label(f"event-{number}", NAMES[number % 2]) for number in numbers(100)])
    ended = monitor.run([line(number) for number in numbers(100)], GROUND_TRUTH_URI=URI)
    assert ended.violations == set()
    assert "100 belong to a capture" in ended.report


def test_a_model_that_has_become_worse_is_seen_by_labels_alone(monitor: Monitor, s3: Any) -> None:
    put(s3, [label(f"event-{number}", NAMES[(number + number // 2) % 2]) for number in numbers(100)])
    ended = monitor.run([line(number) for number in numbers(100)], GROUND_TRUTH_URI=URI)
    assert ("accuracy", "baseline_drift_check") in ended.violations
    assert "has fallen to" in ended.report


def test_few_labels_claim_nothing(monitor: Monitor, s3: Any) -> None:
    put(s3, [label(f"event-{number}", NAMES[1 - number % 2]) for number in numbers(29)])
    assert monitor.run([line(number) for number in numbers(100)], GROUND_TRUTH_URI=URI).violations == set()


def test_the_inference_id_counts_before_the_event_id(monitor: Monitor, s3: Any) -> None:
    lines = [line(number) for number in numbers(40)]
    for number, each in zip(numbers(40), lines, strict=True):
        each["eventMetadata"]["inferenceId"] = f"inference-{number}"
    put(s3, [label(f"inference-{number}", NAMES[number % 2]) for number in numbers(20)])
    put(s3, [label(f"event-{number}", NAMES[number % 2]) for number in numbers(40)], f"{HOUR}/more.jsonl")
    assert "20 belong to a capture" in monitor.run(lines, GROUND_TRUTH_URI=URI).report


def test_only_labels_of_the_window_s_hours_are_read(monitor: Monitor, s3: Any) -> None:
    put(s3, [label("event-1000", "bicycle")], "ground-truth/2026/01/31/11/labels.jsonl")
    assert "No labels came" in monitor.run([line(1000)], GROUND_TRUTH_URI=URI).report


def test_labels_that_cannot_be_read_are_counted(monitor: Monitor, s3: Any) -> None:
    odd = ["{", "[]", label("a", "tricycle"), label("b", "2"), "x" * 200_000]
    put(s3, [*odd, label("event-1000", "0"), label("event-1001", '"motorcycle"', "JSON")])
    ended = monitor.run([line(1000), line(1001)], GROUND_TRUTH_URI=URI)
    assert ended.code == 0
    assert "2 belong to a capture" in ended.report
    assert "0 could not be read" not in ended.report


def test_a_bucket_that_is_not_there_ends_in_one_sentence(monitor: Monitor, s3: Any) -> None:
    ended = monitor.run([], GROUND_TRUTH_URI="s3://nowhere/labels")
    assert ended.code == 1
    assert "The labels below s3://nowhere/labels cannot be read" in ended.message


def test_more_labels_than_memory_allows_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MOST", 2)
    known = Labels(list(NAMES))
    known.read(label(event, "bicycle").encode() for event in ("a", "b", "c", "a"))
    assert known.counts == {"lines": 4, "too_many": 1}
