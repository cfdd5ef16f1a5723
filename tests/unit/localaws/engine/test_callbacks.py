"""Callback steps: the message, the token that comes back, and what a stop or a restart makes of the wait."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localaws import recovery
from localaws.aws import Aws
from localaws.engine import callbacks, records
from localaws.operations import SAGEMAKER
from localaws.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.localaws.conftest import Api, Build, Runs, Script

QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/asked"
OUTPUTS = [
    {"OutputName": "word", "OutputType": "String"},
    {"OutputName": "count", "OutputType": "Integer"},
    {"OutputName": "rate", "OutputType": "Float"},
    {"OutputName": "good", "OutputType": "Boolean"},
]
SAID = [
    {"Name": "word", "Value": "yes"},
    {"Name": "count", "Value": "3"},
    {"Name": "rate", "Value": "0.5"},
    {"Name": "good", "Value": "true"},
]


class FakeQueue:
    """Keeps the bodies of all messages."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.urls: list[str] = []
        self.error: str | None = None

    def send_message(self, QueueUrl: str, MessageBody: str) -> dict[str, Any]:
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "SendMessage")
        self.urls.append(QueueUrl)
        self.bodies.append(json.loads(MessageBody))
        return {}


@pytest.fixture
def queue(aws: Aws) -> FakeQueue:
    made = FakeQueue()
    aws.clients.known["sqs"] = made  # type: ignore[attr-defined]
    return made


def ask(build: Build, *after: str, **body: object) -> dict[str, Any]:
    given = {"SqsQueueUrl": QUEUE, "OutputParameters": OUTPUTS, **body}
    return build.step("Ask", *after, kind="Callback", **given)


@pytest.fixture
def asked(
    runs: Runs, build: Build, queue: FakeQueue, settled: Callable[[Callable[[], bool]], None]
) -> Callable[..., tuple[str, str]]:
    """Start a pipeline whose first step asks; answers the execution and the token once the message is there."""

    def start(*others: dict[str, Any], **body: object) -> tuple[str, str]:
        runs.create(build.text(ask(build, **body), *others))
        arn = runs.start()
        settled(lambda: bool(queue.bodies))
        return arn, queue.bodies[0]["token"]

    return start


def test_the_message_is_the_one_that_aws_documents(
    runs: Runs, build: Build, queue: FakeQueue, api: Api, settled: Callable[[Callable[[], bool]], None]
) -> None:
    count = {"Name": "Count", "Type": "Integer", "DefaultValue": 5}
    inputs = {"number": {"Get": "Parameters.Count"}, "stringArg": "some-arg"}
    runs.create(build.text(ask(build, Arguments=inputs), parameters=[count]))
    arn = runs.start()
    settled(lambda: bool(queue.bodies))
    (body,) = queue.bodies
    assert queue.urls == [QUEUE]
    assert body == {
        "token": body["token"],
        "pipelineExecutionArn": arn,
        "arguments": {"number": 5, "stringArg": "some-arg"},
        "status": "Executing",
    }
    assert re.fullmatch("[a-zA-Z0-9]{10}", body["token"])
    api("SendPipelineExecutionStepSuccess", CallbackToken=body["token"])
    assert runs.status(runs.ended(arn)) == "Succeeded"


def test_what_is_sent_back_reaches_later_steps_in_its_declared_types(
    runs: Runs, build: Build, script: Script, api: Api, asked: Callable[..., tuple[str, str]]
) -> None:
    seconds = {"MaxRuntimeInSeconds": {"Get": "Steps.Ask.OutputParameters['count']"}}
    environment = {"WORD": {"Get": "Steps.Ask.OutputParameters['word']"}}
    train = build.step("Train", Arguments={"StoppingCondition": seconds, "Environment": environment})
    good = {"Type": "Equals", "LeftValue": {"Get": "Steps.Ask.OutputParameters['good']"}, "RightValue": True}
    high = {"Type": "GreaterThan", "LeftValue": {"Get": "Steps.Ask.OutputParameters['rate']"}, "RightValue": 0.4}
    gate = build.condition("Gate", good, high, then=[build.step("Yes")], otherwise=[])
    arn, token = asked(train, gate)
    answered = api("SendPipelineExecutionStepSuccess", CallbackToken=token, OutputParameters=SAID)
    assert answered == {"PipelineExecutionArn": arn}
    runs.ended(arn)
    assert runs.status(arn) == "Succeeded"
    assert script.arguments["Train"]["StoppingCondition"] == {"MaxRuntimeInSeconds": 3}
    assert script.arguments["Train"]["Environment"] == {"WORD": "yes"}
    assert "Yes" in script.began
    assert runs.steps(arn)["Ask"]["Metadata"] == {
        "Callback": {"CallbackToken": token, "SqsQueueUrl": QUEUE, "OutputParameters": SAID}
    }


