"""A job and a function of the shared local AWS look around: SageMaker's and Lambda's folders, and no laptop."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from typing import Any

import pytest

from localaws.isolation.launching import choose
from tests.e2e.laptop import REPOSITORY, Laptop

FOUND = choose(os.environ.get("SCONES_ISOLATION", ""))
pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not FOUND.namespaces, reason=FOUND.reason)]
BUCKET = "scones-000000000000-us-east-1"
ROOT = "/opt/ml/processing"
LOOK = """
import json, os

def look(hidden):
    return {
        "folder": os.getcwd(),
        "seen": sorted(os.listdir("/opt/ml")),
        "hidden": [path for path in hidden if os.path.exists(path)],
        "uid": os.getuid(),
        "home": os.path.expanduser("~"),
        "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    }
"""
# The path is put together while it runs, so no rewriting would find it.
JOB = """
import json, os, sys, tarfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from look import look
root = "/" + "/".join(["opt", "ml", "processing"])
with tarfile.open(root + "/code/more.tar.gz") as packed:
    packed.extractall("/opt/ml/processing/code/more")
exec(open(root + "/code/more/packed.py").read())
config = json.load(open("/opt/ml/config/processingjobconfig.json"))
place = config["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["LocalPath"]
with open(os.path.join(place, "said.json"), "w") as said:
    json.dump({**look(sys.argv[1:]), "place": place, "packed": open("/opt/ml/processing/code/packed.txt").read()}, said)
"""
PACKED = "open('/opt/ml/processing/code/packed.txt', 'w').write('from the archive')"


def hidden(laptop: Laptop) -> list[str]:
    state = [str(laptop.home / name) for name in ("credentials", "sagemaker.db", "tmp", "ministack")]
    return [*state, str(REPOSITORY / ".git"), str(REPOSITORY / "setup.py")]


@pytest.fixture(scope="module")
def said(laptop: Laptop) -> dict[str, Any]:
    """What a processing job wrote into its output."""
    s3, sagemaker = laptop.client("s3"), laptop.client("sagemaker")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        member = tarfile.TarInfo("packed.py")
        member.size = len(PACKED)
        packed.addfile(member, io.BytesIO(PACKED.encode()))
    for name, body in {"run.py": JOB, "look.py": LOOK, "more.tar.gz": archive.getvalue()}.items():
        s3.put_object(Bucket=BUCKET, Key=f"isolation/code/{name}", Body=body)
    place = {"S3Uri": f"s3://{BUCKET}/isolation/code/", "LocalPath": f"{ROOT}/code", "S3DataType": "S3Prefix"}
    output = {"S3Uri": f"s3://{BUCKET}/isolation/out", "LocalPath": f"{ROOT}/out", "S3UploadMode": "EndOfJob"}
    sagemaker.create_processing_job(
        ProcessingJobName="looks-around",
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
        AppSpecification={
            "ImageUri": laptop.push_image("looks:1"),
            "ContainerEntrypoint": ["python3", f"{ROOT}/code/run.py"],
            "ContainerArguments": hidden(laptop),
        },
        ProcessingInputs=[{"InputName": "code", "S3Input": {**place, "S3InputMode": "File"}}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": output}]},
        RoleArn=laptop.role("looks-around", "sagemaker"),
    )
    waiter = sagemaker.get_waiter("processing_job_completed_or_stopped")
    waiter.wait(ProcessingJobName="looks-around", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    described = sagemaker.describe_processing_job(ProcessingJobName="looks-around")
    assert described["ProcessingJobStatus"] == "Completed", described
    told: dict[str, Any] = json.loads(s3.get_object(Bucket=BUCKET, Key="isolation/out/said.json")["Body"].read())
    return told


def test_a_job_finds_opt_ml_however_it_names_it(said: dict[str, Any]) -> None:
    assert (said["place"], said["packed"]) == (f"{ROOT}/out", "from the archive")
    assert said["seen"] == ["config", "output", "processing"]


def test_a_job_begins_where_sagemaker_s_containers_do_as_root_with_a_home_of_its_own(said: dict[str, Any]) -> None:
    assert (said["folder"], said["uid"], said["home"]) == ("/", 0, "/root")


def test_a_job_sees_neither_the_laptop_s_home_nor_its_state_nor_other_processes(said: dict[str, Any]) -> None:
    assert said["hidden"] == []
    assert said["processes"] == 2 or not FOUND.processes


def test_a_function_sees_lambda_s_folders_and_no_state(laptop: Laptop) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        source = "import os\ndef handler(event, _):\n    return [os.getcwd(), [p for p in event if os.path.exists(p)]]"
        archive.writestr("looks.py", source)
    functions = laptop.client("lambda")
    functions.create_function(
        FunctionName="looks-around",
        Runtime="python3.11",
        Role=laptop.role("looks-as-function", "lambda"),
        Handler="looks.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    asked = json.dumps([*hidden(laptop), "/opt/ml", "/var/task/looks.py"])
    answer = functions.invoke(FunctionName="looks-around", Payload=asked)["Payload"].read()
    assert json.loads(answer) == ["/var/task", ["/var/task/looks.py"]]


def test_status_says_which_isolation_there_is(laptop: Laptop) -> None:
    assert json.loads(laptop.scones("status", "--json").stdout)["isolation"] == FOUND.sentence


def test_an_isolation_that_cannot_be_is_refused_when_the_local_aws_starts(laptop: Laptop) -> None:
    done = laptop.python("-m", "localaws", code=1, SCONES_ISOLATION="docker")
    assert "SCONES_ISOLATION is 'docker'; it must be namespaces or paths, or be left out." in done.stderr
