"""Logs: on disk at once, in CloudWatch Logs in batches, and put back after a loss."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from localaws.jobs import logs

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import FakeClients

GROUP, STREAM = "/aws/sagemaker/TrainingJobs", "job/algo-1-7"


def messages(clients: FakeClients) -> list[str]:
    events = clients.logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM, startFromHead=True)["events"]
    return [event["message"] for event in events]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "job/logs/TrainingJobs/algo-1-7.log"


@pytest.fixture
def log(clients: FakeClients, file: Path) -> logs.JobLog:
    return logs.JobLog(clients, file, GROUP, STREAM)


def test_a_line_is_on_disk_before_it_is_anywhere_else(log: logs.JobLog, file: Path, clients: FakeClients) -> None:
    log.write("Epoch[0] Train-accuracy=0.5")
    at, _, text = file.read_text().rstrip("\n").partition("\t")
    assert abs(int(at) / 1000 - time.time()) < 60
    assert text == "Epoch[0] Train-accuracy=0.5"
    with pytest.raises(ClientError):
        messages(clients)


def test_a_flush_brings_each_line_once(log: logs.JobLog, clients: FakeClients) -> None:
    log.write("one")
    log.flush()
    log.flush()
    log.write("two")
    log.close()
    assert messages(clients) == ["one", "two"]


def test_a_log_without_lines_makes_no_stream(log: logs.JobLog, clients: FakeClients) -> None:
    log.close()
    assert clients.logs.describe_log_groups()["logGroups"] == []


def test_many_lines_go_in_batches(log: logs.JobLog, clients: FakeClients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_BATCH", 3)
    for number in range(8):
        log.write(str(number))
    log.close()
    assert messages(clients) == [str(number) for number in range(8)]


def test_an_empty_line_and_an_endless_one_are_taken(log: logs.JobLog, clients: FakeClients) -> None:
    log.write("")
    log.write("x" * 20_000)
    log.close()
    assert messages(clients) == [" ", "x" * 16_384]


def test_a_lost_stream_is_put_back_from_disk(log: logs.JobLog, clients: FakeClients, tmp_path: Path) -> None:
    log.write("one")
    log.write("10%\r20%\x0c30%\u2028")
    log.close()
    clients.logs.delete_log_group(logGroupName=GROUP)
    logs.restore(clients, tmp_path, 0)
    assert messages(clients) == ["one", "10%\r20%\x0c30%\u2028"]


def test_a_stream_that_was_half_saved_is_put_back_whole_and_once(
    log: logs.JobLog, clients: FakeClients, tmp_path: Path
) -> None:
    log.write("one")
    log.flush()
    log.write("two")
    logs.restore(clients, tmp_path, 0)
    logs.restore(clients, tmp_path, 0)
    assert messages(clients) == ["one", "two"]


def test_a_line_that_a_kill_cut_short_does_not_hinder_the_others(
    log: logs.JobLog, file: Path, clients: FakeClients, tmp_path: Path
) -> None:
    log.write("one")
    with file.open("ab") as cut:
        cut.write(b"17000\xc3")
    logs.restore(clients, tmp_path, 0)
    assert messages(clients) == ["one"]


def test_old_files_are_not_read_again(log: logs.JobLog, file: Path, clients: FakeClients, tmp_path: Path) -> None:
    log.write("one")
    os.utime(file, (1000, 1000))
    logs.restore(clients, tmp_path, 2000)
    assert clients.logs.describe_log_groups()["logGroups"] == []


def test_an_error_of_the_service_is_not_hidden(clients: FakeClients) -> None:
    class Refusing:
        def create_log_group(self, logGroupName: str) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": logGroupName}}, "CreateLogGroup")

        def delete_log_stream(self, logGroupName: str, logStreamName: str) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": logStreamName}}, logGroupName)

    clients.known["logs"] = Refusing()
    with pytest.raises(ClientError, match="AccessDenied"):
        logs.create_stream(clients, GROUP, STREAM)
    with pytest.raises(ClientError, match="AccessDenied"):
        logs._delete_stream(clients, GROUP, STREAM)
