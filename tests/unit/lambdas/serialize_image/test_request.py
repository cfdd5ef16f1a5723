"""What may be asked, and what is said of what may not."""

import base64
import uuid
from typing import Any

import pytest
from serialize_image.request import MOST_INLINE_CHARACTERS, parse

from common.s3 import S3Address
from common.workflow import BadRequest


@pytest.mark.parametrize(
    "event",
    [
        {"image_uri": "s3://b/a folder/p.png"},
        {"s3_bucket": "b", "s3_key": "a folder/p.png"},
        {"s3_bucket": "b", "s3_key": "a folder/p.png", "image_uri": None, "image_data": ""},
    ],
)
def test_an_object_is_named_by_its_address_or_by_bucket_and_key(event: dict[str, Any]) -> None:
    assert parse(event).source == S3Address("b", "a folder/p.png")


def test_inline_images_are_decoded() -> None:
    assert parse({"image_base64": base64.b64encode(b"image").decode()}).source == b"image"


def test_the_caller_s_inference_id_is_kept_and_a_new_one_is_made_where_there_is_none() -> None:
    given = str(uuid.uuid4())
    assert parse({"image_uri": "s3://b/k", "inference_id": given}).inference_id == given
    made = {parse({"image_uri": "s3://b/k"}).inference_id for _ in range(2)}
    assert len(made) == 2
    assert all(uuid.UUID(one).version == 4 for one in made)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({}, "no image"),
        ({"image_uri": "s3://b/k", "image_base64": "eA=="}, "image_uri and image_base64"),
        ({"s3_key": "k"}, "without s3_bucket"),
        ({"image_uri": "https://example.org/p.png"}, "s3://bucket/path"),
        ({"image_uri": "s3://bucket"}, "s3://bucket/path"),
        ({"image_uri": ["s3://b/k"]}, "give a string"),
        ({"image_base64": "not base64!"}, "is not base64"),
        ({"image_base64": "A" * (MOST_INLINE_CHARACTERS + 4)}, "240,000 are allowed"),
        ({"image_uri": "s3://b/k", "inference_id": "../../x"}, "is not a UUID"),
    ],
)
def test_what_names_no_one_image_is_refused_in_one_sentence(event: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        parse(event)
