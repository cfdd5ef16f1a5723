"""Images come once, twice, late, at once and under two labels, and end where they belong."""

import hashlib
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ingest_image import keys
from ingest_image.clean import clean
from ingest_image.errors import Changed
from ingest_image.ingest import Ingest
from ingest_image.settings import Settings
from ingest_image.storage import Storage

from common.images import Limits
from tests.unit.lambdas.ingest_image.conftest import BUCKET, Bucket, encode, noise

KEY = "incoming/bicycle/one.png"
PNG = encode(noise())
DIGEST = hashlib.sha256(clean(PNG, Limits())).hexdigest()
KEPT = f"curated/bicycle/{DIGEST}.png"


def test_a_good_image_is_kept_under_its_digest_and_leaves_incoming(ingest: Ingest, bucket: Bucket) -> None:
    bucket.put(KEY, PNG)
    outcome = ingest.one(KEY)
    assert (outcome.what, outcome.target) == ("curated", KEPT)
    assert bucket.keys() == [KEPT]
    assert hashlib.sha256(bucket.read(KEPT)).hexdigest() == DIGEST
    assert bucket.metadata(KEPT) == {"source": KEY}


def test_an_object_that_is_gone_was_dealt_with(ingest: Ingest, bucket: Bucket) -> None:
    assert ingest.one(KEY).what == "gone"
    assert bucket.keys() == []


def test_the_same_image_under_another_name_and_format_is_a_duplicate(ingest: Ingest, bucket: Bucket) -> None:
    bucket.put(KEY, PNG)
    bucket.put("incoming/bicycle/two.webp", encode(noise(), "WEBP", lossless=True))
    assert [ingest.one(key).what for key in (KEY, "incoming/bicycle/two.webp")] == ["curated", "duplicate"]
    assert bucket.keys() == [KEPT]


def test_a_bad_image_is_put_aside_as_it_came_with_the_reason(ingest: Ingest, bucket: Bucket) -> None:
    bucket.put("incoming/bicycle/a b/ü.png", b"text")
    outcome = ingest.one("incoming/bicycle/a b/ü.png")
    assert (outcome.what, outcome.reason) == ("quarantined", "wrong-format")
    assert bucket.keys() == ["quarantine/wrong-format/bicycle/a b/ü.png"]
    assert bucket.read("quarantine/wrong-format/bicycle/a b/ü.png") == b"text"
    words = bucket.metadata("quarantine/wrong-format/bicycle/a b/ü.png")
    assert words == {
        "reason": "The file is no image that is known here: give a PNG, JPEG or WEBP image.",
        "source": "incoming/bicycle/a%20b/%C3%BC.png",
    }


def test_what_is_put_aside_is_for_a_browser_to_save_whatever_its_sender_called_it(
    ingest: Ingest, bucket: Bucket
) -> None:
    page = b"<script>alert(1)</script>"
    bucket.s3.put_object(Bucket=BUCKET, Key="incoming/bicycle/x.html", Body=page, ContentType="text/html")
    target = str(ingest.one("incoming/bicycle/x.html").target)
    found = bucket.s3.head_object(Bucket=BUCKET, Key=target)
    assert (found["ContentType"], found["ContentDisposition"]) == ("application/octet-stream", "attachment")


@pytest.mark.parametrize(
    ("key", "target"),
    [
        ("incoming/tricycle/x.png", "quarantine/unknown-label/tricycle/x.png"),
        ("incoming/x.png", "quarantine/unknown-label/none/x.png"),
        ("incoming/Bicycle/x.png", "quarantine/unknown-label/Bicycle/x.png"),
    ],
)
def test_an_image_without_a_known_label_is_put_aside(key: str, target: str, ingest: Ingest, bucket: Bucket) -> None:
    bucket.put(key, PNG)
    assert ingest.one(key).reason == "unknown-label"
    assert bucket.keys() == [target]


def test_a_file_over_the_limit_is_put_aside_unread(bucket: Bucket) -> None:
    small = Ingest(Settings(BUCKET, Limits(most_bytes=len(PNG) - 1)), Storage(bucket.s3, BUCKET))
    bucket.put(KEY, PNG)
    assert small.one(KEY).reason == "too-large"
    assert bucket.keys() == ["quarantine/too-large/bicycle/one.png"]


def test_an_image_curated_under_the_other_label_waits_for_a_person(ingest: Ingest, bucket: Bucket) -> None:
    bucket.put(KEY, PNG)
    ingest.one(KEY)
    bucket.put("incoming/motorcycle/one.png", PNG)
    assert ingest.one("incoming/motorcycle/one.png").reason == "conflicting-label"
    assert bucket.keys() == [KEPT, "quarantine/conflicting-label/motorcycle/one.png"]


