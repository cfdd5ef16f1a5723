"""The data's version: it moves with content and with nothing else; missing data is said so."""

from datetime import UTC, datetime

import pytest

from common.data_version import StoredObject, compute_version, keep_prefix
from pipelines.clients import Client
from pipelines.data import get_address, newest_archive, require_data, version_data
from pipelines.errors import PipelineError
from pipelines.settings import Settings

EARLY = datetime(2026, 1, 1, tzinfo=UTC)
LATE = datetime(2026, 2, 1, tzinfo=UTC)


def test_neither_order_nor_age_changes_a_version() -> None:
    one, two = StoredObject("a", "1", EARLY), StoredObject("b", "2", EARLY)

    assert compute_version([one, two]) == compute_version([two, StoredObject("a", "1", LATE)])


def test_a_new_content_and_a_new_name_change_a_version() -> None:
    versions = {compute_version([StoredObject(key, etag, EARLY)]) for key, etag in [("a", "1"), ("a", "2"), ("b", "1")]}

    assert len(versions) == 3
    assert all(len(version) == 16 for version in versions)


def test_the_version_covers_every_page_of_a_long_listing(
    s3: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")  # a page has 1,000 on AWS
    uri = f"s3://{settings.bucket}/curated/"
    for number in range(11):
        s3.put_object(Bucket=settings.bucket, Key=f"curated/bicycle/{number:02}.png", Body=b"x")
    before = version_data(s3, uri)
    s3.put_object(Bucket=settings.bucket, Key="curated/bicycle/10.png", Body=b"y")

    assert version_data(s3, uri) != before


def test_the_archive_that_came_last_is_chosen(s3: Client, settings: Settings) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for key, moment in [("raw/z-old.tar.gz", EARLY), ("raw/a-new.tar.gz", LATE)]:
            patch.setattr("moto.s3.models.utcnow", lambda moment=moment: moment.replace(tzinfo=None))
            s3.put_object(Bucket=settings.bucket, Key=key, Body=b"archive")
    s3.put_object(Bucket=settings.bucket, Key="raw/", Body=b"")

    assert newest_archive(s3, settings.bucket) in {
        f"s3://{settings.bucket}/raw/a-new.tar.gz",
    }


def test_no_archive_at_all_is_a_sentence_with_the_commands_that_mend_it(s3: Client, settings: Settings) -> None:
    with pytest.raises(PipelineError, match="scones dataset sample"):
        newest_archive(s3, settings.bucket)


def test_a_named_archive_that_is_not_there_is_refused(s3: Client, settings: Settings) -> None:
    with pytest.raises(PipelineError, match="no object is there"):
        require_data(s3, f"s3://{settings.bucket}/raw/nothing.tar.gz")


def test_an_empty_prefix_is_kept_with_an_empty_object_and_a_full_one_is_left_alone(
    s3: Client, settings: Settings
) -> None:
    keep_prefix(s3, settings.bucket, "curated/")
    keep_prefix(s3, settings.bucket, "curated/")
    s3.put_object(Bucket=settings.bucket, Key="other/bicycle/1.png", Body=b"x")
    keep_prefix(s3, settings.bucket, "other/")

    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=settings.bucket)["Contents"]]
    assert keys == ["curated/.keep", "other/bicycle/1.png"]


@pytest.mark.parametrize("uri", ["curated/", "https://bucket/key", "s3://bucket", "s3:///key"])
def test_what_is_not_an_s3_address_is_refused(uri: str) -> None:
    with pytest.raises(PipelineError, match="is not an S3 address"):
        get_address(uri)
