"""`kill -9` of the local AWS during training: nothing that was finished is lost or run again."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from tests.e2e.laptop import Laptop, free_port

SMALL = ("--set", "ImageShape=3,8,8", "--set", "AccuracyThreshold=0.1")


def test_after_a_kill_up_and_retry_go_on_where_it_was(own: Laptop) -> None:
    sagemaker = own.client("sagemaker")
    first = own.scones("run", "--set", "Epochs=1", *SMALL, "--watch").stdout.split()[0]
    versions = own.scones("models", "--json").stdout
    log = own.scones("logs", first, "TrainModel").stdout

    arn = own.scones("run", "--set", "Epochs=3", "--set", "Seed=7", *SMALL).stdout.strip()
    own.until(arn, lambda _: own.steps(arn).get("TrainModel", {}).get("StepStatus") == "Executing")
    prepared = own.steps(arn)["PrepareData"]
    _kill(own)
    assert own.scones("status", code=1).stdout.startswith("local aws  not running")

    own.scones("up")
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert described["PipelineExecutionStatus"] == "Failed"
    assert "scones retry" in described["FailureReason"]
    assert own.scones("models", "--json").stdout == versions
    assert own.scones("logs", first, "TrainModel").stdout == log

    own.scones("retry")
    assert own.ended(arn)["PipelineExecutionStatus"] == "Succeeded"
    assert own.steps(arn)["PrepareData"] == prepared
    assert len(json.loads(own.scones("models", "--json").stdout)) == 2


def test_what_was_answered_is_there_after_a_kill_at_once(tmp_path: Path) -> None:
    laptop = Laptop(free_port(), tmp_path)
    laptop.scones("up")
    laptop.client("s3").create_bucket(Bucket="empty")
    role = laptop.role("kept", "lambda")
    queue = laptop.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
    laptop.client("sqs").send_message(QueueUrl=queue, MessageBody="kept")
    _kill(laptop)

    laptop.scones("up")
    assert "empty" in {bucket["Name"] for bucket in laptop.client("s3").list_buckets()["Buckets"]}
    assert laptop.client("iam").get_role(RoleName="kept")["Role"]["Arn"] == role
    assert laptop.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "kept"
    laptop.scones("down", "--wipe")


def test_a_local_aws_that_is_down_is_named_with_the_mend(tmp_path: Path) -> None:
    absent = Laptop(free_port(), tmp_path)
    for words in (("run",), ("executions",), ("dataset", "sample"), ("models",)):
        said = absent.scones(*words, code=1).stderr
        assert "scones up" in said
        assert len(said.strip().splitlines()) == 1


def test_a_port_in_use_is_refused_in_words(laptop: Laptop, tmp_path: Path) -> None:
    other = Laptop(laptop.port, tmp_path / "other")
    said = other.scones("up", code=1).stderr
    assert str(laptop.port) in said
    assert "SCONES_PORT" in said


def _kill(laptop: Laptop) -> None:
    os.kill(int((laptop.home / "localaws.pid").read_text()), signal.SIGKILL)
