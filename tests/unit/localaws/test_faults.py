"""A full or slow disk under a running engine, a clock that is set, a kill between a version and its step's record."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from localaws import aws as clock
from localaws import recovery
from localaws.engine import records
from localaws.engine.steps import registry
from localaws.sagemaker import jobs
from localaws.store import Store, StoreError

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Script

GROUP = "vehicles"
HOUR = 3600.0


class Disk:
    """The disk below the store: full for so many writes, or slow."""

    def __init__(self) -> None:
        self.refusing = 0
        self.seconds = 0.0

    def put(self, store: Store, *document: Any) -> None:
        time.sleep(self.seconds)
        if self.refusing:
            self.refusing -= 1
            raise StoreError("The state file could not be written (database or disk is full).")
        _PUT(store, *document)


_PUT = Store.put


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(Store, "put", lambda *document: made.put(*document))  # noqa: PLW0108 - a function becomes a method, a method does not
    monkeypatch.setattr("localaws.store.RETRY_SECONDS", 0.01)
    return made


def test_an_execution_that_a_full_disk_ended_has_failed_and_goes_on_when_there_is_room(
    runs: Runs, aws: Aws, script: Script, build: Build, disk: Disk
) -> None:
    script.holding["B"] = hold = threading.Event()
    runs.create(build.text(build.step("A"), build.step("B", "A"), build.step("C", "B")))
    arn = runs.start()
    script.await_begin("B")
    disk.refusing = 8
    hold.set()
    runs.ended(arn)
    said = runs.api("DescribePipelineExecution", PipelineExecutionArn=arn)
    assert (disk.refusing, said["PipelineExecutionStatus"]) == (0, "Failed")
    assert "disk is full" in said["FailureReason"]
    assert "scones retry" in said["FailureReason"]
    script.began.clear()
    runs.retry(arn)
    assert runs.statuses(arn) == dict.fromkeys("ABC", "Succeeded")
    assert "A" not in script.began


def test_a_job_that_ended_while_the_disk_was_full_is_not_under_way_for_ever(
    aws: Aws, api: Api, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.store.put("processing-job", "j", {"ProcessingJobName": "j", "ProcessingJobArn": "arn:j", "CreationTime": 0.0})

    def fill(*_: object) -> None:
        disk.refusing = 5
        aws.store.put("processing-job", "j", {})

    monkeypatch.setitem(jobs._RUN, "processing-job", fill)
    with pytest.raises(StoreError):
        jobs._guarded(jobs.KINDS[0], aws, "j", None)  # type: ignore[arg-type]
    assert (aws.store.get("processing-job", "j") or {})["ProcessingJobStatus"] == "Failed"


def test_a_slow_disk_changes_nothing_but_the_time(runs: Runs, script: Script, build: Build, disk: Disk) -> None:
    disk.seconds = 0.01
    arn = runs.run(build.text(build.step("A"), build.step("B"), build.step("C", "A", "B")))
    assert runs.statuses(arn) == dict.fromkeys("ABC", "Succeeded")
    assert sorted(script.began) == ["A", "B", "C"]


@pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=["back", "forward"])
def test_an_execution_during_which_the_clock_is_set_ends_as_any_other(
    runs: Runs, script: Script, build: Build, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    hold = script.holding["A"] = threading.Event()
    runs.create(build.text(build.step("A"), build.step("B", "A")))
    arn = runs.start()
    script.await_begin("A")
    real = time.time
    monkeypatch.setattr(clock.time, "time", lambda: real() + jump)
    hold.set()
    runs.ended(arn)
    steps = runs.steps(arn)
    assert {name: step["StepStatus"] for name, step in steps.items()} == {"A": "Succeeded", "B": "Succeeded"}
    assert all(step["EndTime"] >= step["StartTime"] for step in steps.values())
    assert script.began == ["A", "B"]


def test_what_was_approved_last_stays_last_when_the_clock_is_set_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api("CreateModelPackageGroup", ModelPackageGroupName=GROUP)
    made = [api("CreateModelPackage", ModelPackageGroupName=GROUP)["ModelPackageArn"] for _ in range(2)]
    api("UpdateModelPackage", ModelPackageArn=made[0], ModelApprovalStatus="Approved")
    real = time.time
    monkeypatch.setattr(clock.time, "time", lambda: real() - HOUR)
    api("UpdateModelPackage", ModelPackageArn=made[1], ModelApprovalStatus="Approved")
    first, second = (api("DescribeModelPackage", ModelPackageName=arn)["LastModifiedTime"] for arn in made)
    assert second > first


def test_a_kill_between_a_version_and_its_step_s_record_does_not_register_it_twice(
    runs: Runs, aws: Aws, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = {"ModelPackageGroupName": GROUP, "ModelPackageDescription": "one"}
    found = registry.get_package

    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(registry, "get_package", killed)
    arn = runs.run(build.text(build.step("Register", kind="RegisterModel", Arguments=arguments)))
    records.change_execution(aws, arn, "Executing")
    aws.store.update(records.STEP, f"{arn}#Register", StepStatus="Executing")
    monkeypatch.setattr(registry, "get_package", found)
    recovery.recover(aws)
    runs.retry(arn)
    listed = runs.api("ListModelPackages", ModelPackageGroupName=GROUP)["ModelPackageSummaryList"]
    assert runs.statuses(arn) == {"Register": "Succeeded"}
    assert len(listed) == 1
    assert runs.steps(arn)["Register"]["Metadata"]["RegisterModel"]["Arn"] == listed[0]["ModelPackageArn"]
