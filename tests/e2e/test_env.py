"""`scones env`: the first cell of every notebook runs unchanged, in a shell and in a job, where IAM is enforced."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile

import pytest

from tests.e2e.laptop import Laptop

FIRST_CELL = """
import sagemaker
session = sagemaker.Session()
print("first cell:", session.default_bucket(), sagemaker.get_execution_role())
"""
FUNCTION = """
import boto3
def handler(event, context):
    endpoint = "https://sts.us-east-1.amazonaws.com"
    return boto3.client("sts", region_name="us-east-1", endpoint_url=endpoint).get_caller_identity()["Arn"]
"""
BUCKET = "sagemaker-us-east-1-000000000000"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole-Local"


@pytest.fixture(scope="module")
def shell(laptop: Laptop) -> dict[str, str]:
    """The environment of a shell that has evaluated `scones env`; before it had a profile of somebody's own."""
    evaluated = f"{laptop.scones('env', AWS_PROFILE='mine').stdout}\nexec {sys.executable} -c "
    program = evaluated + "'import json, os; print(json.dumps(dict(os.environ)))'"
    before = {name: os.environ[name] for name in ("PATH", "HOME")}
    done = subprocess.run(["sh", "-c", program], env=before, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def said(laptop: Laptop, shell: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the first cell printed in the shell, and, in a processing job that the same program started then."""
    folder = tmp_path_factory.mktemp("cells")
    (folder / "cell.py").write_text(FIRST_CELL, encoding="utf-8")
    (folder / "run.py").write_text(
        f"""{FIRST_CELL}
from sagemaker.processing import ScriptProcessor
processor = ScriptProcessor(
    role=sagemaker.get_execution_role(), image_uri={laptop.push_image("any:1")!r}, command=["python3"],
    instance_type="ml.m5.large", instance_count=1, base_job_name="first-cell",
)
print("the job:")
processor.run(code="cell.py", logs=True)
""",
        encoding="utf-8",
    )
    words = [sys.executable, "run.py"]
    done = subprocess.run(words, env=shell, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split("the job:")


def test_the_first_cell_of_a_notebook_runs_in_the_shell(laptop: Laptop, said: list[str]) -> None:
    assert f"first cell: {BUCKET} {ROLE}" in said[0]
    assert laptop.client("s3").head_bucket(Bucket=BUCKET)


def test_the_first_cell_runs_in_a_processing_job_under_its_role(said: list[str]) -> None:
    assert f"first cell: {BUCKET} {ROLE}" in said[1]


def test_it_is_a_session_of_a_role_and_never_the_installation_s_key(laptop: Laptop, shell: dict[str, str]) -> None:
    assert shell["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert laptop.key.secret not in "".join(shell.values())
    # What AWS's managed policy does not allow, the session may not do.
    done = subprocess.run(
        [sys.executable, "-m", "awscli", "iam", "delete-role", "--role-name", "x"],
        env=shell,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "AccessDenied" in done.stderr


def test_another_role_is_taken_on_by_its_name(laptop: Laptop) -> None:
    laptop.role("of-a-pipeline", "sagemaker")
    told = json.loads(laptop.scones("env", "--json", "--role", "of-a-pipeline").stdout)
    assert told["RoleArn"] == "arn:aws:iam::000000000000:role/of-a-pipeline"
    assert "There is no role nobody" in laptop.scones("env", "--role", "nobody", code=1).stderr


def test_a_function_that_names_aws_s_host_reaches_the_local_aws(laptop: Laptop) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("who.py", FUNCTION)
    functions = laptop.client("lambda")
    functions.create_function(
        FunctionName="who",
        Runtime="python3.11",
        Role=laptop.role("who-asks", "lambda"),
        Handler="who.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    answer = json.loads(functions.invoke(FunctionName="who")["Payload"].read())
    assert answer.startswith("arn:aws:sts::000000000000:assumed-role/who-asks/")