def test_a_waiting_step_shows_its_token(runs: Runs, asked: Callable[..., tuple[str, str]], api: Api) -> None:
    arn, token = asked()
    step = runs.steps(arn)["Ask"]
    assert step["StepStatus"] == "Executing"
    assert step["Metadata"] == {"Callback": {"CallbackToken": token, "SqsQueueUrl": QUEUE}}
    api("SendPipelineExecutionStepSuccess", CallbackToken=token)
    runs.ended(arn)


def test_a_failure_ends_the_step_with_the_reason_and_a_retry_asks_anew(
    runs: Runs, api: Api, queue: FakeQueue, asked: Callable[..., tuple[str, str]], settled: Any
) -> None:
    arn, token = asked()
    api("SendPipelineExecutionStepFailure", CallbackToken=token, FailureReason="the reviewer said no")
    runs.ended(arn)
    assert runs.status(arn) == "Failed"
    assert runs.steps(arn)["Ask"]["FailureReason"] == "the reviewer said no"
    api("RetryPipelineExecution", PipelineExecutionArn=arn)
    settled(lambda: len(queue.bodies) == 2)
    again = queue.bodies[1]["token"]
    assert again != token
    used = ("ValidationException", "Step Ask is already in a terminal status.")
    assert api.refused("SendPipelineExecutionStepSuccess", CallbackToken=token) == used
    api("SendPipelineExecutionStepSuccess", CallbackToken=again)
    assert runs.status(runs.ended(arn)) == "Succeeded"


def test_a_token_that_nobody_was_sent_is_unknown(api: Api) -> None:
    for operation in ("SendPipelineExecutionStepSuccess", "SendPipelineExecutionStepFailure"):
        assert api.refused(operation, CallbackToken="a" * 10)[0] == "ResourceNotFound"
        assert api.refused(operation, CallbackToken="short")[0] == "ValidationException"


def test_the_same_request_again_is_one_request(runs: Runs, api: Api, asked: Callable[..., tuple[str, str]]) -> None:
    arn, token = asked()
    request = {"CallbackToken": token, "ClientRequestToken": "once-" * 8}
    first = api("SendPipelineExecutionStepSuccess", **request)
    runs.ended(arn)
    assert api("SendPipelineExecutionStepSuccess", **request) == first
    code, _ = api.refused("SendPipelineExecutionStepFailure", **request)
    assert code == "ValidationException"


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ([{"Name": "count", "Value": "many"}], "output parameter 'count' is 'many'; it must be of type Integer"),
        ([{"Name": "good", "Value": "maybe"}], "must be of type Boolean"),
        ([{"Name": "word", "Value": "a"}, {"Name": "word", "Value": "b"}], "'word' stands twice"),
    ],
)
def test_outputs_that_do_not_fit_are_refused_and_the_token_stays(
    runs: Runs, api: Api, asked: Callable[..., tuple[str, str]], outputs: list[dict[str, str]], words: str
) -> None:
    arn, token = asked()
    code, sentence = api.refused("SendPipelineExecutionStepSuccess", CallbackToken=token, OutputParameters=outputs)
    assert code == "ValidationException"
    assert words in sentence
    api("SendPipelineExecutionStepSuccess", CallbackToken=token, OutputParameters=SAID)
    assert runs.status(runs.ended(arn)) == "Succeeded"


def test_a_later_step_fails_where_an_output_was_not_sent_back(
    runs: Runs, build: Build, api: Api, asked: Callable[..., tuple[str, str]]
) -> None:
    environment = {"WORD": {"Get": "Steps.Ask.OutputParameters['word']"}}
    arn, token = asked(build.step("Train", Arguments={"Environment": environment}))
    api("SendPipelineExecutionStepSuccess", CallbackToken=token)
    runs.ended(arn)
    assert runs.steps(arn)["Train"]["FailureReason"] == (
        "ClientError: the step Ask has nothing at \"OutputParameters['word']\"."
    )


