"""InvokeEndpoint: answers, errors, variants, captures and metrics."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
from collections import Counter
from typing import Any

from localaws.aws import Aws
from localaws.hosting import upkeep

Document = dict[str, Any]
_KEY = re.compile(r"data/scones/live/\d{4}/\d\d/\d\d/\d\d/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl")


def capture(**members: Any) -> Document:
    """A DataCaptureConfig as the project's endpoint has it."""
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://bucket/data",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
        **members,
    }


def captured(aws: Aws) -> list[tuple[str, list[Document]]]:
    """The keys and lines of all captures."""
    aws.live.captures.flush(lambda _: aws.clients.objects)
    listed = aws.clients.s3.list_objects_v2(Bucket="bucket").get("Contents", [])
    bodies = {item["Key"]: aws.clients.s3.get_object(Bucket="bucket", Key=item["Key"])["Body"] for item in listed}
    return [(key, [json.loads(line) for line in body.read().splitlines()]) for key, body in bodies.items()]


def test_an_answer_names_its_variant_and_carries_custom_attributes_to_the_model(hosting: Any) -> None:
    hosting.create(hosting.config("1"))
    answer = hosting.ask(x_amzn_sagemaker_custom_attributes="trace=7")
    assert answer.headers["x-amzn-invoked-production-variant"] == "live"
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body)["attributes"] == "trace=7"


def test_what_the_container_refuses_or_breaks_on_is_a_model_error_with_its_status_and_words(hosting: Any) -> None:
    hosting.create(hosting.config("1"))
    for status, side in ((415, "client"), (500, "server")):
        answer = hosting.ask(str(status).encode())
        said = json.loads(answer.body)
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (424, "ModelError")
        assert (said["OriginalStatusCode"], said["OriginalMessage"]) == (status, "not a picture")
        assert f"{side} error ({status})" in said["Message"]


def test_six_megabytes_pass_and_a_byte_more_does_not(hosting: Any) -> None:
    hosting.create(hosting.config("1"))
    largest = b"x" * (6 * 1024 * 1024)
    assert hosting.ask(largest).status == 200
    answer = hosting.ask(largest + b"x")
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (413, "ValidationError")


def test_an_endpoint_that_does_not_exist_or_does_not_serve_is_a_validation_error(hosting: Any) -> None:
    absent = hosting.ask()
    assert (absent.status, absent.headers["x-amzn-errortype"]) == (400, "ValidationError")
    assert b"not found" in absent.body
    hosting.create(hosting.config("broken"))
    assert b"is Failed" in hosting.ask().body


def test_an_instance_that_ends_while_it_is_asked_costs_no_request(hosting: Any) -> None:
    hosting.create(hosting.config("1", count=2))
    first = hosting.told()["pid"]
    os.kill(first, signal.SIGKILL)
    assert first not in {hosting.told()["pid"] for _ in range(4)}


def test_variants_share_by_weight_and_answer_when_named(hosting: Any) -> None:
    hosting.config("1", name="one")
    hosting.config("2", name="two")
    variants = [
        hosting.variant("one", name="champion", InitialVariantWeight=3),
        hosting.variant("two", name="challenger", InitialVariantWeight=1),
    ]
    hosting.api("CreateEndpointConfig", EndpointConfigName="both", ProductionVariants=variants)
    hosting.create("both")
    assert Counter(hosting.told()["version"] for _ in range(20)) == {"1": 15, "2": 5}
    assert {hosting.told(x_amzn_sagemaker_target_variant="challenger")["version"] for _ in range(3)} == {"2"}
    refused = hosting.ask(x_amzn_sagemaker_target_variant="none")
    assert b"it has challenger, champion" in refused.body


def test_a_capture_has_awss_layout_with_the_picture_in_base64_and_the_answer_as_json(hosting: Any, cloud: Aws) -> None:
    hosting.create(hosting.config("1", DataCaptureConfig=capture()))
    hosting.ask(b"\x89PNG", content_type="image/png", x_amzn_sagemaker_inference_id="picture-1")
    hosting.ask(b"400")
    ((key, (line,)),) = captured(cloud)
    assert _KEY.fullmatch(key)
    sent, answered = line["captureData"]["endpointInput"], line["captureData"]["endpointOutput"]
    assert (sent["observedContentType"], sent["mode"], sent["encoding"]) == ("image/png", "INPUT", "BASE64")
    assert base64.b64decode(sent["data"]) == b"\x89PNG"
    assert (answered["mode"], answered["encoding"]) == ("OUTPUT", "JSON")
    assert json.loads(answered["data"])["version"] == "1"
    assert line["eventMetadata"]["inferenceId"] == "picture-1"
    assert line["eventMetadata"]["inferenceTime"].endswith("Z")
    assert line["eventVersion"] == "0"


def test_captures_follow_their_configuration(hosting: Any, cloud: Aws) -> None:
    only_input = capture(
        CaptureOptions=[{"CaptureMode": "Input"}], CaptureContentTypeHeader={"CsvContentTypes": ["text/csv"]}
    )
    hosting.create(hosting.config("1", DataCaptureConfig=only_input))
    hosting.ask(b"a,b", content_type="text/csv; charset=utf-8")
    ((_, (line,)),) = captured(cloud)
    assert set(line["captureData"]) == {"endpointInput"}
    assert line["captureData"]["endpointInput"]["encoding"] == "CSV"
    hosting.update(hosting.config("2", DataCaptureConfig=capture(InitialSamplingPercentage=0)))
    hosting.ask()
    assert len(captured(cloud)) == 1


def test_captures_that_cannot_be_written_wait_for_the_next_time(hosting: Any, cloud: Aws) -> None:
    hosting.create(hosting.config("1", DataCaptureConfig=capture(DestinationS3Uri="s3://later/data")))
    hosting.ask()
    upkeep.flush(cloud)
    cloud.clients.s3.create_bucket(Bucket="later")
    upkeep.flush(cloud)
    assert cloud.clients.s3.list_objects_v2(Bucket="later")["KeyCount"] == 1


def test_each_invocation_is_measured_by_endpoint_and_variant(hosting: Any, cloud: Aws) -> None:
    hosting.create(hosting.config("1", environment={"SECONDS": "0.01"}))
    for body in (b"picture", b"404", b"500"):
        hosting.ask(body)
    sent: list[Document] = []

    class CloudWatch:
        def put_metric_data(self, **request: Any) -> None:
            sent.append(request)

    cloud.live.metrics.flush(CloudWatch())
    (request,) = sent
    assert request["Namespace"] == "AWS/SageMaker"
    sums: Counter[str] = Counter()
    for datum in request["MetricData"]:
        assert {item["Name"]: item["Value"] for item in datum["Dimensions"]} == {
            "EndpointName": "scones",
            "VariantName": "live",
        }
        sums[datum["MetricName"]] += sum(
            value * count for value, count in zip(datum["Values"], datum["Counts"], strict=True)
        )
    assert (sums["Invocations"], sums["InvocationModelErrors"]) == (3, 2)
    assert (sums["Invocation4XXErrors"], sums["Invocation5XXErrors"]) == (1, 1)
    assert sums["ModelLatency"] >= 30_000
    assert 0 < sums["OverheadLatency"] < sums["ModelLatency"]
