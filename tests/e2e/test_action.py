"""The GitHub action's own words, run as a runner runs them; nothing here is GitHub, and pip's step is left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
import yaml

from tests.e2e.laptop import REPOSITORY, free_port

ACTION = REPOSITORY / ".github" / "actions" / "localaws" / "action.yml"


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """The variables of a runner whose job asks STS of somebody's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME")}
    files = {name: str(tmp_path / name) for name in ("GITHUB_ENV", "GITHUB_OUTPUT")}
    return {
        **kept,
        **files,
        "RUNNER_TEMP": str(tmp_path),
        "SCONES_PORT": str(free_port()),
        "AWS_ENDPOINT_URL_STS": "https://mine",
    }


def test_the_steps_that_follow_reach_the_local_aws(
    runner: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"][1]
    inputs = {"${{ inputs.python }}": sys.executable, "${{ inputs.enforce-iam }}": "false"}
    given = {name: inputs.get(value, str(tmp_path / "home")) for name, value in start["env"].items()}
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", start["run"]]
    environment = {**runner, **given}
    try:
        done = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        lines = Path(runner["GITHUB_ENV"]).read_text(encoding="utf-8").splitlines()
        for name, value in (line.split("=", 1) for line in lines):
            monkeypatch.setenv(name, value)
        assert f"::add-mask::{os.environ['AWS_SECRET_ACCESS_KEY']}" in done.stdout.splitlines()
        assert boto3.Session().client("sts").get_caller_identity()["Arn"].split("/")[-1] == "scones-env"
        assert Path(runner["GITHUB_OUTPUT"]).read_text() == f"endpoint-url={os.environ['AWS_ENDPOINT_URL']}\n"
        assert not (tmp_path / "localaws").exists()
    finally:
        subprocess.run([sys.executable, "-m", "scones.local", "down", "--yes"], env=environment, check=True)
