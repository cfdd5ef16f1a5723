"""Processing jobs, run whole with small programs against a faked S3."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localaws.errors import AwsError
from localaws.jobs import rewriting
from localaws.operations import SAGEMAKER

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api

COPY = """
import json, pathlib, sys
root = pathlib.Path('/opt/ml/processing')
host = json.loads(pathlib.Path('/opt/ml/config/resourceconfig.json').read_text())['current_host']
names = sorted(path.name for path in (root / 'in').iterdir())
(root / 'out' / f'{host}.json').write_text(json.dumps(names))
pathlib.Path('/opt/ml/output/message').write_text(f'{len(names)} copied')
print('copied', names)
"""
FAIL = "import pathlib; pathlib.Path('/opt/ml/output/message').write_text('no archive'); raise SystemExit(3)"
SLEEP = "import time; print('up', flush=True); time.sleep(60)"


def place(uri: str, path: str, **more: object) -> dict[str, Any]:
    return {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/{path}", **more}


def request(program: str = "", count: int = 1, sharded: bool = False, **more: object) -> dict[str, Any]:
    """A job of this program (an entry point has at most 256 letters), or of COPY, which the image stands for."""
    own = {"ContainerEntrypoint": ["python3", "-c", program]} if program else {}
    distribution = "ShardedByS3Key" if sharded else "FullyReplicated"
    source = place("s3://bucket/in", "in", S3DataType="S3Prefix", S3InputMode="File")
    target = place("s3://bucket/out", "out", S3UploadMode="EndOfJob")
    cluster = {"InstanceCount": count, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    return {
        "ProcessingJobName": "Prepare",
        "AppSpecification": {"ImageUri": "own", **own},
        "ProcessingInputs": [{"InputName": "in", "S3Input": {**source, "S3DataDistributionType": distribution}}],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "out", "S3Output": target}]},
        "ProcessingResources": {"ClusterConfig": cluster},
        "RoleArn": "arn:aws:iam::000000000000:role/job",
        **more,
    }


@pytest.fixture
def run(cloud: Aws, cloud_api: Api) -> Callable[..., dict[str, Any]]:
    """Put the files a to e below in/, run the job to its end and describe it."""
    (cloud.settings.home / "images.json").write_text(json.dumps({"own": ["python3", "-c", COPY]}))
    for name in "abcde":
        cloud.clients.s3.put_object(Bucket="bucket", Key=f"in/{name}", Body=b"x")

    def to_its_end(**members: object) -> dict[str, Any]:
        arn = cloud_api("CreateProcessingJob", **members)["ProcessingJobArn"]
        cloud.tasks.join(arn, 20)
        return cloud_api("DescribeProcessingJob", ProcessingJobName=members["ProcessingJobName"])

    return to_its_end


Run = Callable[..., dict[str, Any]]


def read(cloud: Aws, key: str) -> Any:
    return json.loads(cloud.clients.s3.get_object(Bucket="bucket", Key=key)["Body"].read())


def test_a_job_reads_its_inputs_writes_its_outputs_and_says_its_message(run: Run, cloud: Aws) -> None:
    ended = run(**request())
    assert (ended["ProcessingJobStatus"], ended["ExitMessage"]) == ("Completed", "5 copied")
    assert read(cloud, "out/algo-1.json") == ["a", "b", "c", "d", "e"]
    assert ended["CreationTime"] <= ended["ProcessingStartTime"] <= ended["ProcessingEndTime"]


def test_its_log_lies_under_aws_s_names(run: Run, cloud: Aws) -> None:
    run(**request())
    group = "/aws/sagemaker/ProcessingJobs"
    (stream,) = cloud.clients.logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert stream["logStreamName"].startswith("Prepare/algo-1-")
    events = cloud.clients.logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
    assert events[0]["message"] == "copied ['a', 'b', 'c', 'd', 'e']"


def test_shards_are_shared_among_instances(run: Run, cloud: Aws) -> None:
    assert run(**request(count=2, sharded=True))["ProcessingJobStatus"] == "Completed"
    assert read(cloud, "out/algo-1.json") == ["a", "c", "e"]
    assert read(cloud, "out/algo-2.json") == ["b", "d"]


def test_each_instance_has_all_where_nothing_is_sharded(run: Run, cloud: Aws) -> None:
    run(**request(count=2))
    assert read(cloud, "out/algo-1.json") == read(cloud, "out/algo-2.json") == list("abcde")


def test_a_failure_has_the_program_s_words_and_exit_code(run: Run) -> None:
    ended = run(**request(FAIL))
    assert ended["ProcessingJobStatus"] == "Failed"
    assert ended["FailureReason"] == "AlgorithmError: no archive, exit code: 3"
    assert ended["ExitMessage"] == "no archive"


def test_a_program_that_cannot_be_started_has_no_time_of_its_start(run: Run, cloud: Aws) -> None:
    (cloud.settings.home / "images.json").write_text(json.dumps({"own": ["/nowhere/program"]}))
    ended = run(**request())
    assert ended["ProcessingJobStatus"] == "Failed"
    assert "ProcessingStartTime" not in ended
    assert ended["CreationTime"] <= ended["ProcessingEndTime"]


def test_a_failure_with_words_is_one_event(run: Run, sent: Callable[[str], list[dict[str, Any]]]) -> None:
    run(**request(FAIL))
    told = [(event["ProcessingJobStatus"], event.get("ExitMessage")) for event in sent("Processing Job State Change")]
    assert told[-1] == ("Failed", "no archive")
    assert [message for _, message in told[:-1]] == [None] * (len(told) - 1)


def test_a_failure_without_words_points_to_the_logs(run: Run) -> None:
    ended = run(**request("raise SystemExit(1)"))
    assert ended["FailureReason"] == "AlgorithmError: the program said nothing; see the job's logs, exit code: 1"
    assert "ExitMessage" not in ended


def test_one_instance_that_fails_ends_the_others(run: Run) -> None:
    program = f"import os; raise SystemExit(4) if os.getcwd().endswith('algo-2') else exec({SLEEP!r})"
    ended = run(**request(program, count=2))
    assert ended["ProcessingJobStatus"] == "Failed"
    assert "exit code: 4" in ended["FailureReason"]


def test_a_job_that_runs_too_long_is_stopped_with_the_reason(run: Run) -> None:
    ended = run(**request(SLEEP, StoppingCondition={"MaxRuntimeInSeconds": 1}))
    assert ended["ProcessingJobStatus"] == "Stopped"
    assert ended["FailureReason"].startswith("MaxRuntimeExceeded")


def test_a_job_can_be_stopped(cloud: Aws, cloud_api: Api, run: Run, settled: Callable[..., None]) -> None:
    assert callable(run)  # its inputs are there
    arn = cloud_api("CreateProcessingJob", **request(SLEEP))["ProcessingJobArn"]
    logs = cloud.settings.jobs / "Prepare/logs"
    settled(lambda: any("up" in file.read_text() for file in logs.rglob("*.log")))
    cloud_api("StopProcessingJob", ProcessingJobName="Prepare")
    cloud.tasks.join(arn, 10)
    ended = cloud_api("DescribeProcessingJob", ProcessingJobName="Prepare")
    assert (ended["ProcessingJobStatus"], ended.get("FailureReason")) == ("Stopped", None)
    code, sentence = cloud_api.refused("StopProcessingJob", ProcessingJobName="Prepare")
    assert code == "ValidationException"
    assert "is Stopped; only a job that is InProgress" in sentence


def test_an_input_that_is_not_there_fails_the_job_before_it_runs(run: Run) -> None:
    asked = request()
    asked["ProcessingInputs"][0]["S3Input"]["S3Uri"] = "s3://bucket/nothing"
    assert run(**asked)["FailureReason"].startswith("ClientError: No S3 objects found under S3 URL")


def test_an_image_without_a_program_fails_the_job(run: Run) -> None:
    ended = run(**request() | {"AppSpecification": {"ImageUri": "registry/other:1"}})
    assert "ClientError: The image registry/other:1 cannot run here" in ended["FailureReason"]


def test_an_input_of_another_kind_is_refused(cloud: Aws) -> None:
    query = {"InputName": "query", "DatasetDefinition": {"LocalPath": "/opt/ml/processing/query"}}
    asked = {"ProcessingJobName": "one", **request(), "ProcessingInputs": [query]}
    with pytest.raises(AwsError, match=r"does not emulate ProcessingInputs\.DatasetDefinition; leave"):
        SAGEMAKER.call(cloud, "CreateProcessingJob", asked)


def test_an_output_bucket_that_is_not_there_is_the_request_s_fault(run: Run) -> None:
    asked = request()
    asked["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = "s3://other/out"
    assert run(**asked)["FailureReason"].startswith("ClientError: s3://other/out/algo-1.json cannot be written")


def test_the_environment_and_the_scripts_of_a_job_name_its_own_directory(run: Run, cloud: Aws) -> None:
    script = b"import os; open('/opt/ml/processing/out/said', 'w').write(os.environ['PLACE'])"
    cloud.clients.s3.put_object(Bucket="bucket", Key="in/run.py", Body=script)
    asked = request(Environment={"PLACE": "/opt/ml/processing/in"})
    asked["AppSpecification"]["ContainerEntrypoint"] = ["python3", "/opt/ml/processing/in/run.py"]
    assert run(**asked)["ProcessingJobStatus"] == "Completed"
    said = cloud.clients.s3.get_object(Bucket="bucket", Key="out/said")["Body"].read().decode()
    assert said == str(cloud.settings.jobs / "Prepare/algo-1/processing/in")


def test_a_job_that_wrote_where_its_opt_ml_would_be_fails(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one does that makes the path while it runs, where there are no namespaces."""
    own = tmp_path / "machine"
    monkeypatch.setattr(rewriting, "look", lambda: {str(file): (0, 0, 0) for file in own.glob("*")})
    ended = run(**request(f"import os; os.mkdir('{own}'); open('{own}/model', 'w')"))
    assert ended["ProcessingJobStatus"] == "Failed"
    assert "changed this machine's own /opt/ml" in ended["FailureReason"]
    assert f"({own}/model)" in ended["FailureReason"]


