"""Environments of jobs: what a job installs is its own, an upgrade counts, and the installation stays as it was."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop
from tests.wheels import write_wheel

BUCKET = "scones-000000000000-us-east-1"
WHEELS = "/opt/ml/processing/input/wheels"
LOOK = """
import importlib.metadata, importlib.util, json
told = {name: importlib.util.find_spec(name) is not None for name in ("tiny", "boto3")}
told["sagemaker"] = importlib.metadata.version("sagemaker")
json.dump(told, open("/opt/ml/processing/output/told.json", "w"))
"""
INSTALL = f"""
import subprocess, sys
pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--find-links", "{WHEELS}"]
subprocess.check_call([*pip, "tiny", "--upgrade", "sagemaker"])
subprocess.check_call([sys.executable, "-c", "import sagemaker.released; sagemaker.released.now()"])
subprocess.check_call([sys.executable, "-c", '''{LOOK}'''])
"""
Run = Callable[[str, str, str], dict[str, object]]


@pytest.fixture(scope="module")
def wheels(laptop: Laptop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny package and a release of the SDK's name, on disk and in S3."""
    folder = tmp_path_factory.mktemp("wheels")
    write_wheel(folder, "tiny", "1.0", {"tiny/__init__.py": ""})
    # As the SDK 3 is built, without an __init__.py: Python would prefer the package of the installation below.
    write_wheel(folder, "sagemaker", "999.0", {"sagemaker/released.py": "def now(): pass\n"})
    for file in folder.iterdir():
        laptop.client("s3").upload_file(str(file), BUCKET, f"environments/wheels/{file.name}")
    return folder


@pytest.fixture(scope="module")
def run(laptop: Laptop, wheels: Path) -> Run:
    """Runs a processing job of an image with a script; answers what it told."""
    role, image = laptop.role("environments", "sagemaker"), laptop.push_image("environments:1")
    laptop.push_image("mapped:1")

    def process(name: str, repository: str, script: str) -> dict[str, object]:
        s3, sagemaker = laptop.client("s3"), laptop.client("sagemaker")
        s3.put_object(Bucket=BUCKET, Key=f"environments/{name}/job.py", Body=script.encode())
        inputs = {"code": f"environments/{name}/", "wheels": "environments/wheels/"}
        sagemaker.create_processing_job(
            ProcessingJobName=name,
            RoleArn=role,
            AppSpecification={
                "ImageUri": image.replace("environments:1", f"{repository}:1"),
                "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/job.py"],
            },
            ProcessingResources={
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
            },
            ProcessingInputs=[
                {
                    "InputName": each,
                    "S3Input": {
                        "S3Uri": f"s3://{BUCKET}/{key}",
                        "LocalPath": f"/opt/ml/processing/input/{each}",
                        "S3DataType": "S3Prefix",
                        "S3InputMode": "File",
                    },
                }
                for each, key in inputs.items()
            ],
            ProcessingOutputConfig={
                "Outputs": [
                    {
                        "OutputName": "told",
                        "S3Output": {
                            "S3Uri": f"s3://{BUCKET}/environments/{name}/told",
                            "LocalPath": "/opt/ml/processing/output",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                ]
            },
        )
        sagemaker.get_waiter("processing_job_completed_or_stopped").wait(
            ProcessingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )
        ended = sagemaker.describe_processing_job(ProcessingJobName=name)
        assert ended["ProcessingJobStatus"] == "Completed", ended.get("FailureReason")
        told = s3.get_object(Bucket=BUCKET, Key=f"environments/{name}/told/told.json")["Body"].read()
        answer: dict[str, object] = json.loads(told)
        return answer

    return process


def test_what_a_job_installs_and_upgrades_is_its_own(run: Run, laptop: Laptop) -> None:
    installed = [Path(sys.prefix, "bin"), Path(str(pytest.__file__)).parents[1]]
    before = [sorted(path.name for path in folder.iterdir()) for folder in installed]
    assert run("installs", "environments", INSTALL) == {"tiny": True, "sagemaker": "999.0", "boto3": True}
    after = run("looks", "environments", LOOK)
    assert after["tiny"] is False
    assert after["sagemaker"] != "999.0"
    assert [sorted(path.name for path in folder.iterdir()) for folder in installed] == before
    # What was installed is gone with the job.
    assert not list(laptop.home.glob("jobs/*/environment-*"))


def test_an_image_has_the_packages_that_images_json_names(run: Run, laptop: Laptop, wheels: Path) -> None:
    tiny = f"tiny @ file://{wheels / 'tiny-1.0-py3-none-any.whl'}"
    laptop.scones("images", "set", "mapped", "--python", sys.executable, "--packages", tiny)
    assert run("mapped", "mapped", LOOK)["tiny"] is True
    (row,) = [row for row in json.loads(laptop.scones("images", "--json").stdout) if row["image"] == "mapped"]
    assert row["environment"] == "made"
