"""A push to the local repository: an event, a rule, a build under its role, a run; and pull requests likewise."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from seedcode.image.content import USER, tag
from tests.e2e.laptop import REPOSITORY, Laptop

pytestmark = pytest.mark.e2e

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@localhost")
PROFILES = "pipelines/profiles.py"
PUSH = ("push", "--force", "scones")
# Nothing but the wait for its turn, and a build that lasts until a file is there.
WAITS = """
version: 0.2
env: {{shell: bash}}
phases:
  install: {{commands: ['export PYTHONPATH="$CODEBUILD_SRC_DIR"']}}
  pre_build: {{commands: [python -m seedcode turn]}}
  build: {{commands: ['until [ -e "{gate}" ]; do sleep 0.2; done; echo "built $CODEBUILD_RESOLVED_SOURCE_VERSION"']}}
"""


def _git(folder: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # The pusher's own AWS must not reach the build.
    environment |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_PROFILE": "nobody", "PYTHONPATH": "/nowhere"}
    done = subprocess.run(
        ["git", *IDENTITY, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=True
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def cloned(laptop: Laptop, sample: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this checkout as it is committed."""
    folder = tmp_path_factory.mktemp("push") / "clone"
    _git(REPOSITORY, "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(folder))
    _git(folder, "checkout", "--quiet", "-B", "main")
    _git(folder, "remote", "add", "scones", str(laptop.home / "repositories" / "scones.git"))
    return folder


@pytest.fixture
def clone(cloned: Path) -> Iterator[Path]:
    """The clone on its branch main, which goes back to where it was."""
    before = _git(cloned, "rev-parse", "HEAD").strip()
    yield cloned
    _git(cloned, "checkout", "--quiet", "--force", "-B", "main", before)
    _git(cloned, "clean", "--quiet", "--force", "-d")


def _edit(path: Path, pattern: str, new: str) -> None:
    edited, count = re.subn(pattern, new, path.read_text(encoding="utf-8"))
    assert count
    path.write_text(edited, encoding="utf-8")


def _keep_one_test(clone: Path, content: str) -> None:
    """Let a build install one package and run one test: that which starts a run installs and runs all."""
    lock = clone / "requirements" / "build.lock"
    lock.write_text(lock.read_text(encoding="utf-8").partition("\nannotated-types")[0], encoding="utf-8")
    for path in (clone / "tests" / "smoke").glob("test_*.py"):
        path.unlink()
    (clone / "tests" / "smoke" / "test_one.py").write_text(content, encoding="utf-8")


def _commit(clone: Path, message: str) -> str:
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "--allow-empty", "--message", message)
    return _git(clone, "rev-parse", "HEAD").strip()


def _build(laptop: Laptop, project: str, commit: str) -> dict[str, Any] | None:
    """The build of a commit, once there is one; two of them would be one too many."""
    codebuild = laptop.client("codebuild")
    ids = codebuild.list_builds_for_project(projectName=project)["ids"]
    builds = codebuild.batch_get_builds(ids=ids)["builds"] if ids else []
    found = [build for build in builds if build.get("sourceVersion") == commit]
    assert len(found) < 2
    return dict(found[0]) if found else None


def _until(holds: Callable[[], Any], seconds: float = 120) -> Any:
    """What something answers, once it is true."""
    deadline = time.monotonic() + seconds
    while not (answered := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return answered


def test_a_push_is_built_under_the_build_role_and_starts_a_run_of_that_commit(laptop: Laptop, clone: Path) -> None:
    _edit(clone / PROFILES, r'("epochs": )\d+', r"\g<1>1")
    # Another version of the functions, so that the stack is updated as well.
    with (clone / "lambdas" / "start_training" / "handler.py").open("a", encoding="utf-8") as file:
        file.write("# pushed\n")
    with (clone / "processing" / "refusal.py").open("a", encoding="utf-8") as file:
        file.write("\n# Of another image.\n")
    commit = _commit(clone, "Train for one epoch")
    # As in a new project, where no run has held the place of curated images yet: the build does.
    s3, curated = laptop.client("s3"), {"Bucket": "scones-000000000000-us-east-1", "Prefix": "curated/"}
    for entry in s3.list_objects_v2(**curated).get("Contents", []):
        s3.delete_object(Bucket=curated["Bucket"], Key=entry["Key"])

    said = _git(clone, *PUSH, "main")

    started = re.search(r"Started (arn:aws:sagemaker:\S+) for " + commit[:9], said)
    assert started, said
    sagemaker = laptop.client("sagemaker")
    parameters = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=started[1])["PipelineParameters"]
    assert {"Name": "CommitId", "Value": commit} in parameters
    assert {"Name": "StartedBy", "Value": "rule/scones-push"} in parameters
    described = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=started[1])
    definition = json.loads(described["PipelineDefinition"])
    assert {"Name": "Epochs", "Type": "Integer", "DefaultValue": 1} in definition["Parameters"]
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=started[1], ClientRequestToken="t" * 32)
    laptop.ended(started[1])
    build = _build(laptop, "scones-build", commit)
    assert build
    assert (build["buildStatus"], build["resolvedSourceVersion"]) == ("SUCCEEDED", commit)
    assert build["serviceRole"].endswith(":role/scones-build")
    logs = {"logGroupName": "/aws/codebuild/scones-build", "logStreamName": build["logs"]["streamName"]}
    assert started[1] in [event["message"] for event in laptop.client("logs").get_log_events(**logs)["events"]]
    assert [entry["Key"] for entry in s3.list_objects_v2(**curated)["Contents"]] == ["curated/.keep"]
    image = tag(USER, clone)
    assert image != tag(USER, REPOSITORY)
    images = laptop.client("ecr").describe_images(repositoryName="scones", imageIds=[{"imageTag": image}])
    assert images["imageDetails"][0]["imageSizeInBytes"]
    assert f"/scones:{image}" in described["PipelineDefinition"]
    assert laptop.outputs()["ImageUri"].endswith(f"/scones:{image}")


