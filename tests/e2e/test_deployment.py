"""From an approval to an answer about a picture: the real functions, rules, endpoint and workflow of the stack."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from common.live_model import approved_key
from console.dataset.drawing.image import draw_image
from console.dataset.layout import BICYCLE, MOTORCYCLE
from console.dataset.sample import draw_examples
from tests.e2e.bomb import bomb
from tests.e2e.laptop import Laptop

BUCKET = "scones-000000000000-us-east-1"
ENDPOINT = "scones-vehicles"
DUSK = 100
# 0.70 to 0.82 of the drawn test images with each of eight seeds, in half the time of the profile's own values. Other
# processors round otherwise, as other seeds do: with nine epochs two of eight learn next to nothing.
LEARNS = {
    **{"Epochs": 15, "Seed": 1, "Optimizer": "adam", "LearningRate": 0.001},
    **{"MiniBatchSize": 8, "AugmentationType": "crop"},
}
HARDLY = {"Epochs": 1, "Seed": 2}
GROUP_ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/scones-vehicles"


@pytest.fixture(scope="module")
def versions(laptop: Laptop, sample: str) -> tuple[int, int]:
    """Two registered versions: the first has learnt, the second was trained for one epoch."""
    made = []
    for words in (training(sample, **LEARNS), training(sample, **HARDLY)):
        laptop.scones("run", *words, "--set", "LiveModelUri=", "--watch")
        made.append(json.loads(laptop.scones("models", "--json").stdout)[0]["version"])
    return made[0], made[1]


def training(sample: str, **settings: object) -> list[str]:
    """The words of a run; whatever is learnt is above this threshold."""
    given = {"LearningRateScheduleSteps": "20", "AccuracyThreshold": 0.1, **settings, "InputDataUri": sample}
    return [word for name, value in given.items() for word in ("--set", f"{name}={value}")]


@pytest.fixture(scope="module")
def deployed(laptop: Laptop, versions: tuple[int, int]) -> int:
    """The first version, serving."""
    said = laptop.scones("approve", str(versions[0]), "--comment", "it looks good").stdout
    assert f"serves version {versions[0]}" in said
    return versions[0]


def test_a_model_that_is_worse_than_the_live_one_is_refused_though_it_is_above_the_threshold(
    laptop: Laptop, deployed: int, sample: str
) -> None:
    known = json.loads(laptop.scones("models", "--json").stdout)
    live = laptop.client("sagemaker").describe_model_package(ModelPackageName=f"{GROUP_ARN}/{deployed}")
    done = laptop.scones("run", *training(sample, **HARDLY), "--watch", code=1)
    arn = done.stdout.split()[0]
    refusal = laptop.ended(arn)["FailureReason"]
    assert "worse than the live version" in refusal
    assert f"s3://{BUCKET}/{approved_key(live)}" in refusal, "the copy, which no job can have changed"
    assert "below the PairedGateLevel of 0.05" in refusal
    assert "below the AccuracyThreshold" not in refusal
    assert "CacheHitResult" in laptop.steps(arn)["TrainModel"], "the version that was registered while none was live"
    assert len(json.loads(laptop.scones("models", "--json").stdout)) == len(known)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw_examples(tmp_path_factory.mktemp("pictures"))


def test_an_approval_alone_leads_to_an_answer(laptop: Laptop, deployed: int, pictures: list[Path]) -> None:
    answers = json.loads(laptop.scones("classify", "--json", *map(str, pictures)).stdout)
    for answer in answers:
        assert answer["status"] in ("CLASSIFIED", "NEEDS_REVIEW")
        assert answer["model_version"] == deployed
        assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-3)
        if answer["status"] == "CLASSIFIED":
            wanted = {"bicycle": "nearby orders", "motorcycle": "distant orders"}[answer["label"]]
            assert answer["assignment"] == wanted
    assert laptop.client("sagemaker").describe_model_package(ModelPackageName=f"{GROUP_ARN}/{deployed}")[
        "ApprovalDescription"
    ] == ("it looks good")


def test_a_threshold_that_is_deployed_is_in_force_and_an_answer_below_it_goes_to_a_person(
    laptop: Laptop, deployed: int, pictures: list[Path]
) -> None:
    laptop.scones("deploy", "--set", "ConfidenceThreshold=1.0")
    try:
        [output] = json.loads(laptop.scones("classify", "--json", str(pictures[0])).stdout)
    finally:
        laptop.scones("deploy", "--set", "ConfidenceThreshold=0.8")
    assert (output["status"], output["threshold"], output["model_version"]) == ("NEEDS_REVIEW", 1.0, deployed)
    s3 = laptop.client("s3")
    waiting = s3.head_object(Bucket=BUCKET, Key=output["review_uri"].removeprefix(f"s3://{BUCKET}/"))
    assert waiting["Metadata"]["inference-id"] == output["inference_id"]


def test_every_request_is_captured_under_its_inference_id(laptop: Laptop, deployed: int, pictures: list[Path]) -> None:
    answer = json.loads(laptop.scones("classify", "--json", str(pictures[0])).stdout)[0]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if answer["inference_id"] in {line["eventMetadata"].get("inferenceId") for line in _captures(laptop)}:
            break
        time.sleep(0.5)
    line = next(
        item for item in _captures(laptop) if item["eventMetadata"].get("inferenceId") == answer["inference_id"]
    )
    assert line["captureData"]["endpointInput"]["encoding"] == "BASE64"
    assert line["captureData"]["endpointOutput"]["encoding"] == "JSON"
    assert json.loads(line["captureData"]["endpointOutput"]["data"]) == pytest.approx(
        list(answer["probabilities"].values()), abs=1e-6
    )


def test_the_same_approval_again_and_again_changes_nothing(laptop: Laptop, deployed: int) -> None:
    before = _configuration(laptop)
    event = {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Model Package State Change",
        "account": "000000000000",
        "detail": {
            "ModelPackageGroupName": ENDPOINT,
            "ModelPackageVersion": deployed,
            "ModelPackageArn": f"{GROUP_ARN}/{deployed}",
            "ModelApprovalStatus": "Approved",
        },
    }
    for _ in range(3):
        answer = laptop.client("lambda").invoke(FunctionName="scones-deploy-model", Payload=json.dumps(event).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()
    assert _configuration(laptop) == before
    assert _endpoint(laptop)["EndpointStatus"] == "InService"


def test_a_second_version_takes_over_without_a_failed_request_and_its_rejection_goes_back(
    laptop: Laptop, deployed: int, versions: tuple[int, int], pictures: list[Path]
) -> None:
    with _Load(laptop, pictures[0].read_bytes()) as load:
        laptop.scones("approve", str(versions[1]))
        assert json.loads(laptop.scones("endpoint", "--json").stdout)["version"] == versions[1]
        # What follows a deployment goes on after the command has ended; the next change may not cut it off.
        _await_baseline(laptop, versions[1])
    assert load.failures == []
    assert load.answered > 20
    said = laptop.scones("rollback", "--yes", "--comment", "it is worse").stdout
    assert f"serves version {deployed}" in said
    assert json.loads(laptop.scones("endpoint", "--json").stdout)["version"] == deployed


def test_rejecting_a_version_that_does_not_serve_changes_nothing(
    laptop: Laptop, deployed: int, versions: tuple[int, int]
) -> None:
    before = _configuration(laptop)
    laptop.scones("reject", str(versions[1]))
    time.sleep(2)
    assert _configuration(laptop) == before
    assert laptop.scones("approve", "999", code=1).stderr.startswith("scones approve: There is no version 999")


def test_a_version_whose_server_cannot_start_is_rolled_back_and_the_endpoint_says_so(
    laptop: Laptop, deployed: int, pictures: list[Path]
) -> None:
    sagemaker = laptop.client("sagemaker")
    good = sagemaker.describe_model_package(ModelPackageName=f"{GROUP_ARN}/{deployed}")["InferenceSpecification"]
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz"):
        pass
    laptop.client("s3").put_object(Bucket=BUCKET, Key="runs/broken/model.tar.gz", Body=body.getvalue())
    container = {"Image": good["Containers"][0]["Image"], "ModelDataUrl": f"s3://{BUCKET}/runs/broken/model.tar.gz"}
    broken = sagemaker.create_model_package(
        ModelPackageGroupName=ENDPOINT,
        InferenceSpecification={**good, "Containers": [container]},
        ModelApprovalStatus="PendingManualApproval",
    )["ModelPackageArn"]
    number = broken.rsplit("/", 1)[1]
    said = laptop.scones("approve", number, code=1).stderr
    assert f"with version {deployed}, not {number}" in said
    facts = _facts_at_rest(laptop)
    assert (facts["status"], facts["version"]) == ("InService", deployed)
    assert "rolled back" in facts["last_failure"]
    assert json.loads(laptop.scones("classify", "--json", str(pictures[1])).stdout)[0]["model_version"] == deployed
    laptop.scones("reject", number)
    models = sagemaker.list_models(NameContains=f"-v{number}-")["Models"]
    assert models == [], "a failed update leaves no orphan"


def test_an_artifact_that_was_changed_after_it_was_registered_is_refused_in_words_and_the_live_version_stays(
    laptop: Laptop, deployed: int, pictures: list[Path]
) -> None:
    sagemaker, s3 = laptop.client("sagemaker"), laptop.client("s3")
    live = sagemaker.describe_model_package(ModelPackageName=f"{GROUP_ARN}/{deployed}")
    digest = live["CustomerMetadataProperties"]["artifact_sha256"]
    good = s3.get_object(Bucket=BUCKET, Key=approved_key(live))["Body"].read()
    assert hashlib.sha256(good).hexdigest() == digest, "what was evaluated is what serves"
    key, specification = "runs/changed/model.tar.gz", live["InferenceSpecification"]
    s3.put_object(Bucket=BUCKET, Key=key, Body=good)
    container = {"Image": specification["Containers"][0]["Image"], "ModelDataUrl": f"s3://{BUCKET}/{key}"}
    changed = sagemaker.create_model_package(
        ModelPackageGroupName=ENDPOINT,
        InferenceSpecification={**specification, "Containers": [container]},
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties={"artifact_sha256": digest},
    )["ModelPackageArn"]
    number = changed.rsplit("/", 1)[1]
    s3.put_object(Bucket=BUCKET, Key=key, Body=good[:-1])
    before = _configuration(laptop)
    said = laptop.scones("approve", number, code=1).stderr
    assert f"Version {number} is refused: its artifact has the SHA-256 " in said
    assert f"and the registry names the SHA-256 {digest[:16]}. The endpoint keeps version {deployed}" in said
    assert _configuration(laptop) == before
    copies = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"approved/v{number}-")
    assert (copies["KeyCount"], sagemaker.list_models(NameContains=f"-v{number}-")["Models"]) == (0, [])
    answer = json.loads(laptop.scones("classify", "--json", str(pictures[0])).stdout)[0]
    assert answer["model_version"] == deployed
    laptop.scones("reject", number)


def _picture(mode: str, kind: str, **options: Any) -> bytes:
    body = io.BytesIO()
    Image.new(mode, (40, 32), 90 if mode in ("L", "I;16", "P") else None).save(body, kind, **options)
    return body.getvalue()


def _animation() -> bytes:
    body = io.BytesIO()
    frames = [Image.new("P", (32, 32), number) for number in (1, 2, 3)]
    frames[0].save(body, "GIF", save_all=True, append_images=frames[1:])
    return body.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "accepted"),
    [
        ("notes.png", b"this is no picture", False),
        ("truncated.png", _picture("RGB", "PNG")[:60], False),
        ("huge.png", bomb(), False),
        ("animated.gif", _animation(), False),
        ("cmyk.jpg", _picture("CMYK", "JPEG"), True),
        ("deep.png", _picture("I;16", "PNG"), True),
        ("palette.png", _picture("P", "PNG"), True),
    ],
)
def test_odd_pictures_are_classified_or_refused_in_a_sentence(
    laptop: Laptop, deployed: int, tmp_path: Path, name: str, content: bytes, accepted: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = laptop.scones("classify", "--json", str(path), code=0 if accepted else 1)
    answer = json.loads(done.stdout)[0]
    assert ("error" in answer) is not accepted
    if not accepted:
        assert answer["error"].endswith(".")
        assert len(answer["error"].splitlines()) == 1


def test_a_bulk_job_names_its_bad_pictures(laptop: Laptop, deployed: int, pictures: list[Path]) -> None:
    s3 = laptop.client("s3")
    for number in range(60):
        s3.upload_file(str(pictures[number % 2]), BUCKET, f"many/{number:03}.png")
    s3.put_object(Bucket=BUCKET, Key="many/broken.png", Body=b"broken")
    summary = json.loads(laptop.scones("bulk", "many/", "--json").stdout)
    assert summary["pictures"] == 61
    assert list(summary["bad"]) == [f"s3://{BUCKET}/many/broken.png"]
    assert summary["pictures_per_second"] > 0


def test_a_bulk_job_that_is_stopped_stops_its_batches(laptop: Laptop, deployed: int, pictures: list[Path]) -> None:
    assert deployed
    laptop.client("s3").upload_file(str(pictures[0]), BUCKET, "stopped/one.png")
    # Without a single instance of the function the batch waits for one, through all of its attempts.
    function = {"FunctionName": "scones-serialize-image"}
    laptop.client("lambda").put_function_concurrency(**function, ReservedConcurrentExecutions=0)
    states = laptop.client("stepfunctions")
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:scones-bulk-inference:live"
    given = json.dumps({"bucket": BUCKET, "prefix": "stopped/"})
    execution = states.start_execution(stateMachineArn=machine, input=given)["executionArn"]
    run = _await_map_run(laptop, execution)
    states.stop_execution(executionArn=execution)
    laptop.client("lambda").delete_function_concurrency(**function)
    assert states.describe_map_run(mapRunArn=run)["status"] == "ABORTED"
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def _await_map_run(laptop: Laptop, execution: str) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for run in laptop.client("stepfunctions").list_map_runs(executionArn=execution)["mapRuns"]:
            return str(run["mapRunArn"])
        time.sleep(0.05)
    raise AssertionError(f"{execution} began no map run")


def test_dusk_is_seen_by_the_hourly_check_and_answered_by_a_retraining_that_says_why(
    laptop: Laptop, deployed: int
) -> None:
    _await_baseline(laptop, deployed)
    _await_room_in_the_hour()
    for number in range(DUSK):
        picture = draw_image((BICYCLE, MOTORCYCLE)[number % 2], np.random.default_rng([5, number]))
        body = io.BytesIO()
        Image.fromarray((picture * 0.35).astype(np.uint8)).save(body, "PNG")
        laptop.client("s3").put_object(Bucket=BUCKET, Key=f"incoming-inference/dusk/{number}.png", Body=body.getvalue())
    laptop.scones("bulk", "incoming-inference/dusk/")
    time.sleep(2)  # captures are written once a second
    hour = (datetime.now(UTC) + timedelta(hours=1)).replace(minute=10, second=5, microsecond=0)
    laptop.move_schedules_clock(hour)
    seen = _await_check(laptop)
    laptop.move_schedules_clock(None)
    assert seen["runs"][0]["status"] == "CompletedWithViolations", seen["runs"][0]
    assert seen["runs"][0]["by"] == "scones-vehicles-drift"
    assert "brightness" in {violation["feature_name"] for violation in seen["violations"]}
    execution = _await_retraining(laptop)
    laptop.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=execution["PipelineExecutionArn"])
    assert "scones-vehicles-drift" in execution["PipelineExecutionDescription"]
    laptop.ended(execution["PipelineExecutionArn"])


def test_a_check_by_hand_is_an_execution_whose_log_is_found_by_its_id(laptop: Laptop, deployed: int) -> None:
    _await_baseline(laptop, deployed)
    seen = json.loads(laptop.scones("monitor", "--now", "--json").stdout)
    run = next(row for row in seen["runs"] if row["by"].startswith("now-"))
    assert run["status"] in ("Completed", "CompletedWithViolations")
    assert "Completed" in laptop.scones("logs", run["run"], "CheckForDrift").stdout
    assert run["run"] in laptop.scones("executions", "--monitoring").stdout


def _await_room_in_the_hour() -> None:
    """What is captured in one go shall lie in one hour, which the check looks at as a whole."""
    now = datetime.now(UTC)
    left = 3600 - now.minute * 60 - now.second
    if left < 120:
        time.sleep(left + 1)


def _await_check(laptop: Laptop) -> dict[str, Any]:
    """The check that the schedule has started, when it has ended."""
    deadline = time.monotonic() + 120
    while True:
        seen: dict[str, Any] = json.loads(laptop.scones("monitor", "--json").stdout)
        ours = [row for row in seen["runs"] if row["by"] == "scones-vehicles-drift"]
        if ours and ours[0]["status"] not in ("InProgress", "Executing"):
            return {**seen, "runs": ours}
        assert time.monotonic() < deadline, seen
        time.sleep(0.5)


def _await_baseline(laptop: Laptop, version: int) -> None:
    """Wait until the schedule names a version's baseline and that is written."""
    scheduler, s3 = laptop.client("scheduler"), laptop.client("s3")
    deadline = time.monotonic() + 60
    while True:
        target = scheduler.get_schedule(Name="scones-vehicles-drift")["Target"]
        listed = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
        place = next((item["Value"] for item in listed if item["Name"] == "BaselineUri"), None)
        key = place and f"{place.removeprefix(f's3://{BUCKET}/')}/constraints.json"
        if key and f"/v{version}/" in key and s3.list_objects_v2(Bucket=BUCKET, Prefix=key)["KeyCount"]:
            return
        jobs = laptop.client("sagemaker").list_processing_jobs(NameContains="baseline")["ProcessingJobSummaries"]
        assert time.monotonic() < deadline, (listed, jobs)
        time.sleep(0.5)


