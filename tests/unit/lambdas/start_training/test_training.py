"""Alarms, batches and people call, in every bad order; how many trainings come of it, and what people hear."""

import re
from datetime import timedelta
from itertools import permutations
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from start_training.call import Call, Kind, parse
from start_training.decision import Action

from tests.unit.lambdas.start_training.conftest import (
    ACCOUNT,
    BUCKET,
    IMAGE,
    NOON,
    REPOSITORY,
    SETTINGS,
    World,
    alarm_event,
    batch_event,
    ended_event,
)


def test_an_alarm_starts_a_training_that_says_why(world: World) -> None:
    outcome = world.deliver(alarm_event(world.at))
    execution = world.pipelines.executions[0]
    assert (outcome.action, outcome.execution) == (Action.START, execution["PipelineExecutionArn"])
    assert re.fullmatch(r"auto-drift-[0-9a-f]{12}", execution["PipelineExecutionDisplayName"])
    assert execution["PipelineExecutionDescription"] == (
        "the alarm scones-vehicles-drift rang at 2026-03-01 12:00 UTC (Threshold Crossed: 1 datapoint [3.0])."
    )
    sent = world.sent()
    assert sent["StartReason"] == "drift: the alarm scones-vehicles-drift rang at 2026-03-01 12:00 UTC"
    assert (sent["StartedBy"], sent["CommitId"]) == ("start_training", "f00d")
    assert sent["InputDataUri"] == f"s3://{BUCKET}/raw/cifar-100-binary.tar.gz"
    assert sent["CuratedDataUri"] == f"s3://{BUCKET}/curated/"
    assert re.fullmatch("[0-9a-f]{16}", sent["DatasetVersion"])
    assert len(world.pipelines.tokens) == 1


def test_the_request_keeps_to_awss_patterns(world: World) -> None:
    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("StartPipelineExecution")
    members = shape.input_shape.members
    world.deliver(alarm_event(world.at))
    execution = world.pipelines.executions[0]
    for name in ("PipelineExecutionDisplayName", "PipelineExecutionDescription"):
        rule = members[name].metadata
        assert re.fullmatch(rule["pattern"], execution[name])
        assert len(execution[name]) <= rule["max"]


@pytest.mark.parametrize("between", ["nothing", "end", "fail"])
def test_the_same_alarm_delivered_again_is_answered_already(between: str, world: World) -> None:
    event = alarm_event(world.at)
    world.deliver(event)
    if between != "nothing":
        world.pipelines.end("Failed" if between == "fail" else "Succeeded")
    world.pass_hours(5)
    assert world.deliver(event).action is Action.KEEP
    assert len(world.pipelines.executions) == 2
    assert len(world.messages()) == 1


def test_an_alarm_that_flaps_starts_one_training_and_sends_two_messages(world: World) -> None:
    for _ in range(20):
        world.deliver(alarm_event(world.at))
        world.pass_hours(1 / 60)
    world.pipelines.end()
    for _ in range(20):
        world.pass_hours(1)
        world.deliver(alarm_event(world.at))
    assert len(world.pipelines.executions) == 2
    assert [subject for subject, _ in world.messages()] == [
        "scones-training: a training was started",
        "scones-training: no training was started",
    ]


def test_after_the_cool_down_drift_starts_a_training_again(world: World) -> None:
    world.deliver(alarm_event(world.at))
    world.pipelines.end()
    world.pass_hours(23.9)
    refused = world.deliver(alarm_event(world.at))
    assert refused.action is Action.REFUSE
    assert "drift starts one training in 24 hours" in refused.reason
    world.pass_hours(0.2)
    assert world.deliver(alarm_event(world.at)).action is Action.START


@pytest.mark.parametrize("status", ["Executing", "Stopping"])
def test_nothing_is_started_beside_an_execution_whoever_started_it(status: str, world: World) -> None:
    world.pipelines.begin("execution-of-a-person")
    world.pipelines.end(status)
    world.put_batch()
    outcomes = [world.deliver(event) for event in (alarm_event(world.at), batch_event(), {}, {"reason": "now"})]
    assert [outcome.action for outcome in outcomes] == [Action.REFUSE, Action.KEEP, Action.REFUSE, Action.REFUSE]
    assert len(world.pipelines.executions) == 2
    assert world.keys("batches/pending/") == ["b1.json"]


