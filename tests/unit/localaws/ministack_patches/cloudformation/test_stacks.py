"""CloudFormation's events of stacks, from MiniStack's own record of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ministack import app
from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from localaws.aws import Aws
from localaws.ministack import saving
from localaws.ministack_patches.cloudformation import stacks as patched
from localaws.ministack_patches.cloudformation.stacks import interrupted_status

STACK = "arn:aws:cloudformation:us-east-1:000000000000:stack/bakery/1"
KIND = "AWS::CloudFormation::Stack"


def test_each_status_of_a_stack_is_told_and_none_of_its_resources(
    aws: Aws, apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: list[tuple[Any, ...]] = []
    monkeypatch.setattr(stacks, "_add_event", lambda *given, **_: recorded.append(given))
    saved: list[int] = []
    monkeypatch.setattr(saving, "save", lambda: saved.append(len(recorded)))
    apply(patched)

    stacks._add_event(STACK, "bakery", "bakery", KIND, "CREATE_IN_PROGRESS", "User Initiated", STACK)
    stacks._add_event(STACK, "bakery", "Oven", "AWS::S3::Bucket", "CREATE_COMPLETE", "", "oven")
    stacks._add_event(STACK, "bakery", "Inner", KIND, "CREATE_COMPLETE", "", "inner")
    stacks._add_event(STACK, "bakery", "bakery", KIND, "CREATE_COMPLETE", physical_id=STACK)

    assert len(recorded) == 4
    assert saved == [4]
    told = [event for _, event in aws.store.outbox(10)]
    assert {(one["Source"], one["DetailType"]) for one in told} == {
        ("aws.cloudformation", "CloudFormation Stack Status Change")
    }
    assert [one["Resources"] for one in told] == [[STACK], [STACK]]
    details = [json.loads(one["Detail"]) for one in told]
    assert [one["status-details"] for one in details] == [
        {"status": "CREATE_IN_PROGRESS", "status-reason": "User Initiated"},
        {"status": "CREATE_COMPLETE", "status-reason": ""},
    ]
    assert {one["stack-id"] for one in details} == {STACK}


@pytest.mark.parametrize(
    ("status", "after"),
    [
        ("CREATE_IN_PROGRESS", "CREATE_FAILED"),
        ("UPDATE_IN_PROGRESS", "UPDATE_FAILED"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"),
        ("DELETE_IN_PROGRESS", "DELETE_FAILED"),
        ("IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_FAILED"),
    ],
)
def test_an_operation_that_was_interrupted_has_failed(status: str, after: str) -> None:
    assert interrupted_status(status) == after


def test_stacks_in_progress_have_failed_at_the_next_start(
    apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_load_persisted_state", lambda: None)
    apply(patched)
    for name, status in (("cut", "UPDATE_IN_PROGRESS"), ("unborn", "REVIEW_IN_PROGRESS"), ("done", "CREATE_COMPLETE")):
        cloudformation._stacks[name] = {"StackStatus": status}
    app._load_persisted_state()
    found = {name: cloudformation._stacks[name]["StackStatus"] for name in ("cut", "unborn", "done")}
    assert found == {"cut": "UPDATE_FAILED", "unborn": "REVIEW_IN_PROGRESS", "done": "CREATE_COMPLETE"}
    cloudformation._stacks.clear()


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "ROLLBACK_COMPLETE"])
def test_a_stack_that_is_being_changed_gets_no_change_set(
    apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    apply(patched)
    body = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    stack = {"StackName": "bakery", "StackId": STACK, "StackStatus": status, "_template": {}, "_resources": {}}
    monkeypatch.setitem(cloudformation._stacks, "bakery", stack)
    asked = {"StackName": ["bakery"], "ChangeSetName": ["two"], "TemplateBody": [body]}

    refused, _, answer = cloudformation._ACTION_HANDLERS["CreateChangeSet"](asked)
    assert refused == 400
    assert f"Stack:{STACK} is in {status} state and can not be updated." in answer.decode()

    stack["StackStatus"] = "UPDATE_COMPLETE"
    assert cloudformation._ACTION_HANDLERS["CreateChangeSet"](asked)[0] == 200
    cloudformation.reset()