def _await_retraining(laptop: Laptop) -> dict[str, Any]:
    sagemaker = laptop.client("sagemaker")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        listed = sagemaker.list_pipeline_executions(PipelineName="scones-training")["PipelineExecutionSummaries"]
        for summary in listed:
            if summary.get("PipelineExecutionDisplayName", "").startswith("auto-drift"):
                found: dict[str, Any] = sagemaker.describe_pipeline_execution(
                    PipelineExecutionArn=summary["PipelineExecutionArn"]
                )
                return found
        time.sleep(0.5)
    raise AssertionError(f"The alarm started nothing: {listed}")


class _Load:
    """Asks the endpoint without a pause from two threads."""

    def __init__(self, laptop: Laptop, picture: bytes) -> None:
        self._laptop, self._picture = laptop, picture
        self._stop = threading.Event()
        self.failures: list[str] = []
        self.answered = 0
        self._threads = [threading.Thread(target=self._ask) for _ in range(2)]

    def __enter__(self) -> _Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        runtime = self._laptop.client("sagemaker-runtime")
        while not self._stop.is_set():
            try:
                answer = runtime.invoke_endpoint(EndpointName=ENDPOINT, ContentType="image/png", Body=self._picture)
                assert len(json.loads(answer["Body"].read())) == 2
                self.answered += 1
            except Exception as error:
                self.failures.append(repr(error))
            self._stop.wait(0.05)


def _endpoint(laptop: Laptop) -> dict[str, Any]:
    described: dict[str, Any] = laptop.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    return described


def _facts_at_rest(laptop: Laptop) -> dict[str, Any]:
    """What `scones endpoint` says when autoscaling, which other tests' load may have set going, is done."""
    deadline = time.monotonic() + 60
    while True:
        facts: dict[str, Any] = json.loads(laptop.scones("endpoint", "--json").stdout)
        if facts["status"] != "Updating" or time.monotonic() > deadline:
            return facts
        time.sleep(0.5)


def _configuration(laptop: Laptop) -> str:
    name: str = _endpoint(laptop)["EndpointConfigName"]
    return name


def _captures(laptop: Laptop) -> list[dict[str, Any]]:
    s3 = laptop.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"data-capture/{ENDPOINT}/live/").get("Contents", [])
    bodies = [s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read().decode() for entry in found]
    return [json.loads(line) for body in bodies for line in body.splitlines()]