def test_an_execution_far_down_the_list_still_counts_as_running(world: World) -> None:
    world.pipelines.executions[0]["PipelineExecutionStatus"] = "Executing"  # such as one that a person retries
    for number in range(7):
        world.pipelines.begin(f"execution-{number}")
        world.pipelines.end()
    assert world.deliver(alarm_event(world.at)).action is Action.REFUSE


def test_a_batch_starts_a_training_and_is_marked_with_it(world: World) -> None:
    world.put_batch("v.1_x")
    outcome = world.deliver(batch_event("v.1_x"))
    assert world.pipelines.executions[0]["PipelineExecutionDisplayName"].startswith("auto-batch-")
    assert world.sent()["StartReason"] == "batch: one batch of new images"
    assert world.keys("batches/pending/") == []
    marker = world.trainer.s3.get_object(Bucket=BUCKET, Key="batches/started/v.1_x.json")["Body"].read().decode()
    assert outcome.execution is not None
    assert outcome.execution in marker


def test_batches_that_wait_share_one_training_when_the_execution_has_ended(world: World) -> None:
    world.pipelines.begin("execution-of-a-person")
    for batch in ("b1", "b2", "b3"):
        world.put_batch(batch)
        assert world.deliver(batch_event(batch)).action is Action.KEEP
    world.pipelines.end("Failed")
    assert world.deliver(ended_event("Failed")).action is Action.START
    assert world.sent()["StartReason"] == "batch: 3 batches of new images"
    assert world.keys("batches/started/") == ["b1.json", "b2.json", "b3.json"]
    world.pipelines.end()
    assert world.deliver(ended_event()).action is Action.KEEP
    assert len(world.pipelines.executions) == 3


def test_s3_may_tell_of_a_batch_as_often_as_it_likes(world: World) -> None:
    world.put_batch()
    for _ in range(3):
        world.deliver(batch_event())
    world.pipelines.end()
    world.put_batch()  # ingest_image was called twice at once and wrote the marker again
    for _ in range(3):
        world.deliver(batch_event())
        world.deliver(ended_event())
    assert len(world.pipelines.executions) == 2
    assert world.keys("batches/pending/") == []


def test_a_call_that_died_between_start_and_marker_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put_batch()
    put = world.trainer.s3.put_object
    monkeypatch.setattr(world.trainer.s3, "put_object", _dies_on("batches/started/", put))
    with pytest.raises(InterruptedError):
        world.deliver(batch_event())
    monkeypatch.setattr(world.trainer.s3, "put_object", put)
    world.pipelines.end()
    assert world.deliver(batch_event()).action is Action.KEEP
    assert world.keys("batches/started/") == ["b1.json"]
    assert len(world.pipelines.executions) == 2


def _dies_on(prefix: str, put: Any) -> Any:
    def put_object(**request: Any) -> Any:
        if request["Key"].startswith(prefix):
            raise InterruptedError
        return put(**request)

    return put_object


def test_drift_takes_the_waiting_batches_along(world: World) -> None:
    world.put_batch()
    world.deliver(alarm_event(world.at))
    world.pipelines.end()
    assert world.deliver(ended_event()).action is Action.KEEP
    assert world.keys("batches/started/") == ["b1.json"]


def test_more_trainings_than_the_day_allows_wait_for_the_next(world: World) -> None:
    for number in range(2):
        world.put_batch(f"b{number}")
        assert world.deliver(batch_event()).action is Action.START
        world.pipelines.end()
        world.pass_hours(1)
    world.put_batch("b3")
    refused = world.deliver(batch_event("b3"))
    assert (refused.action, refused.told) == (Action.REFUSE, True)
    assert "2 trainings have started by themselves within 24 hours" in refused.reason
    assert world.deliver(batch_event("b3")).told is False
    assert world.deliver(alarm_event(world.at)).action is Action.REFUSE
    world.pass_hours(22.5)
    assert world.deliver(ended_event()).action is Action.START
    assert world.keys("batches/pending/") == []


