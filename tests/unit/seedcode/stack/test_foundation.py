"""What a push may not change is told by its type, and by whether a boundary limits what it could give."""

from __future__ import annotations

import pytest

from seedcode.stack import foundation
from seedcode.stack.report import Change


def _change(logical_id: str, kind: str) -> Change:
    return Change("Modify", logical_id, kind, "False")


@pytest.mark.parametrize(
    ("logical_id", "kind", "bounded", "refused"),
    [
        ("PipelineRole", "AWS::IAM::Role", False, True),
        ("PipelineRole", "AWS::IAM::Role", True, False),
        ("FunctionsTracing", "AWS::IAM::ManagedPolicy", True, False),
        ("DeployRole", "AWS::IAM::Role", True, True),
        ("FoundationRole", "AWS::IAM::Role", True, True),
        ("BuildPolicy", "AWS::IAM::ManagedPolicy", True, True),
        ("Mine", "AWS::IAM::User", True, True),
        ("GitHubOidcProvider", "AWS::IAM::OIDCProvider", False, True),
        ("PullRequestProject", "AWS::CodeBuild::Project", True, True),
        ("PeopleByMail", "AWS::SNS::Subscription", False, True),
        ("DeployModelFunction", "AWS::Lambda::Function", False, False),
        ("PushRule", "AWS::Events::Rule", False, False),
    ],
)
def test_roles_policies_builds_and_subscriptions_are_no_push_s(
    logical_id: str, kind: str, bounded: bool, refused: bool
) -> None:
    assert bool(foundation.find([_change(logical_id, kind)], bounded=bounded)) is refused


def test_what_only_refers_to_something_that_changes_is_no_change_of_the_foundation() -> None:
    follows = Change("Modify", "WorkflowRole", "AWS::IAM::Role", "False", follows=True)
    assert foundation.find([follows], bounded=False) == []


def test_the_refusal_says_what_why_and_who_does_it() -> None:
    said = foundation.refusal([_change("PipelineRole", "AWS::IAM::Role")], "scones")
    assert "PipelineRole (AWS::IAM::Role)" in said
    assert "the role scones-deploy" in said
    assert "scones --target aws deploy" in said
