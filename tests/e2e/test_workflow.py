"""The inference workflow and its bulk form on the local AWS, with a stub in the place of the trained endpoint."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.e2e import students
from tests.e2e.bomb import bomb
from tests.e2e.laptop import Laptop, free_port
from tests.e2e.stub_endpoint import StubEndpoint, serve
from tests.e2e.workflows import Workflows, deploy

pytestmark = pytest.mark.e2e

BRIGHT, DARK, GREY = 230, 20, 128


def _picture(brightness: int, kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, brightness).convert(mode).save(buffer, kind)
    return buffer.getvalue()


def _sixteen_bits(brightness: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((48, 64), brightness * 257, dtype=np.uint16)).save(buffer, "PNG")
    return buffer.getvalue()


def _animation() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("L", (8, 8), brightness) for brightness in (0, 255)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[StubEndpoint]:
    with serve() as stub:
        yield stub


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory, endpoint: StubEndpoint) -> Iterator[Workflows]:
    """A local AWS of its own, with what asks the stub beside what the stack has."""
    laptop = Laptop(free_port(), tmp_path_factory.mktemp("workflow"))
    laptop.scones("up")
    yield deploy(laptop, endpoint.url, "workflow-test")
    laptop.scones("down")


@pytest.mark.parametrize(
    ("brightness", "label", "assignment"),
    [(BRIGHT, "bicycle", "nearby orders"), (DARK, "motorcycle", "distant orders")],
)
def test_a_picture_gets_its_label_and_assignment_under_one_inference_id(
    workflows: Workflows, endpoint: StubEndpoint, brightness: int, label: str, assignment: str
) -> None:
    uri = workflows.put(f"photos/{label}.jpg", _picture(brightness, "JPEG"))
    answer = workflows.classify(image_uri=uri)
    assert (answer["status"], answer["label"], answer["assignment"]) == ("CLASSIFIED", label, assignment)
    assert (answer["model_version"], answer["image_uri"]) == ("7", uri)
    assert answer["confidence"] == max(answer["probabilities"].values()) >= 0.8
    assert endpoint.asked[-1] == (answer["inference_id"], (64, 64))


def test_bucket_and_key_or_the_picture_itself_do_as_well(workflows: Workflows) -> None:
    workflows.put("photos/a b+c.png", _picture(BRIGHT))
    assert workflows.classify(s3_bucket=workflows.bucket, s3_key="photos/a b+c.png")["label"] == "bicycle"
    inline = workflows.classify(image_base64=base64.b64encode(_picture(DARK)).decode())
    assert inline["label"] == "motorcycle"
    assert workflows.get(inline["image_uri"]) == _picture(DARK)


def test_a_picture_that_the_model_is_unsure_of_waits_for_a_person(workflows: Workflows) -> None:
    content = _picture(GREY)
    answer = workflows.classify(image_uri=workflows.put("photos/grey.png", content))
    assert answer["status"] == "NEEDS_REVIEW"
    assert "assignment" not in answer
    assert re.fullmatch(r"s3://\S+/review/[0-9a-f]+-grey\.png", answer["review_uri"])
    assert workflows.get(answer["review_uri"]) == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"I am a text file.", "give a PNG or JPEG"),
        (_picture(BRIGHT)[:60], "cut off"),
        (bomb(), "far more than the 25,000,000 pixels"),
        (_animation(), "a GIF"),
    ],
    ids=["text", "truncated", "bomb", "animation"],
)
def test_a_bad_picture_fails_with_one_sentence(workflows: Workflows, content: bytes, words: str) -> None:
    said = workflows.run("workflow-test-inference", {"image_uri": workflows.put("photos/bad", content)})
    assert (said["status"], said["error"]) == ("FAILED", "BadPicture")
    assert words in said["cause"]
    assert "{" not in said["cause"]


@pytest.mark.parametrize(
    "content",
    [_picture(BRIGHT, "JPEG", "CMYK"), _sixteen_bits(BRIGHT), _picture(BRIGHT, mode="P"), _picture(BRIGHT, mode="LA")],
    ids=["cmyk", "16-bit", "palette", "alpha"],
)
def test_unusual_pictures_are_classified(workflows: Workflows, content: bytes) -> None:
    assert workflows.classify(image_uri=workflows.put("photos/unusual", content))["label"] == "bicycle"


def test_what_is_not_there_is_said(workflows: Workflows) -> None:
    said = workflows.run("workflow-test-inference", {"image_uri": f"s3://{workflows.bucket}/absent.png"})
    assert said["error"] == "NotFound"
    assert "absent.png is not there" in said["cause"]


def test_an_endpoint_that_loads_its_model_is_asked_again(workflows: Workflows, endpoint: StubEndpoint) -> None:
    endpoint.not_ready = 2
    assert workflows.classify(image_uri=workflows.put("photos/p.png", _picture(BRIGHT)))["label"] == "bicycle"
    assert endpoint.not_ready == 0


def test_an_endpoint_that_never_gets_ready_fails_with_one_sentence(
    workflows: Workflows, endpoint: StubEndpoint
) -> None:
    endpoint.not_ready = 100
    said = workflows.run("workflow-test-inference", {"image_uri": workflows.put("photos/p.png", _picture(BRIGHT))})
    endpoint.not_ready = 0
    assert (said["status"], said["error"]) == ("FAILED", "ModelNotReady")
    assert said["cause"] == "The endpoint scones-vehicles said: The model is being loaded"


def test_a_prefix_is_classified_into_one_file_with_the_bad_ones_named(workflows: Workflows) -> None:
    for number in range(240):
        workflows.put(f"many/{number:03}.png", _picture((BRIGHT, DARK, GREY)[number % 3]))
    bad = {workflows.put("many/text.png", b"text"), workflows.put("many/bomb.png", bomb())}
    said = workflows.run("workflow-test-bulk", {"bucket": workflows.bucket, "prefix": "many/"})
    assert said["status"] == "SUCCEEDED", said
    output = json.loads(said["output"])
    assert output["job"] == said["name"]
    manifest: dict[str, Any] = json.loads(workflows.get(output["manifest_uri"]))
    [file] = manifest["ResultFiles"]["SUCCEEDED"]
    assert manifest["ResultFiles"]["FAILED"] == []
    assert file["Key"].startswith(f"bulk/{said['name']}/")
    results = [json.loads(line) for line in workflows.get(f"s3://{workflows.bucket}/{file['Key']}").splitlines()]
    assert len({result["image_uri"] for result in results}) == 242
    by_status = {
        status: [one for one in results if one["status"] == status] for status in {r["status"] for r in results}
    }
    assert {status: len(ones) for status, ones in by_status.items()} == {
        "CLASSIFIED": 160,
        "NEEDS_REVIEW": 80,
        "REFUSED": 2,
    }
    assert {refused["image_uri"] for refused in by_status["REFUSED"]} == bad
    assert {one["assignment"] for one in by_status["CLASSIFIED"]} == {"nearby orders", "distant orders"}


def test_no_pictures_are_no_failure(workflows: Workflows) -> None:
    said = workflows.run("workflow-test-bulk", {"bucket": workflows.bucket, "prefix": "nothing-here/"})
    assert said["status"] == "SUCCEEDED", said


@pytest.fixture(scope="module")
def students_functions(workflows: Workflows, endpoint: StubEndpoint) -> tuple[str, dict[str, str]]:
    return students.deploy(workflows.laptop, endpoint.url)


STUDENTS = {
    "console-by-text": (students.console_machine, "classify_by_predictor", "filter_by_text", "TypeError"),
    "arns-by-text": (students.plain_machine, "classify_by_predictor", "filter_by_text", "TypeError"),
    "console-by-exception": (
        students.console_machine,
        "classify_by_runtime",
        "filter_by_exception",
        "ThresholdConfidenceNotMet",
    ),
    "arns-by-exception": (
        students.plain_machine,
        "classify_by_runtime",
        "filter_by_exception",
        "ThresholdConfidenceNotMet",
    ),
}


@pytest.mark.parametrize("name", STUDENTS)
def test_students_functions_and_machines_run_unchanged(
    workflows: Workflows, students_functions: tuple[str, dict[str, str]], name: str
) -> None:
    role, arns = students_functions
    machine, classify, threshold, error = STUDENTS[name]
    definition = machine(arns["serialize_image"], arns[classify], arns[threshold])
    for key, brightness in (("bright", BRIGHT), ("grey", GREY)):
        workflows.put(f"students/{key}.png", _picture(brightness))
        given = {"image_data": "", "s3_bucket": workflows.bucket, "s3_key": f"students/{key}.png"}
        said = students.run(workflows.laptop, f"{name}-{key}", definition, role, given)
        if key == "grey":
            assert (said["status"], said["error"]) == ("FAILED", error), said
            cause = json.loads(said["cause"])
            assert cause["errorType"] == error
            assert "THRESHOLD_CONFIDENCE_NOT_MET" in cause["errorMessage"] or error == "TypeError"
        else:
            assert said["status"] == "SUCCEEDED", said
            answer = json.loads(said["output"])
            assert answer["statusCode"] == 200
            assert "0.96" in str(answer["body"])


PROCESS = {
    "ProcessingJobName.$": "$.name",
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
}


def test_a_machine_waits_for_a_job_that_it_starts_as_its_role(workflows: Workflows) -> None:
    laptop = workflows.laptop
    image = laptop.push_image("machine:1")
    allowed = ["sagemaker:*ProcessingJob", "sagemaker:AddTags", "iam:PassRole", "events:*"]
    role, job = laptop.role("machine", "states", allows=allowed), laptop.role("machine-job", "sagemaker")
    for name, program in (("good", "print(1)"), ("bad", "raise SystemExit(3)")):
        application = {"ImageUri": image, "ContainerEntrypoint": ["python3", "-c", program]}
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
            "Parameters": {**PROCESS, "AppSpecification": application, "RoleArn": job},
            "End": True,
        }
        machine = {"StartAt": "Process", "States": {"Process": state}}
        said = students.run(laptop, f"machine-{name}", machine, role, {"name": f"machine-{name}"})
        if name == "bad":
            assert (said["status"], said["error"]) == ("FAILED", "States.TaskFailed"), said
            assert "exit code: 3" in json.loads(said["cause"])["FailureReason"]
        else:
            assert said["status"] == "SUCCEEDED", said
            assert json.loads(said["output"])["Tags"]["MANAGED_BY_AWS"] == "STARTED_BY_STEP_FUNCTIONS"


def test_a_machine_whose_role_may_not_watch_jobs_is_not_made(workflows: Workflows) -> None:
    laptop = workflows.laptop
    role = laptop.role("machine-blind", "states", allows=["sagemaker:*", "iam:PassRole"])
    state = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "End": True}
    definition = json.dumps({"StartAt": "Train", "States": {"Train": state}})
    with pytest.raises(ClientError, match="is not authorized to create managed-rule"):
        laptop.client("stepfunctions").create_state_machine(name="blind", definition=definition, roleArn=role)