def test_a_name_too_long_for_quarantine_is_shortened() -> None:
    target = keys.quarantine("conflicting-label", "bicycle", "ü" * 500)
    assert len(target.encode()) < 1024
    assert target.startswith("quarantine/conflicting-label/bicycle/")


class Interrupted(Storage):
    """S3, with something that happens just before one of the calls."""

    def __init__(self, s3: Any, call: str, event: Any) -> None:
        super().__init__(s3, BUCKET)
        self._call, self._event = call, event

    def _interrupt(self, call: str) -> None:
        if self._call == call:
            self._call = ""
            self._event()

    def curate(self, key: str, png: bytes, source: str) -> None:
        self._interrupt("curate")
        super().curate(key, png, source)

    def put_aside(self, source: str, target: str, etag: str, sentence: str) -> None:
        self._interrupt("put_aside")
        super().put_aside(source, target, etag, sentence)

    def remove(self, key: str, etag: str) -> None:
        self._interrupt("remove")
        super().remove(key, etag)


@pytest.mark.parametrize("call", ["curate", "put_aside", "remove"])
@pytest.mark.parametrize("content", [PNG, b"text"])
def test_two_deliveries_at_once_end_as_one(call: str, content: bytes, ingest: Ingest, bucket: Bucket) -> None:
    bucket.put(KEY, content)
    other = Interrupted(bucket.s3, call, lambda: ingest.one(KEY))
    Ingest(ingest.settings, other).one(KEY)
    assert bucket.keys() == [KEPT if content == PNG else "quarantine/wrong-format/bicycle/one.png"]


@pytest.mark.parametrize("call", ["curate", "remove"])
def test_an_image_that_comes_under_both_labels_at_once_is_curated_under_one_at_most(
    call: str, ingest: Ingest, bucket: Bucket
) -> None:
    rival = "incoming/motorcycle/one.png"
    bucket.put(KEY, PNG)
    bucket.put(rival, PNG)
    Ingest(ingest.settings, Interrupted(bucket.s3, call, lambda: ingest.one(rival))).one(KEY)
    assert len(bucket.keys("curated/")) <= 1
    assert "quarantine/conflicting-label" in " ".join(bucket.keys("quarantine/"))
    assert bucket.keys("incoming/") == []


@pytest.mark.parametrize("content", [PNG, b"text"])
def test_an_image_that_was_put_anew_meanwhile_is_not_lost(content: bytes, ingest: Ingest, bucket: Bucket) -> None:
    newer = encode(noise(seed=9))
    bucket.put(KEY, content)
    with pytest.raises(Changed, match="overwritten"):
        Ingest(ingest.settings, Interrupted(bucket.s3, "remove", lambda: bucket.put(KEY, newer))).one(KEY)
    assert bucket.read(KEY) == newer
    assert ingest.one(KEY).what == "curated"
    assert bucket.keys("incoming/") == []


PLAN = ["incoming/bicycle/a.png", "incoming/bicycle/copy.png", "incoming/motorcycle/b.png", "incoming/bicycle/bad.png"]


@pytest.mark.parametrize("order", list(permutations(PLAN)))
def test_in_whatever_order_events_come_and_however_often_the_end_is_the_same(
    order: tuple[str, ...], ingest: Ingest, bucket: Bucket
) -> None:
    for key, content in zip(PLAN, (PNG, PNG, encode(noise(seed=1)), b"text"), strict=True):
        bucket.put(key, content)
    for key in (*order, *reversed(order)):
        ingest.one(key)
    assert [len(bucket.keys(prefix)) for prefix in ("incoming/", "curated/bicycle/", "curated/motorcycle/")] == [
        0,
        1,
        1,
    ]
    assert bucket.keys("quarantine/") == ["quarantine/wrong-format/bicycle/bad.png"]


def test_a_refusal_of_s3_is_raised_for_another_delivery(ingest: Ingest, bucket: Bucket, sdk: Any) -> None:
    bucket.put(KEY, PNG)
    sdk.hook(bucket.s3, "before-parameter-build.s3.PutObject", _refuse)
    with pytest.raises(ClientError):
        ingest.one(KEY)
    assert bucket.keys() == [KEY]


def _refuse(**_: Any) -> None:
    raise ClientError({"Error": {"Code": "SlowDown", "Message": "later"}}, "PutObject")
