"""Whom CloudFormation asks: the role that a stack was given, else the caller; and what a refusal does to the stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from ministack.services import sqs
from ministack.services.cloudformation import _stacks

if TYPE_CHECKING:
    from tests.unit.localaws.stacks.conftest import Stacks

Make = Callable[..., str]
LOOK = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags")
PASSING = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


def queue(name: str = "first", **properties: Any) -> dict[str, Any]:
    return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, **properties}}}}


def queues() -> set[str]:
    return set(sqs._queue_name_to_url)


def test_a_stack_is_made_changed_and_deleted_under_the_role_that_it_was_given_once(
    stacks: Stacks, make_role: Make, make_caller: Make
) -> None:
    role = make_role("whole", *LOOK, "sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:DeleteQueue")
    status, _ = stacks.create(queue(), RoleARN=role)
    assert (status, stacks.status, queues()) == (200, "CREATE_COMPLETE", {"first"})
    # Who may pass no role and touch no queue: the stack's role does it.
    somebody = make_caller("somebody", "cloudformation:*")
    stacks.update(queue(VisibilityTimeout=60), somebody)
    assert stacks.status == "UPDATE_COMPLETE"
    stacks.call("DeleteStack", somebody, StackName="one")
    assert (stacks.status, queues()) == ("DELETE_COMPLETE", set())
    # A new stack of this name is another one.
    names = {"StackName": "one", "ChangeSetName": "change", "ChangeSetType": "CREATE"}
    stacks.call("CreateChangeSet", **names, TemplateBody=json.dumps(queue()))
    stacks.call("ExecuteChangeSet", make_caller("nobody", "cloudformation:*"), StackName="one", ChangeSetName="change")
    assert (stacks.status, queues()) == ("ROLLBACK_COMPLETE", set())


def test_the_stack_tells_its_role(stacks: Stacks, make_role: Make) -> None:
    role = make_role("whole", "sqs:*")
    stacks.create(queue(), RoleARN=role)
    assert f"<RoleARN>{role}</RoleARN>" in stacks.call("DescribeStacks", StackName="one")[1]


def test_what_the_role_may_not_do_fails_the_resource_in_awss_words_and_is_rolled_back(
    stacks: Stacks, make_role: Make
) -> None:
    stacks.create(queue(), RoleARN=make_role("half", *LOOK, "sqs:DeleteQueue"))
    (reason,) = stacks.reasons
    assert reason.startswith(
        'Resource handler returned message: "User: arn:aws:sts::000000000000:assumed-role/half/AWSCloudFormation '
        "is not authorized to perform: sqs:CreateQueue on resource: arn:aws:sqs:us-east-1:000000000000:first because "
        "no identity-based policy allows the sqs:CreateQueue action (Service: Sqs, Status Code: 403, Request ID: "
    )
    assert reason.endswith("HandlerErrorCode: AccessDenied)")
    assert (stacks.status, queues()) == ("ROLLBACK_COMPLETE", set())


def test_a_refused_update_leaves_the_stack_as_it_was(stacks: Stacks, make_role: Make) -> None:
    stacks.create(queue(), RoleARN=make_role("half", *LOOK, "sqs:CreateQueue"))
    stacks.update(queue(VisibilityTimeout=60))
    assert stacks.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "sqs:SetQueueAttributes on resource: arn:aws:sqs:us-east-1:000000000000:first" in stacks.reasons[0]
    assert "VisibilityTimeout" not in _stacks["one"]["_resources"]["Queue"]["Properties"]


def test_a_refused_tag_has_a_code_of_its_own(stacks: Stacks, make_role: Make) -> None:
    role = make_role("untagging", *LOOK, "sqs:CreateQueue", "sqs:DeleteQueue")
    stacks.create(queue(Tags=[{"Key": "a", "Value": "b"}]), RoleARN=role)
    (reason,) = stacks.reasons
    assert "Encountered a permissions error performing a tagging operation" in reason
    assert "is not authorized to perform: sqs:TagQueue on" in reason
    assert reason.endswith("HandlerErrorCode: UnauthorizedTaggingOperation)")


def test_a_stack_whose_role_may_not_delete_keeps_its_resources(stacks: Stacks, make_role: Make) -> None:
    stacks.create(queue(), RoleARN=make_role("half", *LOOK, "sqs:CreateQueue"))
    stacks.call("DeleteStack", StackName="one")
    assert (stacks.status, queues()) == ("DELETE_FAILED", {"first"})
    stacks.call("DeleteStack", StackName="one", RoleARN=make_role("other", "sqs:*"))
    assert (stacks.status, queues()) == ("DELETE_COMPLETE", set())


def test_what_was_made_anew_stays_beside_it_where_the_role_may_not_delete(stacks: Stacks, make_role: Make) -> None:
    stacks.create(queue(), RoleARN=make_role("half", *LOOK, "sqs:CreateQueue"))
    stacks.update(queue("second"))
    assert (stacks.status, queues()) == ("UPDATE_COMPLETE", {"first", "second"})
    assert "sqs:DeleteQueue on resource: arn:aws:sqs:us-east-1:000000000000:first" in stacks.reasons[0]


def test_who_may_not_pass_the_role_changes_nothing(stacks: Stacks, make_role: Make, make_caller: Make) -> None:
    role = make_role("whole", "sqs:*")
    status, answer = stacks.create(queue(), make_caller("nobody", "cloudformation:*", "sqs:*"), RoleARN=role)
    assert status == 403
    assert "<Code>AccessDenied</Code>" in answer
    assert f"assumed-role/nobody/lambda is not authorized to perform: iam:PassRole on resource: {role}" in answer
    assert not _stacks
    passer = make_caller("passer", "iam:PassRole", condition=PASSING)
    assert stacks.create(queue(), passer, RoleARN=role)[0] == 200


def test_a_role_of_another_account_is_not_passed(stacks: Stacks) -> None:
    status, answer = stacks.create(queue(), RoleARN="arn:aws:iam::111111111111:role/whole")
    assert status == 403
    assert "Cross-account pass role is not allowed." in answer


@pytest.mark.parametrize("action", ["CreateStack", "UpdateStack", "CreateChangeSet", "DeleteStack"])
def test_a_role_that_does_not_trust_cloudformation_is_refused(stacks: Stacks, make_role: Make, action: str) -> None:
    stacks.create(queue(), RoleARN=make_role("good", "sqs:*"))
    bad = make_role("bad", "sqs:*", trusts="lambda.amazonaws.com")
    request = {"StackName": "two" if action == "CreateStack" else "one", "ChangeSetName": "change"}
    status, answer = stacks.call(action, **request, TemplateBody=json.dumps(queue("second")), RoleARN=bad)
    assert status == 400
    assert f"Role {bad} is invalid or cannot be assumed" in answer
    assert queues() == {"first"}


def test_without_a_role_the_caller_is_asked_through_cloudformation(stacks: Stacks, make_caller: Make) -> None:
    through = {"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
    stacks.create(queue(), make_caller("person", "sqs:*", condition=through))
    assert stacks.status == "CREATE_COMPLETE"
    stacks.update(queue(VisibilityTimeout=60), make_caller("other", "cloudformation:*"))
    assert stacks.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "assumed-role/other/lambda is not authorized to perform: sqs:" in stacks.reasons[0]


def test_a_change_set_is_executed_under_its_role_which_the_stack_keeps(
    stacks: Stacks, make_role: Make, make_caller: Make
) -> None:
    role = make_role("whole", "sqs:*")
    template = json.dumps(queue())
    names = {"StackName": "one", "ChangeSetName": "change"}
    stacks.call("CreateChangeSet", **names, ChangeSetType="CREATE", TemplateBody=template, RoleARN=role)
    status, answer = stacks.call("ExecuteChangeSet", make_caller("somebody", "cloudformation:*"), **names)
    assert (status, stacks.status) == (200, "CREATE_COMPLETE"), answer
    assert _stacks["one"]["RoleARN"] == role


def test_a_type_that_nobody_knows_the_questions_of_is_for_root_alone(stacks: Stacks, make_role: Make) -> None:
    template = {"Resources": {"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}}}}
    stacks.create(template, RoleARN=make_role("whole", "*"))
    assert stacks.status == "ROLLBACK_COMPLETE"
    assert "does not know what CloudFormation asks for AWS::Kinesis::Stream" in stacks.reasons[0]
    stacks.create(template)
    assert stacks.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("enforced", [False])
def test_where_iam_is_not_enforced_a_role_is_kept_and_not_asked(stacks: Stacks, make_role: Make) -> None:
    role = make_role("idle", trusts="lambda.amazonaws.com")
    stacks.create(queue(), RoleARN=role)
    assert (stacks.status, _stacks["one"]["RoleARN"]) == ("CREATE_COMPLETE", role)
