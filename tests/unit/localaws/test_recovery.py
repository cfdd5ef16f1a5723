"""Recovery: after a start nothing of the process before runs, and all of it is said to have ended."""

from __future__ import annotations

import os
import urllib.error
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localaws import recovery
from localaws.engine import records
from localaws.store import Store

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Script


def job(aws: Aws, stem: str, name: str, status: str) -> None:
    noun = f"{stem.lower()}-job"
    members = {f"{stem}JobName": name, f"{stem}JobArn": aws.arn(noun, name), f"{stem}JobStatus": status}
    aws.store.put(noun, name, {**members, "CreationTime": 1.0})


@pytest.mark.parametrize("stem", ["Processing", "Training", "Transform"])
@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_a_job_that_was_under_way_has_failed(aws: Aws, api: Api, stem: str, status: str) -> None:
    job(aws, stem, "under-way", status)
    recovery.recover(aws)
    described = api(f"Describe{stem}Job", **{f"{stem}JobName": "under-way"})
    assert described[f"{stem}JobStatus"] == "Failed"
    assert "The local AWS was stopped while this ran" in described["FailureReason"]
    assert described[f"{stem}EndTime"] > 1


def test_a_job_that_had_ended_stays_as_it_is(aws: Aws, api: Api) -> None:
    job(aws, "Training", "done", "Completed")
    recovery.recover(aws)
    assert api("DescribeTrainingJob", TrainingJobName="done")["TrainingJobStatus"] == "Completed"
    assert aws.store.outbox() == []


def test_an_interrupted_execution_has_failed_and_goes_on_in_a_new_process(
    runs: Runs, aws: Aws, script: Script, build: Build
) -> None:
    arn = runs.run(build.text(build.step("A"), build.step("B", "A")))
    ended = runs.ended(runs.start())
    records.change_execution(aws, arn, "Executing")
    aws.store.update(records.STEP, f"{arn}#B", StepStatus="Starting")
    recovery.recover(aws)
    assert (runs.status(arn), runs.status(ended)) == ("Failed", "Succeeded")
    script.began.clear()
    runs.retry(arn)
    assert runs.status(arn) == "Succeeded"
    assert script.began == ["B"]


def test_an_execution_that_was_stopping_is_stopped(runs: Runs, aws: Aws, script: Script, build: Build) -> None:
    arn = runs.run(build.text(build.step("A")))
    records.change_execution(aws, arn, "Stopping")
    recovery.recover(aws)
    assert runs.status(arn) == "Stopped"
    assert script.began == ["A"]


def test_state_outlives_its_process(runs: Runs, aws: Aws, script: Script, build: Build) -> None:
    arn = runs.run(build.text(build.step("A")))
    again = Store(aws.settings.home / "sagemaker.db")
    assert (again.get(records.EXECUTION, arn) or {})["PipelineExecutionStatus"] == "Succeeded"
    assert again.outbox(1)[0][1]["Source"] == "aws.sagemaker"
    again.close()
    assert script.began == ["A"]


class Health:
    """The port: it answers from the third time on."""

    def __init__(self) -> None:
        self.asked = 0

    def open(self, address: str, timeout: float) -> Any:
        assert (address, timeout) == ("http://127.0.0.1:45660/_localaws/health", 1)
        self.asked += 1
        if self.asked < 3:
            raise urllib.error.URLError("refused")
        return memoryview(b"")


def test_logs_are_put_back_once_the_port_answers(cloud: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    health = Health()
    monkeypatch.setattr("urllib.request.urlopen", health.open)
    for name, age in (("old", 1000), ("new", 0)):
        file = cloud.settings.jobs / name / "logs/TrainingJobs/algo-1.log"
        file.parent.mkdir(parents=True)
        file.write_text("1700000000000\thello\n")
        os.utime(file, (file.stat().st_mtime - age,) * 2)
    saved = tmp_path / "state"
    saved.mkdir()
    (saved / "cloudwatch_logs.json").write_text("{}")
    recovery.restore_logs(cloud, saved)
    assert health.asked == 3
    streams = cloud.clients.logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == ["new/algo-1"]
