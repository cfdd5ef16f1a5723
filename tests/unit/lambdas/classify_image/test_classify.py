"""What is asked of the endpoint, what its answers mean, and its failures by their names."""

import io
import json
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from classify_image import handler as function
from classify_image.classify import Classifier
from classify_image.endpoint import BadAnswer, Endpoint, EndpointNotReady, ModelFailed, ModelNotReady, parse
from classify_image.settings import Settings
from moto import mock_aws

from common import workflow
from common.s3 import S3Address
from common.workflow import BadPicture, BadRequest, NotFound, Storage, Throttled

BUCKET = "scones-bucket"
ITEM = {
    "inference_id": "id-1",
    "image_uri": f"s3://{BUCKET}/p.jpg",
    "serialized_uri": f"s3://{BUCKET}/serialized/1.png",
}
LABELS = ("bicycle", "motorcycle")
CONTEXT: Any = SimpleNamespace(
    function_name="f", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="request"
)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """SageMaker's runtime, whose answers a test says before; botocore checks every request against the API."""
    monkeypatch.setattr(workflow, "THREADS", 1)  # answers are given in the order of the requests
    with mock_aws():
        client = boto3.client("sagemaker-runtime")
        with Stubber(client) as stubber:
            yield stubber


@pytest.fixture
def classifier(runtime: Stubber) -> Classifier:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="serialized/1.png", Body=b"png")
    return Classifier(Settings("scones-vehicles"), Storage(s3), Endpoint(runtime.client))


def _answers(runtime: Stubber, answer: object, endpoint: str = "scones-vehicles", *, image: bytes = b"png") -> None:
    expected = {
        "EndpointName": endpoint,
        "ContentType": "image/png",
        "Accept": "application/json",
        "InferenceId": "id-1",
        "Body": image,
    }
    runtime.add_response("invoke_endpoint", {"Body": io.BytesIO(json.dumps(answer).encode())}, expected)


def test_the_inference_id_goes_to_the_endpoint_and_comes_back_with_the_answer(
    classifier: Classifier, runtime: Stubber
) -> None:
    _answers(runtime, [0.1, 0.9])
    assert classifier.one(ITEM, None, "7") == {
        "inference_id": "id-1",
        "image_uri": ITEM["image_uri"],
        "label": "motorcycle",
        "confidence": 0.9,
        "probabilities": {"bicycle": 0.1, "motorcycle": 0.9},
        "model_version": "7",
    }
    runtime.assert_no_pending_responses()


def test_the_event_s_endpoint_goes_before_the_environment_s(classifier: Classifier, runtime: Stubber) -> None:
    _answers(runtime, [0.9, 0.1], endpoint="other")
    assert classifier.one(ITEM, "other", "7")["label"] == "bicycle"


@pytest.mark.parametrize(
    ("code", "original", "expected"),
    [
        ("ModelError", 400, BadPicture),
        ("ModelError", 415, BadPicture),
        ("ModelError", 500, ModelFailed),
        ("ModelNotReadyException", None, ModelNotReady),
        ("ThrottlingException", None, Throttled),
        ("ServiceUnavailable", None, EndpointNotReady),
        ("ValidationError", None, EndpointNotReady),
        ("InternalFailure", None, ModelFailed),
        ("AccessDeniedException", None, ClientError),
    ],
)
def test_failures_have_names_that_the_workflow_knows(
    classifier: Classifier, runtime: Stubber, code: str, original: int | None, expected: type[Exception]
) -> None:
    extra = {} if original is None else {"OriginalStatusCode": original}
    runtime.add_client_error("invoke_endpoint", code, "what it said", modeled_fields=extra)
    with pytest.raises(expected, match="what it said"):
        classifier.one(ITEM, None, "7")


def test_an_endpoint_that_nobody_serves_is_not_ready() -> None:
    client = boto3.client(
        "sagemaker-runtime",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=boto3.session.Config(retries={"max_attempts": 0}),
    )
    with pytest.raises(EndpointNotReady, match="does not answer"):
        Endpoint(client).ask("scones-vehicles", b"png", "id-1")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{}", b"[0.1]", b"[0.1, 0.2, 0.7]", b"[0.1, NaN]", b'["0.1", 0.9]', b"[true, 0.9]", b"[2, 0]"],
)
def test_an_answer_that_is_not_one_probability_a_label_is_no_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse(body, LABELS)