@pytest.mark.parametrize("end", ["os.rename(out, out + '2')", "os.rename(out, out + '2'); os.symlink('/etc', out)"])
def test_an_output_that_a_program_replaced_is_not_looked_for_elsewhere(run: Run, end: str) -> None:
    ended = run(**request(f"import os; out = '/opt/ml/processing/out'; {end}"))
    assert ended["ProcessingJobStatus"] == "Failed"
    assert "ClientError: /opt/ml/processing/out is no folder any more" in ended["FailureReason"]


def test_a_name_is_given_once_whatever_its_case(run: Run, cloud_api: Api) -> None:
    run(**request())
    code, sentence = cloud_api.refused("CreateProcessingJob", **request() | {"ProcessingJobName": "PREPARE"})
    assert code == "ResourceInUse"
    assert "already exists" in sentence


def test_an_unknown_job_is_refused(api: Api) -> None:
    assert "not found" in api.refused("DescribeProcessingJob", ProcessingJobName="none")[1]


@pytest.mark.parametrize("path", ["/tmp/in", "/opt/ml/model", "/opt/ml/processing/../model", "/opt/ml/processing"])
def test_a_path_outside_processing_is_refused(api: Api, path: str) -> None:
    asked = request()
    asked["ProcessingInputs"][0]["S3Input"]["LocalPath"] = path
    code, sentence = api.refused("CreateProcessingJob", **asked)
    assert code == "ValidationException"
    assert f"LocalPath {path!r} is not allowed" in sentence


def test_an_error_of_our_own_ends_the_job_with_its_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the oven is cold")

    monkeypatch.setattr("localaws.jobs.processing.instances", broken)
    ended = run(**request())
    assert ended["FailureReason"] == "InternalServerError: RuntimeError: the oven is cold"
    assert ended["ProcessingJobStatus"] == "Failed"


def test_every_change_of_a_job_is_an_event(run: Run, sent: Callable[[str], list[dict[str, Any]]]) -> None:
    run(**request())
    events = sent("Processing Job State Change")
    assert [event["ProcessingJobStatus"] for event in events] == ["InProgress", "InProgress", "Completed"]
    assert events[-1]["ExitMessage"] == "5 copied"
