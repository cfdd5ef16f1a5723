"""CodeCommit's pull requests: opened, moved by pushes, commented on and closed, each with its event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.operations import CODECOMMIT
from localaws.push.announcing import NOTHING, announce
from localaws.push.changes import Change

Document = dict[str, Any]
Call = Callable[..., tuple[int, Document]]
TARGET = {"repositoryName": "bakery", "sourceReference": "idea"}


@pytest.fixture
def opened(bakery: Any, call: Call) -> Document:
    """A pull request from `idea` to the default branch."""
    bakery.commit()
    bakery.commit("idea")
    status, said = call("CreatePullRequest", title="An idea", description="Why", targets=[TARGET])
    assert status == 200, said
    return dict(said["pullRequest"])


def test_a_pull_request_knows_its_commits_and_its_event_names_them(bakery: Any, opened: Document, call: Call) -> None:
    (target,) = opened["pullRequestTargets"]
    assert (target["sourceReference"], target["destinationReference"]) == ("refs/heads/idea", "refs/heads/main")
    assert target["sourceCommit"] == bakery.git("rev-parse", "idea")
    assert target["destinationCommit"] == target["mergeBase"] == bakery.git("rev-parse", "main")
    assert call("GetPullRequest", pullRequestId=opened["pullRequestId"])[1]["pullRequest"] == opened
    (told,) = bakery.told("Pull Request State Change")
    assert (told["event"], told["pullRequestId"], told["pullRequestStatus"]) == ("pullRequestCreated", "1", "Open")
    assert told["destinationReference"] == "refs/heads/main"
    assert (told["sourceCommit"], told["destinationCommit"]) == (target["sourceCommit"], target["destinationCommit"])
    assert told["isMerged"] == "False"


def test_a_push_to_the_source_moves_open_pull_requests_and_says_so(
    aws: Aws, bakery: Any, opened: Document, call: Call
) -> None:
    call("CreatePullRequest", title="Same", targets=[{**TARGET, "destinationReference": "main"}])
    call("UpdatePullRequestStatus", pullRequestId="2", pullRequestStatus="CLOSED")
    moved = bakery.commit("idea")
    announce(aws, bakery.bare, [Change(NOTHING, moved, "refs/heads/idea"), Change(NOTHING, moved, "refs/heads/other")])
    told = bakery.told("Pull Request State Change")
    assert [(one["event"], one["pullRequestId"]) for one in told] == [
        ("pullRequestCreated", "1"),
        ("pullRequestCreated", "2"),
        ("pullRequestStatusChanged", "2"),
        ("pullRequestSourceBranchUpdated", "1"),
    ]
    assert told[-1]["sourceCommit"] == moved
    described = call("GetPullRequest", pullRequestId="1")[1]["pullRequest"]
    assert described["pullRequestTargets"][0]["sourceCommit"] == moved
    assert described["revisionId"] != opened["revisionId"]


def test_a_comment_is_posted_once_for_a_token_and_listed_with_its_commits(
    bakery: Any, opened: Document, call: Call
) -> None:
    (target,) = opened["pullRequestTargets"]
    place = {
        "pullRequestId": "1", "repositoryName": "bakery",
        "beforeCommitId": target["destinationCommit"], "afterCommitId": target["sourceCommit"],
    }  # fmt: skip
    first = call("PostCommentForPullRequest", **place, content="Nice", clientRequestToken="t")[1]
    again = call("PostCommentForPullRequest", **place, content="Nice", clientRequestToken="t")[1]
    assert again == first
    listed = call("GetCommentsForPullRequest", pullRequestId="1")[1]["commentsForPullRequestData"]
    assert [(one["afterCommitId"], one["comments"]) for one in listed] == [(target["sourceCommit"], [first["comment"]])]
    (told,) = bakery.told("Comment on Pull Request")
    assert (told["event"], told["commentId"]) == ("commentOnPullRequestCreated", first["comment"]["commentId"])
    other = call("PostCommentForPullRequest", **place, content="Other", clientRequestToken="t")
    assert other[1]["__type"] == "IdempotencyParameterMismatchException"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"content": " "}, "CommentContentRequiredException"),
        ({"content": "x" * 10_241}, "CommentContentSizeLimitExceededException"),
        ({"beforeCommitId": "1" * 40}, "CommitDoesNotExistException"),
        ({"beforeCommitId": "main"}, "InvalidCommitIdException"),
        ({"pullRequestId": "9"}, "PullRequestDoesNotExistException"),
        ({"repositoryName": "other"}, "RepositoryDoesNotExistException"),
        ({"same": True}, "BeforeCommitIdAndAfterCommitIdAreSameException"),
    ],
)
def test_a_comment_that_codecommit_refuses_is_refused(
    opened: Document, call: Call, change: Document, code: str
) -> None:
    (target,) = opened["pullRequestTargets"]
    same = change.get("same")
    request = {
        "pullRequestId": "1", "repositoryName": "bakery", "content": "Nice",
        "beforeCommitId": target["sourceCommit" if same else "destinationCommit"],
        "afterCommitId": target["sourceCommit"],
    }  # fmt: skip
    given = request | {name: value for name, value in change.items() if name != "same"}
    assert call("PostCommentForPullRequest", **given)[1]["__type"] == code


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        ([{**TARGET, "sourceReference": "absent"}], "ReferenceDoesNotExistException"),
        ([{**TARGET, "sourceReference": "main"}], "SourceAndDestinationAreSameException"),
        ([{**TARGET, "sourceReference": "refs/tags/v1"}], "ReferenceTypeNotSupportedException"),
        ([{**TARGET, "repositoryName": "other"}], "RepositoryDoesNotExistException"),
        ([TARGET, TARGET], "InvalidTargetsException"),
    ],
)
def test_a_pull_request_that_codecommit_refuses_is_refused(
    bakery: Any, call: Call, targets: list[Document], code: str
) -> None:
    bakery.commit()
    bakery.commit("idea")
    assert call("CreatePullRequest", title="x", targets=targets)[1]["__type"] == code


def test_a_pull_request_is_closed_once_listed_by_its_status_and_made_once_for_a_token(
    opened: Document, call: Call
) -> None:
    again = call("CreatePullRequest", title="T", targets=[TARGET], clientRequestToken="t")[1]["pullRequest"]
    same = call("CreatePullRequest", title="T", targets=[TARGET], clientRequestToken="t")[1]["pullRequest"]
    assert same == again
    closing = {"pullRequestId": opened["pullRequestId"], "pullRequestStatus": "CLOSED"}
    assert call("UpdatePullRequestStatus", **closing)[1]["pullRequest"]["pullRequestStatus"] == "CLOSED"
    for wanted in ("OPEN", "CLOSED"):
        refused = call("UpdatePullRequestStatus", **(closing | {"pullRequestStatus": wanted}))[1]
        assert refused["__type"] == "InvalidPullRequestStatusUpdateException"
    listed = {"repositoryName": "bakery"}
    assert call("ListPullRequests", **listed)[1]["pullRequestIds"] == ["2", "1"]
    assert call("ListPullRequests", **listed, pullRequestStatus="OPEN")[1]["pullRequestIds"] == ["2"]


def test_policies_are_asked_about_the_repository_of_a_pull_request(aws: Aws, opened: Document) -> None:
    get = CODECOMMIT.operations["GetPullRequest"]
    asked = {number: [one.resource for one in get.permissions(aws, {"pullRequestId": number})] for number in "19"}
    assert asked == {"1": ["arn:aws:codecommit:us-east-1:000000000000:bakery"], "9": ["*"]}
