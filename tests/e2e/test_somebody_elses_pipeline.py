"""The SDK's own steps and calls, and the plain AWS CLI, against the local AWS."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop

PROGRAM = Path(__file__).with_name("foreign_pipeline.py")


@pytest.fixture(scope="module")
def function(laptop: Laptop) -> str:
    """A Lambda function that doubles a number, and the image of the jobs beside it."""
    laptop.push_image("any:1")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("double.py", "def handler(event, context):\n    return {'doubled': event['number'] * 2}\n")
    answer = laptop.client("lambda").create_function(
        FunctionName="double",
        Runtime="python3.11",
        Role=laptop.role("somebody-elses-role", "lambda", "sagemaker"),
        Handler="double.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    arn: str = answer["FunctionArn"]
    return arn


def test_the_sdk_upserts_starts_waits_and_lists_steps(laptop: Laptop, function: str, tmp_path: Path) -> None:
    (tmp_path / "prepare.py").write_text(
        textwrap.dedent("""
            import json, pathlib
            out = pathlib.Path("/opt/ml/processing/output")
            out.mkdir(parents=True, exist_ok=True)
            (out / "numbers.csv").write_text("1\\n2\\n3\\n")
            (out / "facts.json").write_text(json.dumps({"rows": {"count": 3}}))
        """),
        encoding="utf-8",
    )
    (tmp_path / "train.py").write_text(
        textwrap.dedent("""
            import argparse, os, pathlib
            parser = argparse.ArgumentParser()
            parser.add_argument("--scale", type=float)
            scale = parser.parse_args().scale
            numbers = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "numbers.csv").read_text().split()
            print(f"loss={scale * sum(map(float, numbers))};")
            pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(str(scale))
        """),
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(PROGRAM), function],
        env=laptop.environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["steps"] == {
        "Prepare": "Succeeded",
        "Train": "Succeeded",
        "Double": "Succeeded",
        "Check": "Succeeded",
        "Register-RegisterModel": "Succeeded",
    }
    assert said["loss"] == 12.0
    assert said["doubled"] == [{"Name": "doubled", "Value": "6"}]


def test_the_aws_cli_sees_pipelines_and_refusals(laptop: Laptop) -> None:
    definition = json.dumps({"Version": "2020-12-01", "Steps": [{"Name": "End", "Type": "Fail", "Arguments": {}}]})
    laptop.client("sagemaker").create_pipeline(
        PipelineName="seen-by-the-cli",
        PipelineDefinition=definition,
        RoleArn=laptop.role("seen-by-the-cli", "sagemaker"),
        ClientRequestToken="c" * 32,
    )
    listed = _cli(laptop, "sagemaker", "list-pipelines", "--max-results", "1")
    assert listed.returncode == 0, listed.stderr
    assert len(json.loads(listed.stdout)["PipelineSummaries"]) == 1
    refused = _cli(laptop, "sagemaker", "describe-pipeline", "--pipeline-name", "no-such-pipeline")
    assert refused.returncode != 0
    assert "ResourceNotFound" in refused.stderr


def _cli(laptop: Laptop, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "awscli", "--endpoint-url", laptop.endpoint, "--output", "json", *words],
        env=laptop.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
