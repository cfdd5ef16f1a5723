"""Whatever the template sends somewhere arrives: the target's policy and its key's let AWS's services in.

The questions are those that the local AWS asks, with the condition keys that AWS documents for each service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from localaws.ministack_patches import service_grants
from localaws.ministack_patches.service_grants import ALARMS, EVENTS, Refusal, find_refusal
from seedcode.stack.template import load
from tests.contract.stack.resolve import ACCOUNT, REGION, Stack
from tests.contract.stack.variants import CODE

GIVEN = {**CODE, "NotificationEmail": "people@example.org", "MonthlyBudgetUsd": "100"}
BUDGETS = "budgets.amazonaws.com"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack(load(), GIVEN)


@pytest.fixture(autouse=True)
def deployed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the local AWS find the template's topics, queues, functions and key."""
    (key,) = stack.of_type("AWS::KMS::Key").values()
    policies = {
        arn: properties["PolicyDocument"]
        for kind, member in (("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SQS::QueuePolicy", "Queues"))
        for properties in stack.of_type(kind).values()
        for arn in map(_arn, properties[member])
    }
    monkeypatch.setattr(
        service_grants,
        "_find_target",
        lambda kind, target: (
            (_function_policy(stack, target), "") if kind == "lambda" else (policies[target], "the key")
        ),
    )
    described = {"Arn": "arn:aws:kms:eu-west-1:123456789012:key/1", "KeyState": "Enabled", "Policy": key["KeyPolicy"]}
    monkeypatch.setattr(service_grants, "_find_key", lambda _: described)


def _arn(named: str) -> str:
    """A queue's Ref is its URL, which this template resolves to its name."""
    return named if named.startswith("arn:") else f"arn:aws:sqs:{REGION}:{ACCOUNT}:{named}"


def _function_policy(stack: Stack, function: str) -> Document:
    granted = [
        one for one in stack.of_type("AWS::Lambda::Permission").values() if function.endswith(f":{one['FunctionName']}")
    ]
    return {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": one["Principal"]},
                "Action": one["Action"],
                "Resource": function,
                "Condition": {"ArnLike": {"AWS:SourceArn": one["SourceArn"]}},
            }
            for one in granted
        ]
    }


def _deliveries(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Who delivers to what, and for which source: all that the template arranges."""
    for rule in stack.of_type("AWS::Events::Rule").values():
        source = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule['Name']}"
        for target in rule["Targets"]:
            if target["Arn"].split(":")[2] in ("sns", "sqs", "lambda"):
                yield EVENTS, target["Arn"], source
            if "DeadLetterConfig" in target:
                yield EVENTS, target["DeadLetterConfig"]["Arn"], source
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        for action in alarm["AlarmActions"]:
            yield ALARMS, action, f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm['AlarmName']}"
    for budget in stack.of_type("AWS::Budgets::Budget").values():
        for notification in budget["NotificationsWithSubscribers"]:
            for subscriber in notification["Subscribers"]:
                yield (
                    BUDGETS,
                    subscriber["Address"],
                    f"arn:aws:budgets::{ACCOUNT}:budget/{budget['Budget']['BudgetName']}",
                )


def _refused(stack: Stack) -> list[Refusal]:
    asked = [find_refusal(service, target, source, ACCOUNT) for service, target, source in _deliveries(stack)]
    return [refused for refused in asked if refused]


def test_every_rule_alarm_and_budget_reaches_its_targets_and_dead_letters(stack: Stack) -> None:
    assert {service for service, _, _ in _deliveries(stack)} == {EVENTS, ALARMS, BUDGETS}
    assert [refused.message for refused in _refused(stack)] == []


@pytest.mark.parametrize("service", [EVENTS, ALARMS, BUDGETS])
def test_no_other_service_and_no_other_account_reaches_the_topic(stack: Stack, service: str) -> None:
    (topic,) = {target for _, target, _ in _deliveries(stack) if ":sns:" in target}
    assert find_refusal("s3.amazonaws.com", topic, "arn:aws:s3:::any", ACCOUNT)
    stranger = find_refusal(service, topic, "arn:aws:events:eu-west-1:999999999999:rule/any", "999999999999")
    # What EventBridge sends has no account: AWS takes a topic as target of its own account's rules only.
    assert (stranger is None) == (service == EVENTS)
