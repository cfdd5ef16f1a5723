"""A batch is closed once, however often S3 tells of it, and only when nothing of it is left."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ingest_image.batch import close
from ingest_image.errors import BatchUnfinished
from ingest_image.ingest import Ingest
from ingest_image.keys import Arrival

from tests.unit.lambdas.ingest_image.conftest import BUCKET, Bucket, encode, noise

SUCCESS = "incoming/_SUCCESS"


def for_ever() -> int:
    return 300_000


def running_short(images: int) -> Callable[[], int]:
    """A clock that leaves time for some images."""
    left: Iterator[int] = iter([300_000] * images)
    return lambda: next(left, 1_000)


def test_closing_takes_in_what_is_left_and_tells_of_the_batch(ingest: Ingest, bucket: Bucket) -> None:
    bucket.put("incoming/bicycle/one.png", encode(noise()))
    bucket.put("incoming/motorcycle/", b"")
    bucket.put("incoming/motorcycle/.keep", b"")
    version = bucket.put(SUCCESS, b"")
    batch = close(ingest, Arrival(SUCCESS, version), for_ever)
    assert (batch.identity, batch.state, batch.taken_in) == (version, "closed", {"curated": 1})
    assert bucket.keys("incoming/") == ["incoming/motorcycle/", "incoming/motorcycle/.keep"]
    assert json.loads(bucket.read(f"batches/pending/{version}.json"))["batch"] == version


@pytest.mark.parametrize("told", [True, False])
def test_a_second_delivery_tells_of_nothing_new(told: bool, ingest: Ingest, bucket: Bucket) -> None:
    version = bucket.put(SUCCESS, b"")
    arrival = Arrival(SUCCESS, version if told else None)
    close(ingest, arrival, for_ever)
    before = bucket.s3.list_object_versions(Bucket=BUCKET)
    assert close(ingest, arrival, for_ever).state in ("pending", "gone")
    assert _versions(bucket.s3.list_object_versions(Bucket=BUCKET)) == _versions(before)


def _versions(listed: dict[str, Any]) -> list[str]:
    return [entry["VersionId"] for kind in ("Versions", "DeleteMarkers") for entry in listed.get(kind, [])]


def test_a_batch_that_had_its_run_is_not_reported_of_again(ingest: Ingest, bucket: Bucket) -> None:
    version = bucket.put(SUCCESS, b"")
    bucket.put(f"batches/started/{version}.json", b"{}")
    assert close(ingest, Arrival(SUCCESS, version), for_ever).state == "started"
    assert bucket.keys() == [f"batches/started/{version}.json"]


def test_a_newer_success_stays_for_its_own_event(ingest: Ingest, bucket: Bucket) -> None:
    first, second = bucket.put(SUCCESS, b""), bucket.put(SUCCESS, b"")
    close(ingest, Arrival(SUCCESS, first), for_ever)
    assert bucket.keys("incoming/") == [SUCCESS]
    close(ingest, Arrival(SUCCESS, second), for_ever)
    assert bucket.keys() == sorted(f"batches/pending/{version}.json" for version in (first, second))


def test_what_does_not_fit_waits_for_the_next_delivery_which_goes_on(ingest: Ingest, bucket: Bucket) -> None:
    for number in range(5):
        bucket.put(f"incoming/bicycle/{number}.png", encode(noise(seed=number)))
    arrival = Arrival(SUCCESS, bucket.put(SUCCESS, b""))
    with pytest.raises(BatchUnfinished, match="3 images were taken in, and more wait"):
        close(ingest, arrival, running_short(3))
    assert bucket.keys("batches/") == []
    assert len(bucket.keys("curated/")) == 3
    assert close(ingest, arrival, running_short(2)).taken_in == {"curated": 2}
    assert len(bucket.keys("batches/pending/")) == 1


def test_a_batch_of_bad_images_is_closed_all_the_same(ingest: Ingest, bucket: Bucket) -> None:
    bucket.put("incoming/bicycle/one.png", b"text")
    assert close(ingest, Arrival(SUCCESS, bucket.put(SUCCESS, b"")), for_ever).taken_in == {"quarantined": 1}


def test_without_versions_the_event_s_order_names_the_batch(ingest: Ingest, bucket: Bucket) -> None:
    bucket.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    bucket.put(SUCCESS, b"")
    assert close(ingest, Arrival(SUCCESS, None, "0061/ABC"), for_ever).identity == "0061/ABC"
    assert bucket.keys() == ["batches/pending/0061-ABC.json"]