def test_a_broken_test_starts_no_run_and_the_pusher_is_told(laptop: Laptop, clone: Path) -> None:
    before = laptop.scones("executions", "--json").stdout
    _keep_one_test(clone, "def test_that_the_sky_is_green() -> None:\n    assert False\n")
    _commit(clone, "Break a test")

    said = _git(clone, *PUSH, "main")

    assert "test_that_the_sky_is_green" in said
    assert "Error while executing command: python -m pytest tests/smoke. Reason: exit status 1. No run was" in said
    assert "Entering phase BUILD" not in said
    assert laptop.scones("executions", "--json").stdout == before


def test_another_branch_and_a_tag_are_kept_and_not_built(clone: Path) -> None:
    _git(clone, "tag", "--force", "v1")
    said = _git(clone, *PUSH, "main:idea", "v1")
    assert "refs/heads/idea is kept and not built" in said
    assert "refs/tags/v1 is kept and not built" in said
    assert "Entering phase" not in said


def test_of_pushes_during_a_build_none_is_lost_and_the_newest_is_built_last(
    laptop: Laptop, clone: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    (clone / "seedcode" / "buildspec.yml").write_text(WAITS.format(gate=gate), encoding="utf-8")
    with ThreadPoolExecutor() as pushers:

        def push(message: str, phase: str, log: str) -> tuple[str, Future[str]]:
            """Push a commit, and wait until its build is in a phase and has said something."""
            commit = _commit(clone, message)
            said = pushers.submit(_git, clone, *PUSH, f"{commit}:refs/heads/main")

            def reached() -> bool:
                build = _build(laptop, "scones-build", commit)
                if build is None or build["currentPhase"] != phase:
                    return False
                printed = laptop.home / "builds" / build["id"].rpartition(":")[2] / "log"
                return log in printed.read_text(encoding="utf-8")

            _until(reached)
            return commit, said

        first, said_first = push("One", "BUILD", "Running command until")
        second, said_second = push("Two", "PRE_BUILD", "This build waits for")
        third, said_third = push("Three", "PRE_BUILD", "This build waits for")
        gate.touch()
        assert f"built {first}" in said_first.result(120)
        assert f"{second} is not the newest commit of main any more, {third} is" in said_second.result(120)
        assert f"built {third}" in said_third.result(120)
    ended = [_build(laptop, "scones-build", commit) for commit in (first, second, third)]
    assert [build["buildStatus"] for build in ended if build] == ["SUCCEEDED", "STOPPED", "SUCCEEDED"]


def test_a_pull_request_is_tested_and_told_what_it_changes_in_the_pipeline(laptop: Laptop, clone: Path) -> None:
    base = _git(clone, "rev-parse", "HEAD").strip()
    _edit(clone / PROFILES, r'("epochs": )\d+', r"\g<1>7")
    _keep_one_test(clone, "def test_one() -> None: ...\n")
    commit = _commit(clone, "Train for seven epochs")
    # The branch that the request is for comes with a build of nothing: other tests build in earnest.
    _git(clone, "checkout", "--quiet", base)
    (clone / "seedcode" / "buildspec.yml").write_text(
        '{version: 0.2, phases: {build: {commands: ["true"]}}}', encoding="utf-8"
    )
    quiet = _commit(clone, "Build nothing")
    _git(clone, *PUSH, f"{quiet}:refs/heads/main", f"{commit}:refs/heads/rounds")
    codecommit = laptop.client("codecommit")
    target = {"repositoryName": "scones", "sourceReference": "rounds", "destinationReference": "main"}

    asked = codecommit.create_pull_request(title="Seven epochs", targets=[target])["pullRequest"]["pullRequestId"]

    def ended() -> dict[str, Any] | None:
        build = _build(laptop, "scones-pull-request", commit)
        return build if build and build["buildComplete"] else None

    build = _until(ended)
    assert (build["buildStatus"], build["resolvedSourceVersion"]) == ("SUCCEEDED", commit), build["phases"]
    assert build["serviceRole"].endswith(":role/scones-pull-request")
    (data,) = codecommit.get_comments_for_pull_request(pullRequestId=asked)["commentsForPullRequestData"]
    assert (data["beforeCommitId"], data["afterCommitId"]) == (quiet, commit)
    assert "`Parameters.Epochs.DefaultValue`" in data["comments"][0]["content"]
    codecommit.update_pull_request_status(pullRequestId=asked, pullRequestStatus="CLOSED")


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
