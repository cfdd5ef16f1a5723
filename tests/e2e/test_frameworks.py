"""Jobs that the SDK's frameworks make, against the local AWS: scripts, functions, repacking, checkpoints, failures."""

from __future__ import annotations

import importlib.metadata
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.laptop import Laptop

PROGRAM = Path(__file__).with_name("foreign_frameworks.py")
BUCKET = "frameworks-bucket"
ROLE = "arn:aws:iam::000000000000:role/framework-jobs"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/frameworks:1"
PROCESS = """
import argparse, os, pathlib, subprocess, sys
import helper
import small_package

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int)
rows = parser.parse_args().rows
here = pathlib.Path(__file__).parent
upgrade = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *map(str, here.glob("sagemaker-*.whl"))]
subprocess.check_call(upgrade)
import sagemaker

assert sagemaker.__version__ == "2.999.0", sagemaker.__version__
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


def _wheel(name: str, version: str, content: str) -> bytes:
    packed = io.BytesIO()
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{name}/__init__.py", content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return packed.getvalue()


@pytest.fixture(scope="module")
def run(account: Laptop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The pipeline of foreign_frameworks.py, run to its end."""
    folder = tmp_path_factory.mktemp("frameworks")
    source = folder / "source"
    source.mkdir()
    small = "small_package-1.0-py3-none-any.whl"
    files = {
        "process.py": PROCESS,
        "train.py": TRAIN,
        "helper.py": "def take(rows, count):\n    return rows[:count]\n",
        "inference.py": "def model_fn(folder):\n    return folder\n",
        "requirements.txt": f"./{small}\n",
    }
    for name, content in files.items():
        (source / name).write_text(content, encoding="utf-8")
    (source / small).write_bytes(_wheel("small_package", "1.0", "SAID = 'installed for this job'"))
    (source / "sagemaker-2.999.0-py3-none-any.whl").write_bytes(
        _wheel("sagemaker", "2.999.0", "__version__ = '2.999.0'")
    )
    (folder / "raw.csv").write_text("1\n2\n3\n4\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(PROGRAM)],
        env=account.environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
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


def test_what_jobs_install_is_theirs_alone(run: dict[str, Any]) -> None:
    assert run["steps"]["Process"][0] == "Succeeded"
    assert importlib.metadata.version("sagemaker") != "2.999.0"
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("small_package")
