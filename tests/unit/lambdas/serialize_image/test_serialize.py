"""From an object in S3 to what the endpoint is asked with, one by one and in batches."""

import base64
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from serialize_image import serialize
from serialize_image.serialize import Serializer
from serialize_image.settings import Settings

from common.images import Limits
from common.workflow import BadPicture, BadRequest, NotFound, Storage
from tests.unit.lambdas.serialize_image.conftest import BUCKET, encode, noise

Put = Callable[[str, bytes], str]


def _object(s3: Any, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def test_the_fitted_image_lies_under_its_inference_id(serializer: Serializer, put: Put, s3: Any) -> None:
    uri = put("photos/p.jpg", encode(noise(100, 80), "JPEG"))
    inference_id = str(uuid.uuid4())
    answer = serializer.one({"image_uri": uri, "inference_id": inference_id}, 64)
    assert answer == {
        "inference_id": inference_id,
        "image_uri": uri,
        "serialized_uri": f"s3://{BUCKET}/serialized/{inference_id}.png",
    }
    assert Image.open(io.BytesIO(_object(s3, answer["serialized_uri"]))).size == (64, 64)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_inline_image_is_kept_where_a_person_can_look_at_it(serializer: Serializer, s3: Any, kind: str) -> None:
    content = encode(noise(32, 32), kind, icc_profile=b"<script>") + b"<script>"
    answer = serializer.one({"image_base64": base64.b64encode(content).decode()}, 28)
    assert answer["image_uri"] == f"s3://{BUCKET}/incoming-inference/{answer['inference_id']}.png"
    kept = _object(s3, answer["image_uri"])
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(content)).tobytes()
    assert b"script" not in kept and b"iCCP" not in _object(s3, answer["serialized_uri"])


def test_a_refused_inline_image_leaves_nothing_behind(serializer: Serializer, s3: Any) -> None:
    with pytest.raises(BadPicture):
        serializer.one({"image_base64": base64.b64encode(b"text").decode()}, 28)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


@pytest.mark.parametrize("uri", [f"s3://{BUCKET}/absent.png", "s3://no-such-bucket-anywhere/p.png"])
def test_an_absent_image_is_named(serializer: Serializer, uri: str) -> None:
    with pytest.raises(NotFound, match=uri):
        serializer.one({"image_uri": uri}, 28)


def test_a_huge_object_is_refused_by_its_length(put: Put, s3: Any) -> None:
    small = Serializer(Settings(BUCKET, limits=Limits(most_bytes=10)), Storage(s3))
    with pytest.raises(BadPicture, match="11 bytes, and 10 are allowed"):
        small.one({"image_uri": put("big", bytes(11))}, 28)


def test_a_bad_image_in_a_batch_is_named_and_stops_no_other(serializer: Serializer, put: Put) -> None:
    good, bad = put("good.png", encode(noise(32, 32))), put("bad.png", b"text")
    items = serializer.batch([{"image_uri": bad}, {"image_uri": good}, {"image_uri": f"s3://{BUCKET}/absent"}], 28)
    assert [item.get("error") for item in items] == ["BadPicture", None, "NotFound"]
    assert items[0]["image_uri"] == bad
    assert "PNG or JPEG" in items[0]["cause"]
    assert items[1]["image_uri"] == good


def test_a_batch_s_images_lie_one_behind_the_other_in_one_object(
    serializer: Serializer, put: Put, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [{"image_uri": put(f"{seed}.png", encode(noise(65 + seed, 64)))} for seed in range(5)]
    alone = [_object(s3, serializer.one(item, 28)["serialized_uri"]) for item in given]

    def packed() -> list[bytes]:
        return [
            _object(s3, item["serialized_uri"])[slice(*item["serialized_bytes"])]
            for item in serializer.batch(given, 28)
        ]

    def objects() -> set[str]:
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="serialized/")["Contents"]
        return {one["Key"] for one in listed if one["Key"].endswith(".images")}

    assert packed() == packed() == alone
    assert len(objects()) == 1  # another try has written the same
    monkeypatch.setattr(serialize, "MOST_PACKED_BYTES", len(alone[0]) + 1)
    assert packed() == alone
    assert len(objects()) == 4  # two images, two images, one


def test_a_small_image_s_copy_for_review_lies_in_the_same_object_with_nothing_but_its_pixels(
    serializer: Serializer, put: Put, s3: Any
) -> None:
    small, large = noise(64, 64), noise(65, 64)
    contents = encode(small, icc_profile=b"<script>") + b"<script>", encode(large)
    given = [{"image_uri": put(f"{number}.png", content)} for number, content in enumerate(contents)]
    first, second = serializer.batch(given, 28)
    copy = _object(s3, first["serialized_uri"])[slice(*first["review_bytes"])]
    assert Image.open(io.BytesIO(copy)).tobytes() == small.tobytes()
    assert b"script" not in copy and b"iCCP" not in copy
    assert "review_bytes" not in second  # it takes longer to encode than to read again
    assert first["serialized_uri"] == second["serialized_uri"]


def test_the_console_s_folders_are_no_images(serializer: Serializer, put: Put) -> None:
    assert serializer.batch([{"image_uri": put("photos/", b"")}], 28) == []


def test_a_batch_that_is_no_list_is_refused(serializer: Serializer) -> None:
    with pytest.raises(BadRequest, match="of type str"):
        serializer.batch("s3://b/k", 28)
