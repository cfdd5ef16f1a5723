"""A training starts where there is something new to learn from; else people hear what is missing."""

import json
from typing import Any

import pytest
from start_training.decision import Action

from common.drift_answer import fetch_answer
from tests.unit.lambdas.start_training.conftest import ACCOUNT, BUCKET, World, alarm_event, batch_event

GROUP = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package/scones-vehicles"
VERSION_1 = (
    "Version 1, which is live, was trained on the same data with the same code and parameters, so a training would "
    "make the same model again."
)


def register(world: World, number: int, status: str = "Approved", **parameters: str) -> None:
    """A version that the newest execution has made of the data of now, with some parameters."""
    world.pass_hours(30)
    chosen = _choose(world)
    given = [{"Name": name, "Value": value} for name, value in {**chosen, "CommitId": "f00d", **parameters}.items()]
    arn = world.pipelines.begin(f"execution-of-{number}", parameters=given)
    world.pipelines.end()
    package = {
        "ModelPackageArn": f"{GROUP}/{number}",
        "ModelPackageVersion": number,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": status,
        "CreationTime": world.at,
        "CustomerMetadataProperties": {"dataset_version": chosen["DatasetVersion"]},
        "MetadataProperties": {"GeneratedBy": arn},
        "InferenceSpecification": {"Containers": [{"ModelDataUrl": f"s3://b/{number}/model.tar.gz"}]},
    }
    (world.pipelines.approved if status == "Approved" else world.pipelines.others).append(package)
    world.pass_hours(30)


def _choose(world: World) -> dict[str, str]:
    from start_training import data

    return data.choose(world.trainer.s3, BUCKET)


def test_an_alarm_without_new_data_starts_nothing_and_says_what_waits(world: World) -> None:
    register(world, 1)
    for name in ("a.png", "b.png"):
        world.put(f"review/{name}")
    outcome = world.deliver(alarm_event(world.at))
    assert (outcome.action, world.pipelines.tokens) == (Action.REFUSE, {})
    assert outcome.reason == (
        f"{VERSION_1} 2 images wait for a label: give it on the page or with `scones label`, then close the batch "
        "there or with `scones ingest --close`, which starts a training."
    )
    ((subject, text),) = world.messages()
    assert subject == "scones-training: no training was started"
    assert outcome.reason in text


def test_where_nothing_waits_people_hear_to_bring_images(world: World) -> None:
    register(world, 1)
    outcome = world.deliver(alarm_event(world.at))
    assert outcome.reason == (
        f"{VERSION_1} No image waits for a label: send new ones with `scones ingest DIR`, which starts a training."
    )


def test_command_and_page_find_the_last_answer(world: World) -> None:
    assert fetch_answer(world.trainer.s3, BUCKET) is None
    register(world, 1)
    refused = world.deliver(alarm_event(world.at))
    found = fetch_answer(world.trainer.s3, BUCKET)
    assert found is not None
    assert found.sentence == f"The drift alarm rang, and no training was started: {refused.reason}"
    assert found.at == world.at.isoformat(timespec="seconds")
    world.put("curated/bicycle/new.png")
    started = world.deliver(alarm_event(world.at))
    found = fetch_answer(world.trainer.s3, BUCKET)
    assert found is not None
    assert (found.execution, found.sentence) == (
        started.execution,
        f"The drift alarm started the training {str(started.execution).rpartition('/')[2]}.",
    )


@pytest.mark.parametrize("new", ["image", "archive", "code", "parameter", "execution is gone", "made elsewhere"])
def test_what_is_new_is_trained_on(new: str, world: World) -> None:
    register(world, 1, **({"Threshold": "0.7"} if new == "parameter" else {}))
    match new:
        case "image":
            world.put("curated/bicycle/new.png")
        case "archive":
            world.put("raw/newer.tar.gz", b"other bytes")
        case "code":
            world.pipelines.ran = json.dumps({"Steps": [], "Parameters": []})
        case "execution is gone":
            world.pipelines.executions.pop(0)
        case "made elsewhere":
            arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/another/execution/1"
            world.pipelines.approved[0]["MetadataProperties"]["GeneratedBy"] = arn
    assert world.deliver(alarm_event(world.at)).action is Action.START


@pytest.mark.parametrize(
    "same", [{"Threshold": "0.80"}, {"StartReason": "a push", "StartedBy": "me", "ModelApprovalStatus": "Approved"}]
)
def test_how_a_number_is_written_and_who_started_makes_nothing_new(same: dict[str, str], world: World) -> None:
    register(world, 1, **same)
    assert world.deliver(alarm_event(world.at)).action is Action.REFUSE


@pytest.mark.parametrize(
    ("status", "words"),
    [("PendingManualApproval", "Version 2, which waits for approval,"), ("Rejected", "Version 2, which was rejected,")],
)
def test_the_newest_version_is_not_made_again_either(status: str, words: str, world: World) -> None:
    register(world, 1)
    world.put("curated/bicycle/new.png")
    register(world, 2, status)
    outcome = world.deliver(alarm_event(world.at))
    assert outcome.action is Action.REFUSE
    assert outcome.reason.startswith(words)


def test_a_batch_that_brings_nothing_new_is_done_without_a_training(world: World) -> None:
    register(world, 1)
    world.put_batch()
    outcome = world.deliver(batch_event())
    assert outcome.action is Action.REFUSE
    assert world.keys("batches/pending/") == []
    marker = json.loads(world.trainer.s3.get_object(Bucket=BUCKET, Key="batches/started/b1.json")["Body"].read())
    assert marker["reason"] == VERSION_1
    assert marker["execution"] == world.pipelines.executions[0]["PipelineExecutionArn"]


def test_a_person_starts_a_training_all_the_same(world: World) -> None:
    register(world, 1)
    assert world.deliver({"reason": "to be sure"}).action is Action.START


def test_labels_that_came_after_the_alarm_start_the_training_that_it_could_not(world: World) -> None:
    register(world, 1)
    assert world.deliver(alarm_event(world.at)).action is Action.REFUSE
    world.put("curated/bicycle/labelled.png")
    world.put_batch()
    assert world.deliver(batch_event()).action is Action.START


def test_more_images_than_a_listing_holds_are_not_counted_to_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(world, 1)
    listed = world.trainer.s3.list_objects_v2

    def list_one(**request: Any) -> Any:
        return listed(**request, **({"MaxKeys": 1} if request["Prefix"] == "review/" else {}))

    world.put("review/a.png")
    world.put("review/b.png")
    monkeypatch.setattr(world.trainer.s3, "list_objects_v2", list_one)
    assert "More than 1 images wait for a label" in world.deliver(alarm_event(world.at)).reason


def test_a_message_says_by_which_profile_is_trained_and_by_which_the_live_version_was(world: World) -> None:
    world.pipelines.profile = "compact"
    register(world, 4, Threshold="0.7")
    world.pipelines.approved[0]["CustomerMetadataProperties"]["profile"] = "quick"
    world.deliver(alarm_event(world.at))
    ((_, text),) = world.messages()
    assert "updated the pipeline last: compact. The live version 4 was trained by quick" in text
