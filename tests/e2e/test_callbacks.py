"""Callback steps as the SDK writes them, with a queue of SQS, under a role, and over a `kill -9` of the local AWS."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import boto3
from sagemaker import Session
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThan
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.selective_execution_config import SelectiveExecutionConfig

from pipelines.sdk.sessions import NO_TELEMETRY
from tests.e2e.laptop import Laptop, free_port

SCORE = CallbackOutput("score", CallbackOutputTypeEnum.Float)


def build(laptop: Laptop, name: str, queue: str) -> Pipeline:
    """A pipeline that asks somebody for a score, and fails where it is high."""
    ask = CallbackStep("Ask", sqs_queue_url=queue, inputs={"stringArg": "some-arg"}, outputs=[SCORE])
    high = ConditionGreaterThan(left=ask.properties.Outputs["score"], right=0.8)
    gate = ConditionStep("Gate", conditions=[high], if_steps=[FailStep("TooHigh", error_message="too high")])
    session = Session(
        boto_session=boto3.Session("", "", region_name="us-east-1"),
        sagemaker_client=laptop.client("sagemaker"),
        default_bucket="none",
        sagemaker_config=NO_TELEMETRY,
    )
    return Pipeline(name, steps=[ask, gate], sagemaker_session=session)


def start(pipeline: Pipeline, role: str) -> str:
    """Create the pipeline and start it."""
    pipeline.create(role)
    arn: str = pipeline.start().arn
    return arn


def receive(laptop: Laptop, queue: str) -> dict[str, Any]:
    """The next message of the queue, which is then deleted."""
    sqs = laptop.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    body: dict[str, Any] = json.loads(message["Body"])
    return body


def test_a_program_outside_answers_by_the_token_of_its_message_and_a_kill_loses_no_wait(tmp_path: Path) -> None:
    laptop = Laptop(free_port(), tmp_path)
    laptop.scones("up")
    sagemaker, sqs = laptop.client("sagemaker"), laptop.client("sqs")
    queue = sqs.create_queue(QueueName="asked")["QueueUrl"]
    pipeline = build(laptop, "asks", queue)
    arn = start(pipeline, laptop.role("asks", "sagemaker", allows=["sqs:SendMessage"]))
    mute = start(build(laptop, "mute", queue), laptop.role("mute", "sagemaker", allows=["s3:*"]))
    assert laptop.ended(mute)["PipelineExecutionStatus"] == "Failed"
    assert "sqs:SendMessage" in laptop.steps(mute)["Ask"]["FailureReason"]

    body = receive(laptop, queue)
    assert body == {
        "token": laptop.steps(arn)["Ask"]["Metadata"]["Callback"]["CallbackToken"],
        "pipelineExecutionArn": arn,
        "arguments": {"stringArg": "some-arg"},
        "status": "Executing",
    }
    os.kill(int((laptop.home / "localaws.pid").read_text()), signal.SIGKILL)
    laptop.scones("up")

    assert sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"] == "Executing"
    said = [{"Name": "score", "Value": "0.9"}]
    sagemaker.send_pipeline_execution_step_success(CallbackToken=body["token"], OutputParameters=said)
    assert "TooHigh: too high" in laptop.ended(arn)["FailureReason"]
    assert laptop.steps(arn)["Ask"]["Metadata"]["Callback"]["OutputParameters"] == said
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)

    # Of the latest execution, the SDK's default, the answer is taken over, and nobody is asked again.
    again = pipeline.start(selective_execution_config=SelectiveExecutionConfig(selected_steps=["Gate"]))
    assert laptop.ended(again.arn)["PipelineExecutionStatus"] == "Succeeded"
    steps = laptop.steps(again.arn)
    assert steps["Ask"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": arn}
    assert steps["Gate"]["Metadata"] == {"Condition": {"Outcome": "True"}}
    laptop.scones("down", "--wipe")
