"""The rules' patterns against the events that AWS documents: what must pass, and what must not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seedcode.commands import difference
from tests.contract.stack.events import FOLDER, matches, sample, transform
from tests.contract.stack.resolve import ACCOUNT, REGION
from tests.contract.stack.variants import stacks

PLAIN = stacks()["plain"]
RULES = PLAIN.of_type("AWS::Events::Rule")
PIPELINE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline"
OTHER_ALARM = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:other"
OTHER_STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/other/11111111-2222-3333-4444-555555555555"
OTHER_REPOSITORY = f"arn:aws:codecommit:{REGION}:{ACCOUNT}:other"

PASSES: list[tuple[str, str, dict[str, Any]]] = [
    ("ApprovalRule", "model-package", {}),
    ("ApprovalRule", "model-package", {"detail__ModelApprovalStatus": "Rejected"}),
    ("EndpointAtRestRule", "endpoint", {}),
    ("EndpointAtRestRule", "endpoint", {"detail__EndpointStatus": "FAILED"}),
    ("IncomingRule", "object-created", {}),
    ("IncomingRule", "object-created", {"detail__object__key": "incoming/_SUCCESS"}),
    ("IncomingRule", "object-created", {"detail__reason": "CompleteMultipartUpload"}),
    ("BatchRule", "object-created", {"detail__object__key": "batches/pending/IYV3p45BT0ac8hjHg1houSdS1a.json"}),
    ("DriftRule", "alarm", {}),
    ("ExecutionEndedRule", "pipeline-execution", {}),
    ("ExecutionEndedRule", "pipeline-execution", {"detail__currentPipelineExecutionStatus": "Succeeded"}),
    ("ExecutionEndedRule", "pipeline-execution", {"detail__currentPipelineExecutionStatus": "Stopped"}),
    ("ExecutionFailedRule", "pipeline-execution", {}),
    ("PushRule", "push", {}),
    ("PushRule", "push", {"detail__event": "referenceCreated"}),
    ("PullRequestRule", "pull-request", {}),
    ("PullRequestRule", "pull-request", {"detail__event": "pullRequestSourceBranchUpdated"}),
    ("FirstBuildRule", "stack", {}),
]
STAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("ApprovalRule", "model-package", {"detail__ModelApprovalStatus": "PendingManualApproval"}),
    ("ApprovalRule", "model-package", {"detail__ModelPackageGroupName": "scones-vehicles-2"}),
    ("ApprovalRule", "endpoint", {}),
    ("EndpointAtRestRule", "endpoint", {"detail__EndpointStatus": "UPDATING"}),
    ("EndpointAtRestRule", "endpoint", {"detail__EndpointStatus": "DELETED"}),
    ("EndpointAtRestRule", "endpoint", {"detail__EndpointName": "other"}),
    ("IncomingRule", "object-created", {"detail__object__key": "incoming-inference/1.png"}),
    ("IncomingRule", "object-created", {"detail__object__key": "curated/bicycle/1.png"}),
    ("IncomingRule", "object-created", {"detail__bucket__name": "other"}),
    ("IncomingRule", "object-created", {"detail_type": "Object Deleted"}),
    ("BatchRule", "object-created", {"detail__object__key": "batches/started/1.json"}),
    ("BatchRule", "object-created", {}),
    ("DriftRule", "alarm", {"detail__state__value": "OK"}),
    ("DriftRule", "alarm", {"detail__state__value": "INSUFFICIENT_DATA"}),
    ("DriftRule", "alarm", {"resources": [OTHER_ALARM]}),
    ("ExecutionEndedRule", "pipeline-execution", {"detail__currentPipelineExecutionStatus": "Executing"}),
    ("ExecutionEndedRule", "pipeline-execution", {"detail__pipelineArn": f"{PIPELINE}/other"}),
    ("ExecutionFailedRule", "pipeline-execution", {"detail__currentPipelineExecutionStatus": "Succeeded"}),
    ("PushRule", "push", {"detail__referenceName": "try"}),
    ("PushRule", "push", {"detail__referenceType": "tag"}),
    ("PushRule", "push", {"detail__event": "referenceDeleted"}),
    ("PushRule", "push", {"resources": [OTHER_REPOSITORY]}),
    ("PullRequestRule", "pull-request", {"detail__event": "pullRequestStatusChanged"}),
    ("PullRequestRule", "pull-request", {"detail__destinationReference": "refs/heads/try"}),
    ("FirstBuildRule", "stack", {"detail__status-details__status": "UPDATE_COMPLETE"}),
    ("FirstBuildRule", "stack", {"detail__stack-id": OTHER_STACK}),
    ("FirstBuildRule", "push", {}),
]


@pytest.mark.parametrize(("rule", "event", "changes"), PASSES)
def test_an_event_that_the_rule_is_for_passes(rule: str, event: str, changes: dict[str, Any]) -> None:
    assert matches(RULES[rule]["EventPattern"], sample(event, **changes))


@pytest.mark.parametrize(("rule", "event", "changes"), STAYS)
def test_an_event_that_the_rule_is_not_for_stays(rule: str, event: str, changes: dict[str, Any]) -> None:
    assert not matches(RULES[rule]["EventPattern"], sample(event, **changes))


@pytest.mark.parametrize(("rule", "event", "changes"), PASSES)
def test_an_event_of_another_account_stays_whatever_it_says(rule: str, event: str, changes: dict[str, Any]) -> None:
    """Another account may put events of the same form on the bus, where a policy of the bus lets it."""
    assert RULES[rule]["EventPattern"]["account"] == [ACCOUNT]
    assert not matches(RULES[rule]["EventPattern"], sample(event, **changes, account="999999999999"))


def test_each_rule_is_tried_both_ways_and_each_sample_is_used() -> None:
    assert {rule for rule, _, _ in PASSES} == {rule for rule, _, _ in STAYS} == set(RULES)
    assert {event for _, event, _ in PASSES} == {path.stem for path in FOLDER.glob("*.json")}


def test_a_build_is_started_with_what_was_pushed() -> None:
    [target] = RULES["PushRule"]["Targets"]

    assert json.loads(transform(target["InputTransformer"], sample("push"))) == {"sourceVersion": "3e5983DESTINATION"}


@pytest.mark.parametrize(("way", "state"), [("plain", "DISABLED"), ("seeded", "ENABLED"), ("connection", "ENABLED")])
def test_a_new_stack_builds_once_what_its_repository_begins_with(way: str, state: str) -> None:
    stack = stacks()[way]
    rule = stack.of_type("AWS::Events::Rule")["FirstBuildRule"]
    [target] = rule["Targets"]
    [project] = [each for each in stack.of_type("AWS::CodeBuild::Project").values() if each["Name"].endswith("-build")]

    assert rule["State"] == state
    assert target["Arn"].endswith(f":project/{project['Name']}")
    assert json.loads(target["Input"]) == {}


def test_no_push_is_refused_for_a_build_that_is_under_way() -> None:
    for project in PLAIN.of_type("AWS::CodeBuild::Project").values():
        assert "ConcurrentBuildLimit" not in project


def test_a_pull_requests_build_knows_what_it_compares_and_where_to_say_so() -> None:
    [target] = RULES["PullRequestRule"]["Targets"]
    given = json.loads(transform(target["InputTransformer"], sample("pull-request")))

    assert given["sourceVersion"] == "26a8f2SOURCE"
    assert {one["name"]: one["value"] for one in given["environmentVariablesOverride"]} == {
        "SCONES_PULL_REQUEST_ID": "1",
        "SCONES_REPOSITORY": "scones",
        "SCONES_DESTINATION_COMMIT": "3e5983DESTINATION",
        "SCONES_SOURCE_COMMIT": "26a8f2SOURCE",
    }


def test_a_pull_requests_build_is_given_the_variables_that_its_command_reads() -> None:
    [target] = RULES["PullRequestRule"]["Targets"]
    given = json.loads(transform(target["InputTransformer"], sample("pull-request")))

    assert tuple(one["name"] for one in given["environmentVariablesOverride"]) == difference.VARIABLES


def test_people_read_a_sentence_about_an_execution_that_failed() -> None:
    [target] = RULES["ExecutionFailedRule"]["Targets"]
    said = json.loads(transform(target["InputTransformer"], sample("pipeline-execution")))

    assert said.startswith(f"The execution {PIPELINE}/scones-training/execution/abcdefghijkl failed at 2026-11-24")


def test_every_target_is_retried_and_then_kept_in_the_queue() -> None:
    for properties in RULES.values():
        for target in properties["Targets"]:
            assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
            assert target["DeadLetterConfig"]["Arn"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:scones-dead-letters"


def test_every_function_that_a_rule_wakes_lets_that_rule_in() -> None:
    let_in = {
        (properties["SourceArn"], properties["FunctionName"])
        for properties in PLAIN.of_type("AWS::Lambda::Permission").values()
    }
    woken = {
        (f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{properties['Name']}", target["Arn"].rpartition(":")[2])
        for properties in RULES.values()
        for target in properties["Targets"]
        if ":function:" in target["Arn"]
    }
    assert woken == let_in
