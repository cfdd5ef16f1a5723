"""The entry point as Lambda calls it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from serialize_image import handler as function
from serialize_image.errors import BadPicture
from serialize_image.settings import Limits, Settings

from tests.unit.lambdas.serialize_image.conftest import BUCKET, encode, noise

CONTEXT: Any = SimpleNamespace(
    function_name="scones-serialize-image",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:scones-serialize-image",
    aws_request_id="request",
)


@pytest.fixture(autouse=True)
def _environment(s3: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BUCKET", BUCKET)
    function.serializer.cache_clear()
    yield
    function.serializer.cache_clear()


def test_it_answers_one_picture_and_counts_it(
    put: Callable[[str, bytes], str], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = function.handler({"image_uri": put("p.png", encode(noise(32, 32)))}, CONTEXT)
    assert set(answer) == {"inference_id", "image_uri", "serialized_uri"}
    assert '"PicturesSerialized":[1.0]' in capsys.readouterr().out


def test_a_refusal_keeps_its_name_for_the_workflow_and_is_counted(
    put: Callable[[str, bytes], str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadPicture):
        function.handler({"image_uri": put("p.png", b"text")}, CONTEXT)
    assert '"PicturesRefused":[1.0]' in capsys.readouterr().out


def test_it_answers_a_batch(put: Callable[[str, bytes], str]) -> None:
    uris = [put(f"{number}.png", encode(noise(32, 32, number))) for number in range(3)]
    items = function.handler({"items": [{"image_uri": uri} for uri in uris]}, CONTEXT)["items"]
    assert [item["image_uri"] for item in items] == uris


def test_settings_are_read_from_the_environment() -> None:
    given = {"BUCKET": "b", "IMAGE_SIZE": "224", "MAX_BYTES": "10", "MAX_PIXELS": "20"}
    assert Settings.from_environment(given) == Settings("b", 224, Limits(10, 20))
    assert Settings.from_environment({"BUCKET": "b"}) == Settings("b", 28, Limits())
