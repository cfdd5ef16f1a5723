"""Who decides about an image: the model where it is sure, a person where it is not."""

import io
import json
import math
import os
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import pytest
from filter_confidence import handler as function
from filter_confidence.filter import Filter, parse_fraction
from filter_confidence.review import Review
from ingest_image.clean import clean
from ingest_image.settings import LIMITS as INGEST_LIMITS
from moto import mock_aws
from PIL import Image, PngImagePlugin

from common.images import Limits
from common.workflow import BadPicture, BadRequest, NotFound
from tests.unit.lambdas.serialize_image.conftest import encode, noise

BUCKET = "scones-bucket"
ASSIGNMENTS = {"bicycle": "nearby orders", "motorcycle": "distant orders"}
ITEM: dict[str, Any] = {"inference_id": "id-1", "image_uri": f"s3://{BUCKET}/photos/p 1.jpg", "label": "bicycle"}
ORIGINAL = encode(noise(40, 30), "JPEG")
SCRIPT = "<html><script>fetch('/')</script></html>"
CONTEXT: Any = SimpleNamespace(
    function_name="f", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="request"
)


def polyglot(kind: str) -> bytes:
    """An image that is a page as well, where somebody takes it for one: in its text, and behind its end."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SCRIPT)
    extra: dict[str, Any] = {"pnginfo": text} if kind == "PNG" else {"comment": SCRIPT.encode()}
    return encode(noise(40, 30), kind, icc_profile=SCRIPT.encode(), **extra) + SCRIPT.encode()


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_object(Bucket=BUCKET, Key="photos/p 1.jpg", Body=ORIGINAL)
        yield client


@pytest.fixture
def chosen(s3: Any) -> Filter:
    return Filter(0.8, Review(s3, BUCKET))


@pytest.mark.parametrize(("confidence", "passed"), [(0.8, True), (1, True), (0.7999, False), (0, False)])
def test_the_threshold_itself_is_sure_enough(chosen: Filter, confidence: float, passed: bool) -> None:
    assert chosen.one({**ITEM, "confidence": confidence})["passed"] is passed


def test_below_the_threshold_the_original_s_pixels_lie_under_review(chosen: Filter, s3: Any) -> None:
    uri = chosen.one({**ITEM, "confidence": 0.6})["review_uri"]
    assert re.fullmatch(f"s3://{BUCKET}/review/[0-9a-f]{{20}}-p 1.png", uri)
    copy = s3.get_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))
    assert Image.open(io.BytesIO(copy["Body"].read())).tobytes() == Image.open(io.BytesIO(ORIGINAL)).tobytes()


def test_an_image_that_is_asked_again_waits_once_with_the_newest_guess(chosen: Filter, s3: Any) -> None:
    for number in (1, 2):
        chosen.batch([{**ITEM, "inference_id": f"id-{number}", "confidence": 0.1 * number}], ASSIGNMENTS)
    [waiting] = s3.list_objects_v2(Bucket=BUCKET, Prefix="review/")["Contents"]
    assert s3.head_object(Bucket=BUCKET, Key=waiting["Key"])["Metadata"]["confidence"] == "0.2"


def test_two_images_of_one_name_wait_both(chosen: Filter, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="other/p 1.jpg", Body=encode(noise(20, 20), "JPEG"))
    for key in ("photos", "other"):
        chosen.one({**ITEM, "image_uri": f"s3://{BUCKET}/{key}/p 1.jpg", "confidence": 0.1})
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="review/")["KeyCount"] == 2


def test_the_copy_says_what_the_model_guessed_and_is_shown_by_a_browser(chosen: Filter, s3: Any) -> None:
    uri = chosen.one({**ITEM, "confidence": 0.6, "model_version": "3"})["review_uri"]
    copy = s3.head_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))
    assert copy["Metadata"] == {
        "label": "bicycle",
        "confidence": "0.6",
        "model-version": "3",
        "inference-id": "id-1",
    }
    assert copy["ContentType"] == "image/png"


@pytest.mark.parametrize("name", ["holiday.html", "holiday.svg", "holiday", ".html", "holiday.png", "a.png.xhtml"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_no_name_and_no_text_of_an_image_makes_its_copy_a_page(chosen: Filter, s3: Any, name: str, kind: str) -> None:
    s3.put_object(Bucket=BUCKET, Key=f"photos/{name}", Body=polyglot(kind), ContentType="text/html")
    uri = chosen.one({**ITEM, "image_uri": f"s3://{BUCKET}/photos/{name}", "confidence": 0.1})["review_uri"]
    copy = s3.get_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))
    content = copy["Body"].read()
    assert (copy["ContentType"], uri.endswith(".png")) == ("image/png", True)
    assert content.startswith(b"\x89PNG") and b"script" not in content


def test_a_copy_has_no_more_pixels_than_are_curated_and_the_same_ones(chosen: Filter, s3: Any) -> None:
    large = encode(noise(1600, 1200), "JPEG")
    s3.put_object(Bucket=BUCKET, Key="photos/large", Body=large)
    uri = chosen.one({**ITEM, "image_uri": f"s3://{BUCKET}/photos/large", "confidence": 0.1})["review_uri"]
    copy = s3.get_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
    assert clean(copy, INGEST_LIMITS) == clean(large, INGEST_LIMITS)


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"GIF89a", b""])
def test_what_is_no_image_any_more_is_refused_in_words_and_kept_out(chosen: Filter, s3: Any, content: bytes) -> None:
    s3.put_object(Bucket=BUCKET, Key="photos/p 1.jpg", Body=content, ContentType="text/html")
    item = {**ITEM, "confidence": 0.1}
    with pytest.raises(BadPicture, match="give a PNG or JPEG"):
        chosen.one(item)
    assert chosen.batch([item], ASSIGNMENTS)[0]["error"] == "BadPicture"
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="review/")["KeyCount"] == 0


def test_what_is_too_large_is_refused_unread(s3: Any) -> None:
    with pytest.raises(BadPicture, match="and 10 are allowed"):
        Filter(0.8, Review(s3, BUCKET, Limits(most_bytes=10))).one({**ITEM, "confidence": 0.1})


def test_an_image_that_is_gone_is_named(chosen: Filter) -> None:
    with pytest.raises(NotFound, match="photos/gone is not there or may not be read"):
        chosen.one({**ITEM, "image_uri": f"s3://{BUCKET}/photos/gone", "confidence": 0.1})


def test_what_passes_is_not_copied(chosen: Filter, s3: Any) -> None:
    assert "review_uri" not in chosen.one({**ITEM, "confidence": 0.9})
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="review/")["KeyCount"] == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.1, None, "", "high", "nan", True, [0.9]])
def test_what_is_no_number_from_0_to_1_is_refused(value: object) -> None:
    with pytest.raises(BadRequest, match="give a number from 0 to 1"):
        parse_fraction(value, "confidence")


@pytest.mark.parametrize("uri", [None, "", "s3://bucket", "https://example.org/p.png"])
def test_an_image_without_an_address_cannot_be_reviewed(chosen: Filter, uri: object) -> None:
    with pytest.raises(BadRequest, match="image_uri"):
        chosen.one({**ITEM, "confidence": 0.1, "image_uri": uri})


def test_a_batch_says_of_each_image_how_it_ended(chosen: Filter) -> None:
    refused = {"status": "REFUSED", "image_uri": "s3://b/x", "error": "BadPicture", "cause": "why"}
    sure = {**ITEM, "label": "motorcycle", "confidence": 0.95}
    items = chosen.batch([refused, sure, {**ITEM, "confidence": 0.5}], ASSIGNMENTS)
    assert [item["status"] for item in items] == ["REFUSED", "CLASSIFIED", "NEEDS_REVIEW"]
    assert items[0] == refused
    assert items[1]["assignment"] == "distant orders"
    assert "assignment" not in items[2]


def test_a_copy_that_was_packed_lies_under_review_as_one_that_is_made_of_the_image(chosen: Filter, s3: Any) -> None:
    unsure = {**ITEM, "confidence": 0.5}
    [made] = chosen.batch([unsure], ASSIGNMENTS)
    place = made["review_uri"].removeprefix(f"s3://{BUCKET}/")
    png = s3.get_object(Bucket=BUCKET, Key=place)["Body"].read()
    for key in (place, "photos/p 1.jpg"):  # the image itself is not read again
        s3.delete_object(Bucket=BUCKET, Key=key)
    s3.put_object(Bucket=BUCKET, Key="serialized/all.images", Body=b"one" + png)
    packed = {"serialized_uri": f"s3://{BUCKET}/serialized/all.images", "review_bytes": [3, 3 + len(png)]}
    assert chosen.batch([{**unsure, **packed}], ASSIGNMENTS) == [made]
    assert s3.get_object(Bucket=BUCKET, Key=place)["Body"].read() == png
    assert s3.head_object(Bucket=BUCKET, Key=place)["Metadata"]["label"] == "bicycle"
    [sure] = chosen.batch([{**ITEM, **packed, "confidence": 0.9}], ASSIGNMENTS)
    assert not {"serialized_uri", "review_bytes"} & set(sure)  # which no reader of the results needs


def test_a_label_without_an_assignment_is_refused(chosen: Filter) -> None:
    with pytest.raises(BadRequest, match="'tricycle' has no assignment"):
        chosen.batch([{**ITEM, "label": "tricycle", "confidence": 0.9}], ASSIGNMENTS)


def test_a_batch_that_is_no_list_is_refused(chosen: Filter) -> None:
    with pytest.raises(BadRequest, match="of type dict"):
        chosen.batch({}, ASSIGNMENTS)


def test_the_threshold_is_the_event_s_and_without_one_nothing_is_judged(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUCKET", BUCKET)
    function.review.cache_clear()
    sent: list[Any] = []
    events = function.review().storage._s3.meta.events
    events.register("before-send.s3.PutObject", lambda request, **_: sent.append("Expect" in request.headers))
    item = {**ITEM, "confidence": 0.6}
    assert function.handler({**item, "threshold": 0.5}, CONTEXT)["passed"] is True
    assert function.handler({**item, "threshold": "0.7"}, CONTEXT)["passed"] is False
    answer = function.handler({"items": [item], "threshold": 0.7, "assignments": ASSIGNMENTS}, CONTEXT)
    assert answer["items"][0]["status"] == "NEEDS_REVIEW"
    assert sent == [False, False]  # a copy is sent without asking first
    with pytest.raises(BadRequest, match="threshold is 'None': give a number from 0 to 1"):
        function.handler(item, CONTEXT)


@pytest.mark.parametrize(("threshold", "counted"), [(0.5, 0), (0.95, 1)])
def test_what_waits_for_a_person_is_counted(
    s3: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], threshold: float, counted: int
) -> None:
    monkeypatch.setenv("BUCKET", BUCKET)
    function.review.cache_clear()
    item = {**ITEM, "confidence": 0.9}
    batch = {"items": [item], "threshold": threshold, "assignments": ASSIGNMENTS}
    for event in ({**item, "threshold": threshold}, batch):
        function.handler(event, CONTEXT)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "PicturesForReview" in line]
        assert [line["PicturesForReview"] for line in lines] == [[counted]]