def test_a_person_is_not_bound_by_the_day_nor_by_the_cool_down(world: World) -> None:
    for moment in range(2):
        world.put_batch(f"b{moment}")
        world.deliver(batch_event())
        world.pipelines.end()
    outcome = world.deliver({"reason": "a new camera, “better”"})
    assert outcome.action is Action.START
    assert world.pipelines.executions[0]["PipelineExecutionDisplayName"].startswith("person-")
    assert world.sent()["StartReason"] == "person: a new camera- -better-"
    world.pipelines.end()
    assert world.deliver(alarm_event(world.at)).action is Action.REFUSE, "two automatic ones fill the day"


@pytest.mark.parametrize("second", [alarm_event, None])
def test_calls_that_race_start_one_training_whatever_their_reasons(second: Any, world: World) -> None:
    world.put_batch()
    first = world.deliver(batch_event())
    world.pipelines.hidden = 1  # the other call has listed the executions before the first one's was there
    event = second(world.at) if second else batch_event()
    late = world.deliver(event)
    assert first.action is Action.START
    assert late.action is Action.KEEP
    assert len(world.pipelines.executions) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        ("ConflictException", "A pipeline execution with this token is being created."),
        ("ValidationException", "ClientRequestToken was used with other parameters."),
        ("IdempotentParameterMismatch", "The request does not match."),
    ],
)
def test_a_token_that_aws_has_seen_with_another_request_means_started_already(
    refusal: tuple[str, str], world: World
) -> None:
    world.pipelines.refusal = refusal
    outcome = world.deliver(alarm_event(world.at))
    assert (outcome.action, world.messages()) == (Action.KEEP, [])


def test_what_aws_refuses_for_another_reason_is_raised_for_another_delivery(world: World) -> None:
    world.pipelines.refusal = ("ResourceLimitExceeded", "Too many executions.")
    world.put_batch()
    with pytest.raises(ClientError, match="Too many"):
        world.deliver(batch_event())
    world.pipelines.refusal = None
    assert world.deliver(batch_event()).action is Action.START


def test_without_an_archive_people_hear_what_to_do(world: World) -> None:
    world.trainer.s3.delete_object(Bucket=BUCKET, Key="raw/cifar-100-binary.tar.gz")
    world.put_batch()
    assert world.deliver(batch_event()).action is Action.REFUSE
    assert "no archive under s3://scones-bucket/raw/" in world.messages()[0][1]
    assert world.keys("batches/pending/") == ["b1.json"]


def test_without_a_pipeline_people_hear_what_to_do(world: World) -> None:
    world.pipelines.missing = True
    world.put_batch()
    assert world.deliver(batch_event()).action is Action.REFUSE
    assert "no pipeline scones-training yet" in world.messages()[0][1]


def test_the_first_execution_of_all_knows_no_commit(world: World) -> None:
    world.pipelines.executions.clear()
    world.deliver(alarm_event(world.at))
    assert world.sent()["CommitId"] == "unknown"


def test_a_message_says_what_was_started_and_why(world: World) -> None:
    outcome = world.deliver(alarm_event(world.at))
    subject, text = world.messages()[0]
    assert len(subject) <= 100
    assert str(outcome.execution) in text
    assert "rang at 2026-03-01 12:00 UTC" in text


def test_forty_batches_are_taken_up_by_two_trainings(world: World) -> None:
    for number in range(40):
        world.put_batch("x" * 60 + f"{number:03d}")
    world.deliver(batch_event())
    assert len(world.keys("batches/started/")) == 30
    assert len(world.pipelines.executions[0]["PipelineExecutionDescription"]) <= 3072
    world.pipelines.end()
    world.deliver(ended_event())
    assert world.keys("batches/pending/") == []


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (alarm_event(World.at, name="scones-vehicles-5xx"), "scones-vehicles-5xx"),
        (alarm_event(World.at, value="OK"), "is OK"),
        (alarm_event(World.at, value="INSUFFICIENT_DATA"), "INSUFFICIENT_DATA"),
        (ended_event("Executing"), "Executing"),
        (ended_event() | {"detail": {"pipelineArn": "arn:aws:sagemaker:us-east-1:1:pipeline/other"}}, "other"),
        (batch_event() | {"detail": {"bucket": {"name": "b"}, "object": {"key": "curated/x"}}}, "s3://b/curated/x"),
        (batch_event() | {"account": "999999999999"}, "account 999999999999"),
        (batch_event() | {"detail-type": "Object Deleted"}, "'Object Deleted'"),
        ({"reason": 7}, "type int"),
    ],
)
def test_what_calls_for_no_training_is_said_in_a_sentence(event: dict[str, Any], word: str) -> None:
    answer = parse(event, SETTINGS)
    assert isinstance(answer, str)
    assert word in answer
    assert answer.endswith(".")


