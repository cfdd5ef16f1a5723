"""start_training chooses the data that `scones run` chooses."""

import os
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import pytest
from moto import mock_aws
from start_training import data
from start_training.errors import NothingToTrainOn

from pipelines.errors import PipelineError
from pipelines.run import choose_data
from pipelines.settings import Settings

BUCKET = "scones-bucket"
PROJECT = Settings.from_environment({"SCONES_BUCKET": BUCKET})
EMPTY: list[str] = []


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_object(Bucket=BUCKET, Key="raw/cifar-100-binary.tar.gz", Body=b"archive")
        yield client


@pytest.mark.parametrize(
    "keys",
    [
        EMPTY,
        ["curated/bicycle/a.png", "curated/motorcycle/b.png"],
        ["curated/", "curated/.keep", "raw/", "raw/b.tar.gz", "raw/a.tar.gz"],
        ["raw/cifar-100-binary.tar.gz.old", "curated/bicycle/ü 1.png"],
    ],
)
def test_both_choose_the_same_data(keys: list[str], s3: Any) -> None:
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    ours = data.choose(s3, BUCKET)
    assert ours == choose_data(s3, PROJECT, {})


def test_an_empty_curated_prefix_is_held_open_by_the_same_object(s3: Any) -> None:
    data.choose(s3, BUCKET)
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="curated/")["Contents"]
    assert [entry["Key"] for entry in listed] == ["curated/.keep"]


def test_an_archive_whose_name_cannot_be_recorded_is_refused_before_the_training(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="raw/newer (1).tar.gz", Body=b"archive")
    with pytest.raises(NothingToTrainOn, match=r"newer \(1\)"):
        data.choose(s3, BUCKET)


def test_both_refuse_to_train_on_nothing(s3: Any) -> None:
    s3.delete_object(Bucket=BUCKET, Key="raw/cifar-100-binary.tar.gz")
    with pytest.raises(NothingToTrainOn):
        data.choose(s3, BUCKET)
    with pytest.raises(PipelineError):
        choose_data(s3, PROJECT, {})
