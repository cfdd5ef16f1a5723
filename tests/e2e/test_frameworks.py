"""Jobs that the SDK's frameworks make, against the local AWS: scripts, functions, packing anew, metrics, failures."""

from __future__ import annotations

import importlib.metadata
import io
import json
import subprocess
import sys
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.e2e.laptop import Laptop
from tests.wheels import write_wheel

PROGRAM = Path(__file__).with_name("foreign_frameworks.py")
BUCKET = "frameworks-bucket"
ROLE = "arn:aws:iam::000000000000:role/framework-jobs"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/frameworks:1"
PROCESS = """
import argparse, pathlib
import helper
import small_package

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int)
rows = parser.parse_args().rows
raw = pathlib.Path("/opt/ml/processing/input/raw/raw.csv").read_text().split()
out = pathlib.Path("/opt/ml/processing/rows")
(out / "rows.csv").write_text("\\n".join(helper.take(raw, rows)))
print(small_package.SAID)
"""
TRAIN = """
import argparse, os, pathlib, small_package

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--names")
given = parser.parse_args()
assert given.names == os.environ["SM_HP_NAMES"] == "a b"
rows = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "rows.csv").read_text().split()
for epoch in range(2):
    print(f"loss={given.rate * len(rows) / (epoch + 1)};")
pathlib.Path("/opt/ml/checkpoints/last.txt").write_text("epoch 2")
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(",".join(rows))
"""


@pytest.fixture(scope="module")
def account(laptop: Laptop) -> Laptop:
    """The shared local AWS, with a role and an image for these jobs."""
    laptop.role("framework-jobs", "sagemaker")
    laptop.push_image("frameworks:1")
    return laptop


@pytest.fixture(scope="module")
def run(account: Laptop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The pipeline of foreign_frameworks.py, run to its end."""
    folder = tmp_path_factory.mktemp("frameworks")
    source = folder / "source"
    source.mkdir()
    small = write_wheel(source, "small_package", "1.0", {"small_package.py": "SAID = 'installed for this job'"})
    files = {
        "process.py": PROCESS,
        "train.py": TRAIN,
        "helper.py": "def take(rows, count):\n    return rows[:count]\n",
        "inference.py": "def model_fn(folder):\n    return folder\n",
        "requirements.txt": f"./{small.name}\n",
    }
    for name, content in files.items():
        (source / name).write_text(content, encoding="utf-8")
    (folder / "raw.csv").write_text("1\n2\n3\n4\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(PROGRAM)],
        env=account.environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert {status for status, _ in said["steps"].values()} == {"Succeeded"}, said["steps"]
    return said


def test_a_pipeline_of_frameworks_ends_as_on_aws(run: dict[str, Any]) -> None:
    assert set(run["steps"]) == {
        *("Process", "Train", "Judge", "Gate"),
        *("Register-RepackModel-0", "Register-RegisterModel"),
    }


def test_a_remote_function_answers_what_its_job_returned(run: dict[str, Any]) -> None:
    assert run["doubled"] == [2, 4]


def test_checkpoints_were_copied_to_their_address(account: Laptop, run: dict[str, Any]) -> None:
    assert run["steps"]["Train"][0] == "Succeeded"
    kept = account.client("s3").get_object(Bucket=BUCKET, Key="checkpoints/last.txt")["Body"].read()
    assert kept == b"epoch 2"


def test_its_model_was_packed_anew_with_the_inference_code(account: Laptop, run: dict[str, Any]) -> None:
    key = run["model"].removeprefix(f"s3://{BUCKET}/")
    packed = account.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        names = set(archive.getnames())
        model = archive.extractfile("model.txt")
        assert model is not None
        assert model.read() == b"1,2,3"
    assert {"code/inference.py", "code/helper.py", "code/requirements.txt"} <= names


def test_training_job_analytics_has_the_metrics(run: dict[str, Any]) -> None:
    ((name, value),) = run["curve"]  # two values of one minute are averaged
    assert name == "loss"
    assert value == pytest.approx((0.75 + 0.375) / 2)


@pytest.mark.usefixtures("run")
def test_what_a_source_folder_requires_is_installed_for_its_jobs_alone() -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("small_package")


def _train(account: Laptop, name: str, script: str, **more: Any) -> dict[str, Any]:
    """Run a script as a training job of script mode to its end; its description."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("train.py")
        member.size = len(script)
        archive.addfile(member, io.BytesIO(script.encode()))
    account.client("s3").put_object(Bucket=BUCKET, Key=f"{name}/sourcedir.tar.gz", Body=packed.getvalue())
    sagemaker = account.client("sagemaker")
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        HyperParameters={
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": f'"s3://{BUCKET}/{name}/sourcedir.tar.gz"',
            "_tuning_objective_metric": '"loss"',
            "rate": "0.5",
        },
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        **more,
    )
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    with suppress(WaiterError):
        waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    described: dict[str, Any] = sagemaker.describe_training_job(TrainingJobName=name)
    return described


@pytest.mark.usefixtures("run")
def test_a_script_that_fails_is_told_of_as_on_aws_and_its_checkpoints_are_kept_while_it_runs(account: Laptop) -> None:
    script = f"""if True:
        import boto3, pathlib, sys, time
        last = pathlib.Path("/opt/ml/checkpoints/last.txt")
        found = last.read_text()
        last.write_text("epoch 3")
        s3 = boto3.client("s3")
        for _ in range(100):
            stored = s3.get_object(Bucket="{BUCKET}", Key="checkpoints/last.txt")["Body"].read()
            if stored == b"epoch 3":
                break
            time.sleep(0.2)
        last.write_text("epoch 4")
        raise ValueError(f"after {{found}} {{stored}}: {{sys.argv[1:]}}")
    """
    ended = _train(account, "fails", script, CheckpointConfig={"S3Uri": f"s3://{BUCKET}/checkpoints"})
    assert ended["TrainingJobStatus"] == "Failed"
    reason = ended["FailureReason"]
    assert reason.startswith('AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "')
    assert "ValueError: after epoch 2 b'epoch 3': ['--rate', '0.5']" in reason
    assert reason.endswith(' -- train.py --rate 0.5", exit code: 1')
    kept = account.client("s3").get_object(Bucket=BUCKET, Key="checkpoints/last.txt")["Body"].read()
    assert kept == b"epoch 4"