def test_a_clock_wakes_batches_that_waited_for_the_next_day(world: World) -> None:
    call = parse({"account": SETTINGS.account, "detail-type": "Scheduled Event", "detail": {}}, SETTINGS)
    assert isinstance(call, Call)
    assert call.kind is Kind.BATCH


def test_sagemaker_writes_the_pipeline_in_small_letters() -> None:
    event = ended_event()
    event["detail"]["pipelineArn"] = event["detail"]["pipelineArn"].upper().replace("PIPELINE/", "pipeline/")
    assert isinstance(parse(event, SETTINGS), Call)


def test_an_alarm_s_moment_is_read_with_its_zone() -> None:
    event = alarm_event(World.at)
    event["detail"]["state"]["timestamp"] = "2026-03-01T12:00:00.123+0000"
    call = parse(event, SETTINGS)
    assert isinstance(call, Call)
    assert call.moment is not None
    assert call.moment - World.at < timedelta(seconds=1)


def test_a_training_is_compared_with_the_version_that_was_approved_last(world: World) -> None:
    for number, changed in ((1, NOON), (2, NOON - timedelta(hours=1))):
        world.pipelines.approved.append(
            {
                "ModelPackageArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package/scones-vehicles/{number}",
                "ModelPackageVersion": number,
                "ModelPackageStatus": "Completed",
                "CreationTime": NOON - timedelta(days=9 - number),
                "LastModifiedTime": changed,
                "InferenceSpecification": {"Containers": [{"ModelDataUrl": f"s3://b/{number}/model.tar.gz"}]},
            }
        )
    world.deliver(alarm_event(NOON))
    assert world.sent()["LiveModelUri"] == "s3://b/1/model.tar.gz"


def test_before_the_first_approval_a_training_is_compared_with_nothing(world: World) -> None:
    world.deliver(alarm_event(NOON))
    assert "LiveModelUri" not in world.sent()


@pytest.mark.parametrize("order", sorted(set(permutations(["alarm", "alarm", "batch", "batch", "ended"]))))
def test_events_twice_and_in_any_order_start_one_training_and_lose_no_batch(
    order: tuple[str, ...], world: World
) -> None:
    world.put_batch()
    events = {"alarm": alarm_event(world.at), "batch": batch_event(), "ended": ended_event()}
    actions = [world.deliver(events[name]).action for name in order]
    assert actions.count(Action.START) == 1
    assert len(world.pipelines.executions) == 2, "the person's, and this one"
    world.pipelines.end()
    world.deliver(ended_event())
    assert len(world.pipelines.executions) == 2
    assert world.keys("batches/pending/") == []


@pytest.mark.parametrize("image", [f"{REPOSITORY}:gone", f"{REPOSITORY}@sha256:{'0' * 64}", REPOSITORY])
def test_an_image_that_is_gone_is_one_sentence_to_people_and_no_training(image: str, world: World) -> None:
    world.pipelines.image = image
    outcome = world.deliver(alarm_event(world.at))
    assert (outcome.action, world.pipelines.tokens) == (Action.REFUSE, {})
    assert outcome.reason == (
        f"The container image {image} of the pipeline is not in ECR; push the code to have it built again."
    )
    ((subject, text),) = world.messages()
    assert subject == "scones-training: no training was started"
    assert outcome.reason in text


def test_a_batch_waits_until_the_image_is_there(world: World) -> None:
    world.pipelines.image = f"{REPOSITORY}:gone"
    world.put_batch()
    assert world.deliver(batch_event()).action is Action.REFUSE
    assert world.keys("batches/pending/") == ["b1.json"]
    world.pipelines.image = IMAGE
    assert world.deliver(batch_event()).action is Action.START
