"""Change sets: made, read page by page, refused, and what is dangerous in them."""

from __future__ import annotations

from typing import Any

import pytest

from seedcode.stack import changes
from seedcode.stack.errors import StackError
from seedcode.stack.report import Change

REQUEST = {"StackName": "scones", "ChangeSetType": "UPDATE"}


def _entry(name: str, action: str = "Add", **more: str) -> dict[str, Any]:
    resource = {"Action": action, "LogicalResourceId": name, "ResourceType": "AWS::S3::Bucket", **more}
    return {"Type": "Resource", "ResourceChange": resource}


class _CloudFormation:
    """Answers in turn what it was given."""

    def __init__(self, *answers: dict[str, Any], events: list[dict[str, Any]] | None = None) -> None:
        self.answers = list(answers)
        self.events = events or []
        self.deleted: list[str] = []
        self.executed: dict[str, Any] = {}

    def create_change_set(self, **request: Any) -> dict[str, str]:
        assert request["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
        return {"Id": "arn:set", "StackId": "arn:stack"}

    def describe_change_set(self, **_: str) -> dict[str, Any]:
        return self.answers.pop(0)

    def delete_change_set(self, ChangeSetName: str) -> None:
        self.deleted.append(ChangeSetName)

    def delete_stack(self, StackName: str) -> None:
        self.deleted.append(StackName)

    def describe_events(self, **_: str) -> dict[str, Any]:
        return {"OperationEvents": self.events}

    def execute_change_set(self, **request: Any) -> None:
        self.executed = request


def test_a_change_set_is_waited_for_and_read_to_its_last_page() -> None:
    aws = _CloudFormation(
        {"Status": "CREATE_IN_PROGRESS"},
        {"Status": "CREATE_COMPLETE", "Changes": [_entry("A")], "NextToken": "2"},
        {
            "Status": "CREATE_COMPLETE",
            "Changes": [_entry("B", "Modify", Replacement="True", PolicyAction="ReplaceAndRetain")],
        },
    )
    made = changes.create(aws, REQUEST)
    assert made is not None
    assert [change.logical_id for change in made.changes] == ["A", "B"]
    assert [change.replacement for change in made.changes] == ["", "True"]


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_nothing_to_change_is_no_failure_and_leaves_no_change_set(reason: str) -> None:
    aws = _CloudFormation({"Status": "FAILED", "StatusReason": reason})
    assert changes.create(aws, REQUEST) is None
    assert aws.deleted == ["arn:set"]


def test_a_refused_change_set_gives_the_reason_and_what_early_validation_found() -> None:
    events = [{"LogicalResourceId": "Bucket", "ValidationStatusReason": "it exists already"}, {"EventId": "1"}]
    aws = _CloudFormation({"Status": "FAILED", "StatusReason": "AWS::EarlyValidation failed."}, events=events)
    with pytest.raises(StackError, match=r"EarlyValidation failed\. \(Bucket: it exists already\)"):
        changes.create(aws, REQUEST)


def test_a_failed_creation_retains_nothing_that_it_made_and_an_import_is_executed_plainly() -> None:
    aws = _CloudFormation()
    changes.execute(aws, changes.ChangeSet("arn:set", "arn:stack", "CREATE", ()))
    assert aws.executed == {"ChangeSetName": "arn:set", "RetainExceptOnCreate": True}
    changes.execute(aws, changes.ChangeSet("arn:set", "arn:stack", "IMPORT", ()))
    assert aws.executed == {"ChangeSetName": "arn:set"}


@pytest.mark.parametrize(("kind", "deleted"), [("CREATE", ["arn:set", "arn:stack"]), ("UPDATE", ["arn:set"])])
def test_an_unwanted_change_set_takes_only_a_new_stack_with_it(kind: str, deleted: list[str]) -> None:
    aws = _CloudFormation()
    changes.discard(aws, changes.ChangeSet("arn:set", "arn:stack", kind, ()))
    assert aws.deleted == deleted


def test_only_changes_that_cost_data_are_dangerous() -> None:
    found = changes.find_dangers(
        [
            Change("Add", "New", "AWS::S3::Bucket", ""),
            Change("Modify", "Same", "AWS::S3::Bucket", "False"),
            Change("Remove", "Role", "AWS::IAM::Role", ""),
            Change("Remove", "Bucket", "AWS::S3::Bucket", "", "scones-1", "Delete"),
            Change("Modify", "Group", "AWS::SageMaker::ModelPackageGroup", "True", "arn:group", "ReplaceAndRetain"),
            Change("Modify", "Logs", "AWS::Logs::LogGroup", "Conditional", "/aws/x"),
        ]
    )
    assert found == [
        "Bucket (scones-1) holds pictures, runs and models and is removed; what it holds is lost.",
        "Group (arn:group) holds registered versions and is replaced by an empty one; it is kept outside the stack.",
        "Logs (/aws/x) holds logs and may be replaced by an empty one; what it holds is lost.",
    ]