def test_a_stop_is_told_by_another_message_and_waits_for_the_token(
    runs: Runs, api: Api, queue: FakeQueue, asked: Callable[..., tuple[str, str]], settled: Any, build: Build
) -> None:
    arn, token = asked(build.step("After", "Ask"))
    api("StopPipelineExecution", PipelineExecutionArn=arn)
    settled(lambda: len(queue.bodies) == 2)
    assert queue.bodies[1] == {**queue.bodies[0], "status": "Stopping"}
    assert (runs.status(arn), runs.statuses(arn)) == ("Stopping", {"Ask": "Stopping"})
    api("SendPipelineExecutionStepSuccess", CallbackToken=token, OutputParameters=SAID)
    runs.ended(arn)
    assert (runs.status(arn), runs.statuses(arn)) == ("Stopped", {"Ask": "Stopped"})


def test_a_queue_that_takes_no_message_fails_the_step(runs: Runs, build: Build, queue: FakeQueue, api: Api) -> None:
    queue.error = "AWS.SimpleQueueService.NonExistentQueue"
    arn = runs.run(build.text(ask(build)))
    step = runs.steps(arn)["Ask"]
    assert step["FailureReason"].startswith(f"ClientError: Failed to send a message to {QUEUE}: ")
    code, _ = api.refused(
        "SendPipelineExecutionStepSuccess", CallbackToken=step["Metadata"]["Callback"]["CallbackToken"]
    )
    assert code == "ValidationException"


def test_a_queue_of_another_region_is_not_one_of_the_same_name_here(runs: Runs, build: Build, queue: FakeQueue) -> None:
    arn = runs.run(build.text(ask(build, SqsQueueUrl=QUEUE.replace("us-east-1", "eu-west-1"))))
    assert "is in eu-west-1; the pipeline sends to queues of us-east-1" in runs.steps(arn)["Ask"]["FailureReason"]
    assert queue.bodies == []


