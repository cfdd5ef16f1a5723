"""Change sets: made, read page by page, refused, and what is dangerous in them."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from seedcode.errors import StackError
from seedcode.stack import changes
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
        self.named = request["ChangeSetName"]
        return {"Id": "arn:set", "StackId": "arn:stack"}

    def describe_change_set(self, **_: str) -> dict[str, Any]:
        return self.answers.pop(0)

    def delete_change_set(self, ChangeSetName: str, StackName: str) -> None:
        # A policy knows a change set by its name, and not by its ARN.
        assert (ChangeSetName.startswith("arn:"), StackName) == (False, "scones")
        self.deleted.append(ChangeSetName)

    def delete_stack(self, StackName: str) -> None:
        self.deleted.append(StackName)

    def describe_events(self, **_: str) -> dict[str, Any]:
        return {"OperationEvents": self.events}

    def execute_change_set(self, **request: Any) -> None:
        self.executed = request


def _change_set(kind: str) -> changes.ChangeSet:
    return changes.ChangeSet("arn:set", "scones-1", "scones", "arn:stack", kind, ())


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
    assert changes.create(aws, REQUEST, "push") is None
    assert aws.deleted == [aws.named]
    assert aws.named.startswith("push-")


def test_a_refused_change_set_gives_the_reason_and_what_early_validation_found() -> None:
    events = [{"LogicalResourceId": "Bucket", "ValidationStatusReason": "it exists already"}, {"EventId": "1"}]
    aws = _CloudFormation({"Status": "FAILED", "StatusReason": "AWS::EarlyValidation failed."}, events=events)
    with pytest.raises(StackError, match=r"EarlyValidation failed\. \(Bucket: it exists already\)"):
        changes.create(aws, REQUEST)


def test_a_failed_creation_retains_nothing_that_it_made_and_an_import_is_executed_plainly() -> None:
    aws = _CloudFormation()
    changes.execute(aws, _change_set("CREATE"))
    assert aws.executed == {"ChangeSetName": "scones-1", "StackName": "scones", "RetainExceptOnCreate": True}
    changes.execute(aws, _change_set("IMPORT"))
    assert aws.executed == {"ChangeSetName": "scones-1", "StackName": "scones"}


@pytest.mark.parametrize(("kind", "deleted"), [("CREATE", ["scones-1", "arn:stack"]), ("UPDATE", ["scones-1"])])
def test_an_unwanted_change_set_takes_only_a_new_stack_with_it(kind: str, deleted: list[str]) -> None:
    aws = _CloudFormation()
    changes.discard(aws, _change_set(kind))
    assert aws.deleted == deleted


@pytest.mark.parametrize(
    ("action", "details", "follows"),
    [
        ("Modify", [("ResourceAttribute", "Dynamic")], True),
        ("Modify", [("ResourceAttribute", "Dynamic"), ("ResourceReference", "Dynamic")], True),
        ("Modify", [("ResourceAttribute", "Static")], False),
        # A policy that was changed by hand and that refers to a resource which changes as well.
        ("Modify", [("DirectModification", "Dynamic"), ("ResourceAttribute", "Dynamic")], False),
        ("Modify", [("ParameterReference", "Static")], False),
        ("Modify", [], False),
        ("Add", [], False),
        ("Remove", [], False),
    ],
)
def test_what_only_refers_to_something_that_changes_is_told_apart(
    action: str, details: list[tuple[str, str]], follows: bool
) -> None:
    told = [{"ChangeSource": source, "Evaluation": evaluation} for source, evaluation in details]
    aws = _CloudFormation({"Status": "CREATE_COMPLETE", "Changes": [_entry("A", action, Details=told)]})
    made = changes.create(aws, REQUEST)
    assert made is not None
    assert [change.follows for change in made.changes] == [follows]


@pytest.mark.parametrize(
    ("sent", "taken", "same"),
    [
        ("A: 1\n", "A: 1", True),
        ("A: 1\n", "A: 2", False),
        ("A: 1\n", {"A": 1}, False),
        ('{"A": 1}', {"A": 1}, True),
        ('{"A": 1}', {"A": 2}, False),
    ],
)
def test_the_template_that_was_taken_is_held_against_the_one_that_was_sent(sent: str, taken: Any, same: bool) -> None:
    aws = Mock()
    aws.get_template.return_value = {"TemplateBody": taken}
    assert changes.has_template(aws, _change_set("UPDATE"), sent) is same


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
        "Bucket (scones-1) holds images, runs and models and is removed; what it holds is lost.",
        "Group (arn:group) holds registered versions and is replaced by an empty one; it is kept outside the stack.",
        "Logs (/aws/x) holds logs and may be replaced by an empty one; what it holds is lost.",
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ChangeSetNotFound", "ChangeSet [scones-1] does not exist"),
        ("InvalidChangeSetStatus", "ChangeSet [scones-1] cannot be executed in its current execution status"),
        ("ValidationError", "Stack:arn:stack is in UPDATE_IN_PROGRESS state and can not be updated."),
    ],
)
def test_who_is_overtaken_by_another_deployment_is_told_so(code: str, words: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": words}}, "ExecuteChangeSet")
    aws = Mock(create_change_set=Mock(side_effect=error), execute_change_set=Mock(side_effect=error))
    for deploy in (lambda: changes.create(aws, REQUEST), lambda: changes.execute(aws, _change_set("UPDATE"))):
        with pytest.raises(StackError, match="somebody else has changed the stack meanwhile"):
            deploy()


def test_another_refusal_stays_as_it_is() -> None:
    error = ClientError({"Error": {"Code": "ValidationError", "Message": "Template error"}}, "CreateChangeSet")
    with pytest.raises(ClientError, match="Template error"):
        changes.create(Mock(create_change_set=Mock(side_effect=error)), REQUEST)
