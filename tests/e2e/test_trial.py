"""A trial that is killed and interrupted leaves nothing behind, and touches nothing that it has not made."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.laptop import REPOSITORY, Laptop
from tests.rehearsal import leftovers
from tests.rehearsal.page import PAGE

pytestmark = pytest.mark.e2e
NAME = "scones-trial-e2e"
# The page's first steps, which make a stack: enough to be killed in, and to have something to take down.
UNTIL = "\n## 6. "


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "aws.md"
    path.write_text(PAGE.read_text(encoding="utf-8").partition(UNTIL)[0] + HANGS, encoding="utf-8")
    return path


HANGS = "\n## 6. Wait\n\n```console\n$ sleep 300\n```\n"


@pytest.fixture
def trial(laptop: Laptop, page: Path, tmp_path: Path) -> Iterator[list[str]]:
    """The words that begin a trial, or go on with one."""
    words = ["-m", "tests.trial.locally", "--yes", "--name", NAME, "--page", str(page)]
    yield [sys.executable, *words, "--trials", "trials"]
    left = leftovers.find(laptop.client, NAME, None)
    assert left == set()


def _begin(laptop: Laptop, words: list[str], folder: Path) -> subprocess.Popen[str]:
    """Begin a trial as a shell does in its background, with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.Popen(
            words,
            cwd=folder,
            env={**laptop.environment, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def _await(state: Path, begun: int, seconds: float = 120) -> None:
    """Wait until a trial has begun so many acts."""
    deadline = time.monotonic() + seconds
    while not state.exists() or len(json.loads(state.read_text(encoding="utf-8"))["begun"]) < begun:
        assert time.monotonic() < deadline, state.read_text(encoding="utf-8") if state.exists() else "nothing"
        time.sleep(0.1)


def _lines(page: Path) -> int:
    return sum(line.startswith(("$ ", "**By hand")) for line in page.read_text(encoding="utf-8").splitlines())


def test_a_trial_that_was_killed_goes_on_and_one_that_is_interrupted_takes_everything_down(
    laptop: Laptop, trial: list[str], page: Path, tmp_path: Path
) -> None:
    state = tmp_path / "trials" / NAME / "state.json"
    deploy = 1 + next(
        number
        for number, line in enumerate(
            line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith(("$ ", "**By hand"))
        )
        if "deploy" in line
    )
    first = _begin(laptop, trial, tmp_path)
    _await(state, begun=deploy)
    time.sleep(3)  # somewhere within the deployment
    first.kill()
    first.wait()

    second = _begin(laptop, trial, tmp_path)
    _await(state, begun=_lines(page))
    second.send_signal(signal.SIGINT)
    said, _ = second.communicate(timeout=300)

    assert second.returncode == 130, said
    assert f"The trial {NAME} was interrupted and continues." in said
    assert "Nothing is left behind." in said
    report = (tmp_path / "aws-trial.md").read_text(encoding="utf-8")
    assert "It was interrupted." in report
    assert "| stack |" in report
    kept = json.loads(state.read_text(encoding="utf-8"))
    assert (kept["ended"], kept["failure"]) == (True, "It was interrupted.")


def test_a_stack_of_somebody_else_is_not_touched(laptop: Laptop, trial: list[str], tmp_path: Path) -> None:
    cloudformation = laptop.client("cloudformation")
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "theirs"}}}})
    cloudformation.create_stack(StackName=NAME, TemplateBody=body)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
    refused = _begin(laptop, trial, tmp_path)
    said, _ = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert f"There is a stack {NAME} in 000000000000 us-east-1 that this trial did not create;" in said
    [stack] = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName=NAME)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
    assert [path.name for path in tmp_path.iterdir()] == ["aws.md"], "nothing was written down of it"
