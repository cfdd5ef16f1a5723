"""start_training chooses data, looks for images and words labels as pipelines/ does; it ships alone, so both are held
together here."""

import json
import os
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import pytest
from moto import mock_aws
from start_training import data, images
from start_training.errors import NothingToTrainOn
from start_training.labels import clean_label, is_recordable

from pipelines import metadata
from pipelines.errors import PipelineError
from pipelines.images import check_images, list_images
from pipelines.run import choose_data
from pipelines.settings import Settings
from tests.images import put_image

BUCKET = "scones-bucket"
PROJECT = Settings.from_environment({"SCONES_BUCKET": BUCKET})
EMPTY: list[str] = []
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


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


@pytest.mark.parametrize("text", ["dependabot[bot]", "2 batches: “new” pictures, and more", "ü" * 300, "", "a\nb"])
def test_both_make_a_label_recordable_in_the_same_way(text: Any) -> None:
    assert clean_label(text) == metadata.clean_label(text)


@pytest.mark.parametrize("name", ["cifar (1).tar.gz", "a,b", "x" * 257, "good-1.tar.gz", "Fahrräder 2026"])
def test_both_refuse_the_same_names_of_archives(name: str) -> None:
    try:
        metadata.check_metadata({"InputDataUri": name})
        good = True
    except PipelineError:
        good = False
    assert is_recordable(name) is good


@pytest.mark.parametrize(
    ("uri", "there"),
    [
        (f"{REGISTRY}/scones:one", True),
        (f"{REGISTRY}/scones:two", False),
        (f"{REGISTRY}/scones", False),
        (f"{REGISTRY}/scones@sha256:{'0' * 64}", False),
        (f"{REGISTRY}/scones:one@sha256:{'0' * 64}", False),
        ("811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1", True),
        ("registry.example.com:5000/scones:two", True),
    ],
)
@pytest.mark.usefixtures("s3")
def test_both_find_the_same_images_missing(uri: str, there: bool) -> None:
    ecr = boto3.client("ecr")
    put_image(ecr, f"{REGISTRY}/scones:one")
    definition = json.dumps({"Steps": [{"Arguments": {"AppSpecification": {"ImageUri": uri}}}]})

    missing = images.find_missing(ecr, definition, f"{REGISTRY}/scones")
    assert missing == (None if there else uri)
    if there:
        check_images(list_images(definition, "123456789012"), lambda _: ecr)
    else:
        with pytest.raises(PipelineError, match=f"image {uri} is not in ECR, so nothing was started"):
            check_images(list_images(definition, "123456789012"), lambda _: ecr)
