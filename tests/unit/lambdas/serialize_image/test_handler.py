"""The entry point as Lambda calls it."""

import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from serialize_image import handler as function
from serialize_image.request import SizeUnknown
from serialize_image.settings import Settings

from common.images import Limits
from common.workflow import BadPicture
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


def asked(request: dict[str, Any], size: str = "28") -> dict[str, Any]:
    """The event that the inference workflow makes of a request."""
    return {"request": request, "image_size": size}


def test_it_answers_one_image_and_counts_it(
    put: Callable[[str, bytes], str], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = function.handler(asked({"image_uri": put("p.png", encode(noise(32, 32)))}), CONTEXT)
    assert set(answer) == {"inference_id", "image_uri", "serialized_uri"}
    assert '"PicturesSerialized":[1.0]' in capsys.readouterr().out


def test_a_refusal_keeps_its_name_for_the_workflow_and_is_counted(
    put: Callable[[str, bytes], str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadPicture):
        function.handler(asked({"image_uri": put("p.png", b"text")}), CONTEXT)
    assert '"PicturesRefused":[1.0]' in capsys.readouterr().out


def test_it_answers_a_batch(put: Callable[[str, bytes], str]) -> None:
    uris = [put(f"{number}.png", encode(noise(32, 32, number))) for number in range(3)]
    items = function.handler({"items": [{"image_uri": uri} for uri in uris], "image_size": "28"}, CONTEXT)["items"]
    assert [item["image_uri"] for item in items] == uris


def test_what_it_puts_is_sent_without_asking_first(put: Callable[[str, bytes], str]) -> None:
    sent: list[Any] = []
    events = function.serializer().storage._s3.meta.events
    events.register("before-send.s3.PutObject", lambda request, **_: sent.append(request.headers))
    function.handler(asked({"image_uri": put("p.png", encode(noise(32, 32)))}), CONTEXT)
    assert ["Expect" in headers for headers in sent] == [False]


def test_settings_are_read_from_the_environment() -> None:
    given = {"BUCKET": "b", "MAX_BYTES": "10", "MAX_PIXELS": "20"}
    assert Settings.from_environment(given) == Settings("b", Limits(10, 20))
    assert Settings.from_environment({"BUCKET": "b"}) == Settings("b", Limits())


@pytest.mark.parametrize(
    "given", [{}, {"image_size": None}, {"image_size": "big"}, {"image_size": "7"}, {"image_size": "9999"}]
)
def test_a_workflow_that_does_not_say_the_size_is_no_fault_of_the_image(
    put: Callable[[str, bytes], str], given: dict[str, Any]
) -> None:
    request = {"image_uri": put("p.png", encode(noise(32, 32)))}
    with pytest.raises(SizeUnknown, match="run refresh_workflow"):
        function.handler({"request": request, **given}, CONTEXT)
    with pytest.raises(SizeUnknown, match="run refresh_workflow"):
        function.handler({"items": [request], **given}, CONTEXT)


def test_a_caller_cannot_set_the_size(put: Callable[[str, bytes], str], s3: Any) -> None:
    uri = put("p.png", encode(noise(32, 32)))
    answer = function.handler(asked({"image_uri": uri, "image_size": "224"}), CONTEXT)
    key = answer["serialized_uri"].removeprefix(f"s3://{BUCKET}/")
    assert Image.open(io.BytesIO(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())).size == (28, 28)
