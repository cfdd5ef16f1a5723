"""Comments on CodeCommit's pull requests.

https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentForPullRequest.html
"""

from __future__ import annotations

import re
import uuid

from localaws.aws import Aws, now
from localaws.errors import AwsError
from localaws.operations import CODECOMMIT
from localaws.push import paging, pull_requests, repository
from localaws.push.git import PushError, git
from localaws.push.pull_requests import list_named_repositories
from localaws.refusals import members
from localaws.shapes import Document

KIND = "pull-request-comment"
_CHANGE = "CodeCommit Comment on Pull Request"
_LONGEST = 10_240
_COMMIT = re.compile(r"[0-9a-f]{40}")
_PLACE = ("pullRequestId", "repositoryName", "beforeCommitId", "afterCommitId", "location")


@CODECOMMIT.operation(
    "PostCommentForPullRequest",
    on=(list_named_repositories,),
    emits=_CHANGE,
    members=members("pullRequestId repositoryName beforeCommitId afterCommitId location content clientRequestToken"),
)
def post_comment_for_pull_request(aws: Aws, request: Document) -> Document:
    """Post a comment on the difference of two commits; the same token posts no second one."""
    name = request["repositoryName"]
    _check(aws, request)
    token = request.get("clientRequestToken") or str(uuid.uuid4())
    with aws.store.transaction():
        for known in aws.store.all(KIND, f"{int(request['pullRequestId']):09}/"):
            if known["comment"]["clientRequestToken"] == token:
                return _answer_again(known, request)
        place = {member: request[member] for member in _PLACE if member in request}
        comment = {
            "commentId": f"{uuid.uuid4()}:{uuid.uuid4()}",
            "content": request["content"],
            "creationDate": now(),
            "lastModifiedDate": now(),
            "authorArn": repository.pusher(aws.settings),
            "deleted": False,
            "clientRequestToken": token,
            "callerReactions": [],
            "reactionCounts": {},
        }
        document = {**place, "comment": comment}
        number = len(aws.store.all(KIND))
        aws.store.put(KIND, f"{int(request['pullRequestId']):09}/{number:09}", document)
        detail = {
            "event": "commentOnPullRequestCreated",
            "pullRequestId": request["pullRequestId"],
            "repositoryName": name,
            "repositoryId": repository.read_id(repository.find(aws.settings, name)),
            "beforeCommitId": request["beforeCommitId"],
            "afterCommitId": request["afterCommitId"],
            "commentId": comment["commentId"],
            "callerUserArn": comment["authorArn"],
            "notificationBody": f"A comment was posted to a pull request of the AWS CodeCommit repository {name}.",
        }
        aws.events.send(_CHANGE, detail, [repository.arn(aws.settings, name)], source="aws.codecommit")
    return document


@CODECOMMIT.operation("GetCommentsForPullRequest", on=(list_named_repositories,))
def get_comments_for_pull_request(aws: Aws, request: Document) -> Document:
    """The comments of a pull request, each with the commits that it is about."""
    pull_requests.find(aws, request["pullRequestId"])
    wanted = {member: request[member] for member in _PLACE if member in request}
    found = aws.store.all(KIND, f"{int(request['pullRequestId']):09}/")
    listed = [
        {**{member: each[member] for member in _PLACE if member in each}, "comments": [each["comment"]]}
        for each in found
        if all(each.get(member) == value for member, value in wanted.items())
    ]
    chosen, more = paging.page(listed, request, lambda each: each["comments"][0]["commentId"], most=500)
    return {"commentsForPullRequestData": chosen, **more}


def _check(aws: Aws, request: Document) -> None:
    name = request["repositoryName"]
    path = pull_requests.repository_of(aws, name)
    document = pull_requests.find(aws, request["pullRequestId"])
    if document["pullRequestTargets"][0]["repositoryName"] != name:
        raise AwsError(
            "RepositoryNotAssociatedWithPullRequestException", f"{name} is not of the pull request {document['title']}."
        )
    if not request["content"].strip():
        raise AwsError("CommentContentRequiredException", "The comment is empty.")
    if len(request["content"]) > _LONGEST:
        raise AwsError(
            "CommentContentSizeLimitExceededException",
            f"The comment has {len(request['content'])} characters; at most {_LONGEST} are allowed.",
        )
    if request["beforeCommitId"] == request["afterCommitId"]:
        raise AwsError("BeforeCommitIdAndAfterCommitIdAreSameException", "Both commits are the same.")
    for member in ("beforeCommitId", "afterCommitId"):
        if not _COMMIT.fullmatch(request[member]):
            raise AwsError("InvalidCommitIdException", f"{request[member]!r} is no commit's 40 hexadecimal digits.")
        try:
            git("cat-file", "-e", f"{request[member]}^{{commit}}", folder=path)
        except PushError as error:
            raise AwsError("CommitDoesNotExistException", f"{request[member]} does not exist") from error


def _answer_again(known: Document, request: Document) -> Document:
    if known["comment"]["content"] != request["content"]:
        raise AwsError(
            "IdempotencyParameterMismatchException", "The client request token was given with another comment."
        )
    return known