def test_a_token_that_does_not_come_back_in_seven_days_fails_the_step(
    runs: Runs, api: Api, asked: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    arn, token = asked()
    later = records.now() + 7 * 86_400 + 1
    monkeypatch.setattr("localaws.engine.steps.callback.now", lambda: later)
    runs.ended(arn)
    assert runs.steps(arn)["Ask"]["FailureReason"].endswith("was not sent back within 7 days.")
    assert api.refused("SendPipelineExecutionStepSuccess", CallbackToken=token)[0] == "ValidationException"


class Killed(Exception):
    """Ends a thread as the end of its process would, without a record of it."""


def end_process(aws: Aws, monkeypatch: pytest.MonkeyPatch, arn: str) -> Aws:
    """Leave the store as a process leaves it that is killed while a step waits; answers the next process's."""

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr("localaws.engine.steps.callback.callbacks.find", killed)
        dying.setattr("localaws.engine.steps.callback.callbacks.close", killed)
        dying.setattr("localaws.engine.attempt.records.change_step", killed)
        dying.setattr("localaws.engine.executor._finish", killed)
        aws.tasks.join(arn, 5)
    return Aws(aws.settings, aws.store, aws.events, aws.clients, Tasks())


def test_a_wait_outlives_the_process_and_no_second_message_is_sent(
    aws: Aws,
    runs: Runs,
    api: Api,
    queue: FakeQueue,
    asked: Callable[..., tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    sent: Callable[[str], list[dict[str, Any]]],
) -> None:
    arn, token = asked({"Name": "After", "Type": "Fail", "DependsOn": ["Ask"]})
    following = end_process(aws, monkeypatch, arn)
    waiting = recovery.recover(following)
    assert (waiting, runs.status(arn)) == ([arn], "Executing")
    api("SendPipelineExecutionStepSuccess", CallbackToken=token)
    recovery.resume_callbacks(following, waiting)
    following.tasks.join(arn, 5)
    assert runs.statuses(arn) == {"Ask": "Succeeded", "After": "Failed"}
    assert len(queue.bodies) == 1
    told = [item for item in sent("Model Building Pipeline Execution Step Status Change") if item["stepName"] == "Ask"]
    assert [item["currentStepStatus"] for item in told] == ["Starting", "Executing", "Succeeded"]


def test_a_stop_between_the_processes_is_heard(
    aws: Aws, runs: Runs, api: Api, queue: FakeQueue, asked: Any, monkeypatch: pytest.MonkeyPatch, settled: Any
) -> None:
    arn, token = asked()
    following = end_process(aws, monkeypatch, arn)
    waiting = recovery.recover(following)
    api("StopPipelineExecution", PipelineExecutionArn=arn)
    recovery.resume_callbacks(following, waiting)
    settled(lambda: [item["status"] for item in queue.bodies] == ["Executing", "Stopping"])
    api("SendPipelineExecutionStepFailure", CallbackToken=token)
    following.tasks.join(arn, 5)
    assert runs.status(arn) == "Stopped"


def test_an_execution_that_also_ran_a_job_is_interrupted_and_its_token_is_used_up(
    aws: Aws, runs: Runs, api: Api, build: Build, script: Script, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = script.holding["Slow"] = threading.Event()
    arn, token = asked(build.step("Slow"))
    script.await_begin("Slow")
    records.change_step(aws, arn, "Slow", StepStatus="Executing")
    with monkeypatch.context() as dying:
        dying.setattr("localaws.engine.records.change_execution", lambda *_: None)
        following = Aws(aws.settings, aws.store, aws.events, aws.clients, Tasks())
    assert recovery.recover(following) == []
    assert runs.status(arn) == "Failed"
    assert api.refused("SendPipelineExecutionStepSuccess", CallbackToken=token)[0] == "ValidationException"
    held.set()
    runs.ended(arn)


def test_policies_are_asked_about_the_execution_that_a_token_is_of(
    aws: Aws, runs: Runs, api: Api, asked: Callable[..., tuple[str, str]]
) -> None:
    arn, token = asked()
    for name in ("SendPipelineExecutionStepSuccess", "SendPipelineExecutionStepFailure"):
        checks = list(SAGEMAKER.operations[name].permissions(aws, {"CallbackToken": token}))
        assert [(item.action, item.resource) for item in checks] == [(f"sagemaker:{name}", arn)]
    api("SendPipelineExecutionStepSuccess", CallbackToken=token)
    runs.ended(arn)


def test_a_pipeline_takes_its_tokens_with_it(
    aws: Aws, runs: Runs, api: Api, asked: Callable[..., tuple[str, str]]
) -> None:
    arn, token = asked()
    api("SendPipelineExecutionStepSuccess", CallbackToken=token)
    runs.ended(arn)
    api("DeletePipeline", PipelineName="line")
    assert callbacks.find(aws, token) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"SqsQueueUrl": None}, "The Callback step 'Ask' has no SqsQueueUrl"),
        ({"SqsQueueUrl": [QUEUE]}, "SqsQueueUrl that is not text or a reference"),
        ({"SqsQueueUrl": {"a": QUEUE}}, "SqsQueueUrl that is not text or a reference"),
        ({"SqsQueueUrl": {"Get": "Execution.CurrentDateTime[0"}}, "SqsQueueUrl that is not text or a reference"),
        (
            {"SqsQueueUrl": {"Get": "Parameters.Count"}},
            "[Parameters.Count] of type [Integer] to argument of type [String]",
        ),
        ({"Arguments": {"a": {"Get": "Execution.TrainingJobName"}}}, "the name of a Training step's own job"),
        ({"OutputParameters": [{"OutputName": "a", "OutputType": "List"}]}, "OutputType 'List'"),
        ({"RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"]}]}, "has the member 'RetryPolicies'"),
    ],
)
def test_a_step_of_another_form_is_refused_when_the_pipeline_is_created(
    api: Api, build: Build, body: dict[str, Any], words: str
) -> None:
    count = {"Name": "Count", "Type": "Integer", "DefaultValue": 5}
    code, sentence = api.refused(
        "CreatePipeline",
        PipelineName="line",
        PipelineDefinition=build.text(ask(build, **body), parameters=[count]),
        RoleArn="arn:aws:iam::000000000000:role/pipeline",
    )
    assert code == "ValidationException"
    assert words in sentence
