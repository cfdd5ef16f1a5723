"""Training jobs, run whole with small programs against a faked S3; and what AWS refuses to create."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localaws.errors import AwsError
from localaws.operations import SAGEMAKER

if TYPE_CHECKING:
    from localaws.aws import Aws
    from localaws.images.program import Program
    from tests.unit.localaws.conftest import Api

BUILTIN = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
TRAIN = """
import json, pathlib
root = pathlib.Path('/opt/ml')
config = {path.name: json.loads(path.read_text()) for path in (root / 'input/config').iterdir()}
config['seen'] = sorted(path.name for path in (root / 'input/data/train').iterdir())

(root / 'model/config.json').write_text(json.dumps(config))
(root / 'output/data/curve.csv').write_text('1,2')
print('Epoch[0] Train-accuracy=0.5')
print('Epoch[1] Train-accuracy=0.75')
"""
FAIL = "import pathlib; pathlib.Path('/opt/ml/output/failure').write_text('bad rate'); raise SystemExit(3)"
SLEEP = """
import pathlib, time
pathlib.Path('/opt/ml/model/half').write_text('half')
print('up', flush=True)
time.sleep(60)
"""
METRICS = [{"Name": "train:accuracy", "Regex": r"Train-accuracy=([0-9.]+)"}]


def request(program: str = "", **more: object) -> dict[str, Any]:
    """A job of this program (an entry point has at most 256 letters), or of TRAIN, which the image stands for."""
    own = {"ContainerEntrypoint": ["python3", "-c", program]} if program else {}
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in", "S3DataDistributionType": "FullyReplicated"}
    return {
        "TrainingJobName": "Train",
        "AlgorithmSpecification": {
            "TrainingImage": "own",
            "TrainingInputMode": "File",
            "MetricDefinitions": METRICS,
            **own,
        },
        "HyperParameters": {"rate": "0.1"},
        "InputDataConfig": [
            {"ChannelName": "train", "DataSource": {"S3DataSource": source}, "ContentType": "application/x-image"}
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "RoleArn": "arn:aws:iam::000000000000:role/job",
        **more,
    }


@pytest.fixture
def begin(cloud: Aws, cloud_api: Api) -> Callable[..., str]:
    """Put the files a to d below in/ and start the job."""
    (cloud.settings.home / "images.json").write_text(json.dumps({"own": ["python3", "-c", TRAIN]}))
    for name in "abcd":
        cloud.clients.s3.put_object(Bucket="bucket", Key=f"in/{name}", Body=b"x")

    def start(**members: object) -> str:
        arn: str = cloud_api("CreateTrainingJob", **members)["TrainingJobArn"]
        return arn

    return start


@pytest.fixture
def run(cloud: Aws, cloud_api: Api, begin: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """Run a job to its end and describe it."""

    def to_its_end(**members: object) -> dict[str, Any]:
        cloud.tasks.join(begin(**members), 20)
        return cloud_api("DescribeTrainingJob", TrainingJobName=members["TrainingJobName"])

    return to_its_end


Run = Callable[..., dict[str, Any]]


def unpacked(cloud: Aws, key: str) -> dict[str, bytes]:
    body = cloud.clients.s3.get_object(Bucket="bucket", Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]


def transitions(job: dict[str, Any]) -> list[str]:
    return [item["Status"] for item in job["SecondaryStatusTransitions"]]


def test_a_job_goes_through_aws_s_stages_and_leaves_its_model(run: Run, cloud: Aws) -> None:
    ended = run(**request())
    assert (ended["TrainingJobStatus"], ended["SecondaryStatus"]) == ("Completed", "Completed")
    assert transitions(ended) == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert ended["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/models/Train/output/model.tar.gz"}
    assert list(unpacked(cloud, "models/Train/output/model.tar.gz")) == ["config.json"]
    assert unpacked(cloud, "models/Train/output/output.tar.gz") == {"curve.csv": b"1,2"}


def test_a_model_that_is_not_to_be_compressed_lies_as_its_files(run: Run, cloud: Aws) -> None:
    asked = request(OutputDataConfig={"S3OutputPath": "s3://bucket/models", "CompressionType": "NONE"})
    ended = run(**asked)
    assert ended["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/models/Train/output/model/"}
    listed = cloud.clients.s3.list_objects_v2(Bucket="bucket", Prefix="models/Train/output/model/")["Contents"]
    assert [item["Key"] for item in listed] == ["models/Train/output/model/config.json"]


def test_each_stage_ends_when_the_next_begins(run: Run) -> None:
    ended = run(**request())
    stages = ended["SecondaryStatusTransitions"]
    for stage, following in pairwise(stages):
        assert stage["StartTime"] <= stage["EndTime"] <= following["StartTime"]
    assert all(stage["StatusMessage"] for stage in stages)
    assert ended["TrainingStartTime"] <= ended["TrainingEndTime"]
    assert ended["BillableTimeInSeconds"] == ended["TrainingTimeInSeconds"] >= 1


def test_a_job_that_waits_for_its_packages_says_so_in_its_status(
    run: Run, cloud_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def wait(program: Program, _root: Path, on_progress: Callable[[str], None], _given_up: object) -> Program:
        on_progress("Fetched 1 of 2 MB ...")
        described = cloud_api("DescribeTrainingJob", TrainingJobName="Train")
        seen.append(described["SecondaryStatusTransitions"][-1]["StatusMessage"])
        return program

    monkeypatch.setattr("localaws.jobs.supervise.prepare", wait)
    ended = run(**request())
    assert seen == ["Downloading the training image: Fetched 1 of 2 MB ..."]
    said = {stage["Status"]: stage["StatusMessage"] for stage in ended["SecondaryStatusTransitions"]}
    assert said["Training"] == "Training image download completed. Training in progress."


def test_a_program_finds_its_configuration_and_its_channel(run: Run, cloud: Aws) -> None:
    run(**request())
    config = json.loads(unpacked(cloud, "models/Train/output/model.tar.gz")["config.json"])
    assert config["hyperparameters.json"] == {"rate": "0.1"}
    assert config["inputdataconfig.json"]["train"] == {
        "TrainingInputMode": "File",
        "S3DistributionType": "FullyReplicated",
        "RecordWrapperType": "None",
        "ContentType": "application/x-image",
    }
    assert config["resourceconfig.json"]["current_host"] == "algo-1"
    assert config["seen"] == ["a", "b", "c", "d"]


def test_a_program_finds_what_the_sdk_s_own_programs_in_a_container_ask_for(run: Run, cloud: Aws) -> None:
    # https://github.com/aws/sagemaker-python-sdk: container_drivers/scripts/environment.py of SDK 3
    said = "' '.join(os.environ[f'TRAINING_JOB_{name}'] for name in ('NAME', 'ARN'))"
    ended = run(**request(f"import os; open('/opt/ml/model/said', 'w').write({said})"))
    assert unpacked(cloud, "models/Train/output/model.tar.gz")["said"].decode() == f"Train {ended['TrainingJobArn']}"
    config = json.loads((cloud.settings.jobs / "Train/algo-1/input/config/resourceconfig.json").read_text())
    assert config["current_instance_type"] == "ml.m5.large"
    (group,) = config["instance_groups"]
    assert (group["instance_group_name"], group["hosts"]) == (config["current_group_name"], ["algo-1"])


def test_the_last_value_of_each_metric_is_described(run: Run) -> None:
    (metric,) = run(**request())["FinalMetricDataList"]
    assert (metric["MetricName"], metric["Value"]) == ("train:accuracy", 0.75)


def test_a_failure_has_the_program_s_words_and_exit_code(run: Run) -> None:
    ended = run(**request(FAIL))
    assert (ended["TrainingJobStatus"], ended["SecondaryStatus"]) == ("Failed", "Failed")
    assert ended["FailureReason"] == "AlgorithmError: bad rate, exit code: 3"
    assert transitions(ended) == ["Starting", "Downloading", "Training", "Failed"]


def test_a_failure_without_its_file_ends_with_the_last_traceback(run: Run, cloud: Aws) -> None:
    ended = run(**request("print('begun'); import json; json.loads('{')"))
    reason = ended["FailureReason"]
    assert reason.startswith("AlgorithmError: Traceback (most recent call last):\n")
    assert "\njson.decoder.JSONDecodeError: Expecting property name" in reason
    assert reason.endswith("(char 1), exit code: 1")
    assert str(cloud.settings.home) not in reason


def test_a_failure_without_a_traceback_ends_with_the_last_lines(run: Run) -> None:
    ended = run(**request("print('loading', 'no rows', sep='\\n'); raise SystemExit(4)"))
    assert ended["FailureReason"] == "AlgorithmError: loading\nno rows, exit code: 4"


def test_a_killed_program_has_the_exit_code_of_a_container(run: Run) -> None:
    ended = run(**request("import os; os.kill(os.getpid(), 9)"))
    assert ended["FailureReason"].endswith("exit code: 137")


def test_metrics_reach_cloudwatch_with_the_job_s_name(run: Run, cloud: Aws) -> None:
    run(**request())
    listed = cloud.clients.get("cloudwatch").list_metrics(Namespace="/aws/sagemaker/TrainingJobs")["Metrics"]
    assert [(item["MetricName"], item["Dimensions"]) for item in listed] == [
        ("train:accuracy", [{"Name": "TrainingJobName", "Value": "Train"}])
    ]


def test_a_program_may_blame_the_client_itself(run: Run) -> None:
    ended = run(**request(FAIL.replace("bad rate", "ClientError: bad rate")))
    assert ended["FailureReason"] == "ClientError: bad rate, exit code: 3"


def test_a_job_that_runs_too_long_is_stopped_and_keeps_what_it_has(run: Run, cloud: Aws) -> None:
    ended = run(**request(SLEEP, StoppingCondition={"MaxRuntimeInSeconds": 1}))
    assert (ended["TrainingJobStatus"], ended["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert unpacked(cloud, "models/Train/output/model.tar.gz") == {"half": b"half"}


def test_a_stopped_job_keeps_what_it_has(
    cloud: Aws, cloud_api: Api, begin: Callable[..., str], settled: Callable[..., None]
) -> None:
    arn = begin(**request(SLEEP))
    settled(lambda: any("up" in file.read_text() for file in cloud.settings.jobs.rglob("*.log")))
    cloud_api("StopTrainingJob", TrainingJobName="Train")
    cloud.tasks.join(arn, 10)
    ended = cloud_api("DescribeTrainingJob", TrainingJobName="Train")
    assert (ended["TrainingJobStatus"], transitions(ended)[-1]) == ("Stopped", "Stopped")
    assert unpacked(cloud, "models/Train/output/model.tar.gz") == {"half": b"half"}


def test_a_job_that_ends_while_it_is_asked_to_stop_does_not_stay_stopping(
    cloud: Aws, cloud_api: Api, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = run(**request())
    assert ended["TrainingJobStatus"] == "Completed"
    cloud_api.refused("StopTrainingJob", TrainingJobName="Train")
    assert cloud_api("DescribeTrainingJob", TrainingJobName="Train")["TrainingJobStatus"] == "Completed"
    held: list[bool] = []
    update = cloud.store.update

    def watched(*names: str, **changes: object) -> dict[str, Any]:
        held.append(cloud.store._depth > 0)
        return update(*names, **changes)

    cloud.store.update("training-job", "train", TrainingJobStatus="InProgress")
    monkeypatch.setattr(cloud.store, "update", watched)
    cloud_api("StopTrainingJob", TrainingJobName="Train")
    assert held
    assert all(held)


def test_two_instances_share_a_sharded_channel_and_the_first_s_model_is_kept(run: Run, cloud: Aws) -> None:
    asked = request()
    asked["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
    asked["ResourceConfig"]["InstanceCount"] = 2
    assert run(**asked)["TrainingJobStatus"] == "Completed"
    config = json.loads(unpacked(cloud, "models/Train/output/model.tar.gz")["config.json"])
    assert config["seen"] == ["a", "c"]
    assert config["resourceconfig.json"]["hosts"] == ["algo-1", "algo-2"]
    other = json.loads((cloud.settings.jobs / "Train/algo-2/model/config.json").read_text())
    assert other["seen"] == ["b", "d"]


def test_a_channel_that_is_not_in_s3_is_refused(cloud: Aws) -> None:
    asked = request()
    disk = {"FileSystemId": "fs-0123456789a", "FileSystemType": "EFS", "FileSystemAccessMode": "ro"}
    asked["InputDataConfig"][0]["DataSource"] = {"FileSystemDataSource": {**disk, "DirectoryPath": "/in"}}
    with pytest.raises(AwsError, match=r"does not emulate InputDataConfig\.DataSource\.FileSystemDataSource"):
        SAGEMAKER.call(cloud, "CreateTrainingJob", {"TrainingJobName": "one", **asked})


def test_a_channel_of_an_empty_folder_fails_the_job_while_it_downloads(run: Run, cloud: Aws) -> None:
    # The object that the S3 console makes for a folder: something is there when the job is created, and nothing in it.
    cloud.clients.s3.put_object(Bucket="bucket", Key="nothing/", Body=b"")
    asked = request()
    asked["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = "s3://bucket/nothing"
    ended = run(**asked)
    assert "No S3 objects found" in ended["FailureReason"]
    assert transitions(ended) == ["Starting", "Downloading", "Failed"]


def test_every_stage_of_a_job_is_an_event(run: Run, sent: Callable[[str], list[dict[str, Any]]]) -> None:
    run(**request())
    stages = [event["SecondaryStatus"] for event in sent("Training Job State Change")]
    assert stages == ["Starting", "Downloading", "Training", "Uploading", "Completed"]


def specified(**more: object) -> dict[str, Any]:
    asked = request()
    specification = {"TrainingImage": BUILTIN, "TrainingInputMode": "File"}
    return {**asked, "AlgorithmSpecification": {**specification, **more}}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (specified(), "trains on GPU instances only; 'ml.m5.large' was given"),
        (specified(MetricDefinitions=METRICS), "You can't override the metric definitions"),
        (specified(AlgorithmName="mine-1"), "Give either TrainingImage or AlgorithmName"),
        ({k: v for k, v in request().items() if k != "ResourceConfig"}, "ResourceConfig is required"),
        ({k: v for k, v in request().items() if k != "StoppingCondition"}, "StoppingCondition is required"),
        ({k: v for k, v in request().items() if k != "AlgorithmSpecification"}, "AlgorithmSpecification is required"),
    ],
)
def test_what_aws_does_not_create_is_refused(api: Api, asked: dict[str, Any], sentence: str) -> None:
    code, said = api.refused("CreateTrainingJob", **asked)
    assert code == "ValidationException"
    assert sentence in said
    assert api("ListTrainingJobs")["TrainingJobSummaries"] == []
