"""A push to the local repository: built as on AWS, and run; and what a new project starts from works by itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.laptop import REPOSITORY, Laptop

pytestmark = pytest.mark.e2e

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@localhost")
PROFILES = "pipelines/profiles.py"


def _git(folder: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # The pusher's own AWS must not reach the build.
    environment |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_PROFILE": "nobody", "PYTHONPATH": "/nowhere"}
    done = subprocess.run(
        ["git", *IDENTITY, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=True
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def clone(laptop: Laptop, sample: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this checkout as it is committed."""
    folder = tmp_path_factory.mktemp("push") / "clone"
    _git(REPOSITORY, "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(folder))
    _git(folder, "checkout", "--quiet", "-B", "main")
    _git(folder, "remote", "add", "scones", str(laptop.home / "repositories" / "scones.git"))
    return folder


def test_a_push_starts_a_run_of_that_commit_with_its_defaults(laptop: Laptop, clone: Path) -> None:
    profiles = clone / PROFILES
    edited, count = re.subn(r'("epochs": )\d+', r"\g<1>1", profiles.read_text(encoding="utf-8"))
    assert count
    profiles.write_text(edited, encoding="utf-8")
    _git(clone, "commit", "--quiet", "--all", "--message", "Train for one epoch")
    commit = _git(clone, "rev-parse", "HEAD").strip()

    said = _git(clone, "push", "scones", "main")

    started = re.search(r"Started (arn:aws:sagemaker:\S+) for " + commit[:9], said)
    assert started, said
    sagemaker = laptop.client("sagemaker")
    parameters = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=started[1])["PipelineParameters"]
    assert {"Name": "CommitId", "Value": commit} in parameters
    described = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=started[1])
    definition = json.loads(described["PipelineDefinition"])
    assert {"Name": "Epochs", "Type": "Integer", "DefaultValue": 1} in definition["Parameters"]
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=started[1], ClientRequestToken="t" * 32)
    laptop.ended(started[1])


def test_a_broken_test_starts_no_run_and_the_pusher_is_told(laptop: Laptop, clone: Path) -> None:
    before = laptop.scones("executions", "--json").stdout
    broken = clone / "tests" / "smoke" / "test_broken.py"
    broken.write_text("def test_that_the_sky_is_green() -> None:\n    assert False\n", encoding="utf-8")
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "--message", "Break a test")

    said = _git(clone, "push", "scones", "main")
    _git(clone, "revert", "--no-edit", "HEAD")

    assert "test_that_the_sky_is_green" in said
    assert "in pre_build, `python -m pytest tests/smoke` ended with 1. No run was started." in said
    assert "--- build is not run" in said
    assert laptop.scones("executions", "--json").stdout == before


def test_another_branch_and_a_tag_are_kept_and_not_built(clone: Path) -> None:
    _git(clone, "tag", "v1")
    said = _git(clone, "push", "scones", "main:idea", "v1")
    assert "refs/heads/idea is kept and not built" in said
    assert "refs/tags/v1 is kept and not built" in said
    assert "--- install" not in said


def test_a_seeded_repository_passes_its_own_tests(laptop: Laptop, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    assert "make test" in laptop.scones("seed", str(folder)).stdout
    done = subprocess.run(
        ["make", "test", f"BIN={Path(sys.executable).parent}"],
        cwd=folder,
        env={name: value for name, value in laptop.environment.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert _git(folder, "status", "--porcelain") == ""