def test_of_two_that_are_equal_the_first_is_the_label() -> None:
    assert parse(b"[0.5, 0.5]", LABELS).label == "bicycle"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"serialized_uri": f"s3://{BUCKET}/absent.png"}, NotFound),
        ({"serialized_uri": None}, BadRequest),
        ({"inference_id": ""}, BadRequest),
    ],
)
def test_what_cannot_be_asked_about_is_refused(
    classifier: Classifier, change: dict[str, Any], expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        classifier.one({**ITEM, **change}, None, "7")


def test_a_batch_keeps_what_was_refused_and_refuses_what_the_model_does_not_take(
    classifier: Classifier, runtime: Stubber
) -> None:
    refused = {"status": "REFUSED", "image_uri": "s3://b/x", "error": "BadPicture", "cause": "why"}
    runtime.add_client_error("invoke_endpoint", "ModelError", "no image", modeled_fields={"OriginalStatusCode": 400})
    _answers(runtime, [0.9, 0.1])
    items = classifier.batch([refused, ITEM, ITEM], None, "7")
    assert items[0] == refused
    assert (items[1]["status"], items[1]["error"]) == ("REFUSED", "BadPicture")
    assert items[2]["label"] == "bicycle"


def test_a_batch_reads_an_object_of_many_images_once(
    classifier: Classifier, runtime: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key="serialized/all.images", Body=b"onetwothree")
    uri = f"s3://{BUCKET}/serialized/all.images"
    places = [[0, 3], [3, 6], [6, 11], [6, 12], [3, 3], ["0", 3], "all"]
    items = [{**ITEM, "serialized_uri": uri, "serialized_bytes": place} for place in places]
    read: list[str] = []
    original = Storage.read

    def note_and_read(storage: Storage, address: S3Address, most_bytes: int) -> bytes:
        read.append(address.uri)
        return original(storage, address, most_bytes)

    monkeypatch.setattr(Storage, "read", note_and_read)
    for image in (b"one", b"two", b"three"):
        _answers(runtime, [0.9, 0.1], image=image)
    answers = classifier.batch(items, None, "7")
    assert [answer.get("error") for answer in answers] == [None] * 3 + ["BadRequest"] * 4
    assert read == [uri]


def test_where_the_copy_for_review_lies_is_handed_on(classifier: Classifier, runtime: Stubber) -> None:
    place = {"serialized_bytes": [0, 3], "review_bytes": [1, 3]}
    for _ in range(2):
        _answers(runtime, [0.9, 0.1])
    copied, plain = classifier.batch([{**ITEM, **place}, ITEM], None, "7")
    assert (copied["serialized_uri"], copied["review_bytes"]) == (ITEM["serialized_uri"], [1, 3])
    assert "serialized_uri" not in plain


def test_a_batch_fails_where_the_endpoint_does_so_that_it_is_tried_again(
    classifier: Classifier, runtime: Stubber
) -> None:
    runtime.add_client_error("invoke_endpoint", "ThrottlingException")
    with pytest.raises(Throttled):
        classifier.batch([ITEM], None, "7")


def test_the_entry_point_takes_one_or_many(
    classifier: Classifier, runtime: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "classifier", lambda: classifier)
    _answers(runtime, [0.9, 0.1])
    assert function.handler({**ITEM, "model_version": "7"}, CONTEXT)["model_version"] == "7"
    _answers(runtime, [0.9, 0.1])
    assert function.handler({"items": [ITEM], "model_version": "8"}, CONTEXT)["items"][0]["model_version"] == "8"


def test_settings_are_read_from_the_environment() -> None:
    assert Settings.from_environment({"ENDPOINT_NAME": "e"}) == Settings("e", LABELS)
    assert Settings.from_environment({"ENDPOINT_NAME": "e", "LABELS": "a,b,c"}).labels == ("a", "b", "c")
