"""CodeCommit's pull requests, and their events.

https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreatePullRequest.html
Who calls is not known here: authors are the account's root, as are the credentials of a laptop.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from localaws.aws import Aws, now
from localaws.errors import AwsError
from localaws.operations import CODECOMMIT
from localaws.push import paging, repository
from localaws.push.git import PushError, git
from localaws.refusals import members
from localaws.shapes import Document

KIND = "pull-request"
STATE_CHANGE = "CodeCommit Pull Request State Change"
_OPEN = "OPEN"


def list_named_repositories(aws: Aws, request: Document) -> list[str]:
    """The ARNs of the repositories that a call of CodeCommit is about, which some name by a pull request only."""
    if "repositoryName" not in request and "pullRequestId" in request:
        targets = (aws.store.get(KIND, request["pullRequestId"]) or {}).get("pullRequestTargets", [])
    else:
        targets = [request, *request.get("targets", [])]
    return [repository.arn(aws.settings, target["repositoryName"]) for target in targets if "repositoryName" in target]


@CODECOMMIT.operation(
    "CreatePullRequest",
    on=(list_named_repositories,),
    emits=STATE_CHANGE,
    members=members("title description targets clientRequestToken"),
)
def create_pull_request(aws: Aws, request: Document) -> Document:
    """Open a pull request from one branch to another, the default branch where none is named."""
    if len(request["targets"]) != 1:
        raise AwsError("InvalidTargetsException", "A pull request has exactly one target.")
    known = _of_token(aws, request)
    if known:
        return {"pullRequest": known}
    target = _target(aws, request["targets"][0])
    with aws.store.transaction():
        identifier = str(1 + max((int(each["pullRequestId"]) for each in aws.store.all(KIND)), default=0))
        document = {
            "pullRequestId": identifier,
            "title": request["title"],
            **({"description": request["description"]} if "description" in request else {}),
            "creationDate": now(),
            "lastActivityDate": now(),
            "pullRequestStatus": _OPEN,
            "authorArn": repository.pusher(aws.settings),
            "pullRequestTargets": [target],
            "clientRequestToken": request.get("clientRequestToken") or secrets.token_hex(16),
            "revisionId": secrets.token_hex(32),
            "approvalRules": [],
        }
        aws.store.put(KIND, identifier, document)
        _send_event(aws, document, "pullRequestCreated")
    return {"pullRequest": document}


@CODECOMMIT.operation("GetPullRequest", on=(list_named_repositories,))
def get_pull_request(aws: Aws, request: Document) -> Document:
    """A pull request by its id."""
    return {"pullRequest": find(aws, request["pullRequestId"])}


@CODECOMMIT.operation("ListPullRequests", on=(list_named_repositories,))
def list_pull_requests(aws: Aws, request: Document) -> Document:
    """The ids of a repository's pull requests, the newest first."""
    repository_of(aws, request["repositoryName"])
    status, author = request.get("pullRequestStatus"), request.get("authorArn")
    found = [
        each["pullRequestId"]
        for each in aws.store.all(KIND)
        if each["pullRequestTargets"][0]["repositoryName"] == request["repositoryName"]
        and status in (None, each["pullRequestStatus"])
        and author in (None, each["authorArn"])
    ]
    chosen, more = paging.page(sorted(found, key=int, reverse=True), request)
    return {"pullRequestIds": chosen, **more}


@CODECOMMIT.operation("UpdatePullRequestStatus", on=(list_named_repositories,), emits=STATE_CHANGE)
def update_pull_request_status(aws: Aws, request: Document) -> Document:
    """Close a pull request; a closed one cannot be opened again."""
    document = find(aws, request["pullRequestId"])
    wanted = request["pullRequestStatus"]
    if wanted != "CLOSED" or document["pullRequestStatus"] != _OPEN:
        raise AwsError(
            "InvalidPullRequestStatusUpdateException",
            f"The pull request is {document['pullRequestStatus']} and cannot become {wanted}; OPEN becomes CLOSED.",
        )
    with aws.store.transaction():
        document = aws.store.update(KIND, document["pullRequestId"], pullRequestStatus=wanted, lastActivityDate=now())
        _send_event(aws, document, "pullRequestStatusChanged")
    return {"pullRequest": document}


def find(aws: Aws, identifier: str) -> Document:
    """A pull request; raises CodeCommit's errors for one that is not there."""
    if not identifier.isdecimal():
        raise AwsError("InvalidPullRequestIdException", f"The pull request ID {identifier!r} is not a number.")
    document = aws.store.get(KIND, identifier)
    if document is None:
        raise AwsError("PullRequestDoesNotExistException", f"{identifier} does not exist")
    return document


def source_moved(aws: Aws, name: str, ref: str, commit: str) -> None:
    """Bring the open pull requests that come from a branch to its new commit."""
    for document in aws.store.all(KIND):
        target = document["pullRequestTargets"][0]
        here = (target["repositoryName"], target["sourceReference"]) == (name, ref)
        if here and document["pullRequestStatus"] == _OPEN and target["sourceCommit"] != commit:
            target.update(_commits(repository.find(aws.settings, name), ref, target["destinationReference"]))
            document.update(lastActivityDate=now(), revisionId=secrets.token_hex(32))
            aws.store.put(KIND, document["pullRequestId"], document)
            _send_event(aws, document, "pullRequestSourceBranchUpdated")


def repository_of(aws: Aws, name: str) -> Path:
    """The place of a repository; raises CodeCommit's errors for one that is not there."""
    try:
        path = repository.find(aws.settings, name)
    except PushError as error:
        raise AwsError("InvalidRepositoryNameException", str(error)) from error
    if not path.exists():
        raise AwsError("RepositoryDoesNotExistException", f"{name} does not exist")
    return path


def _of_token(aws: Aws, request: Document) -> Document | None:
    token = request.get("clientRequestToken")
    for document in aws.store.all(KIND) if token else ():
        if document["clientRequestToken"] == token:
            if document["title"] != request["title"]:
                raise AwsError(
                    "IdempotencyParameterMismatchException", "The client request token was given with another request."
                )
            return document
    return None


def _target(aws: Aws, given: Document) -> Document:
    path = repository_of(aws, given["repositoryName"])
    source = _full(given["sourceReference"])
    destination = _full(given.get("destinationReference") or repository.default_branch(path))
    if source == destination:
        raise AwsError("SourceAndDestinationAreSameException", f"Source and destination are both {source}.")
    return {
        "repositoryName": given["repositoryName"],
        "sourceReference": source,
        "destinationReference": destination,
        **_commits(path, source, destination),
        "mergeMetadata": {"isMerged": False},
    }


def _full(reference: str) -> str:
    if reference.startswith("refs/tags/"):
        raise AwsError("ReferenceTypeNotSupportedException", f"{reference} is a tag; pull requests are of branches.")
    return f"refs/heads/{reference.removeprefix('refs/heads/')}"


def _commits(path: Path, source: str, destination: str) -> Document:
    after, before = _commit(path, source), _commit(path, destination)
    try:
        base = {"mergeBase": git("merge-base", before, after, folder=path).strip()}
    except PushError:
        base = {}  # two histories that never met
    return {"sourceCommit": after, "destinationCommit": before, **base}


def _commit(path: Path, reference: str) -> str:
    commit = repository.resolve(path, reference)
    if commit is None:
        raise AwsError("ReferenceDoesNotExistException", f"{reference} does not exist")
    return commit


def _send_event(aws: Aws, document: Document, event: str) -> None:
    target = document["pullRequestTargets"][0]
    name, at = (
        target["repositoryName"],
        time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(document["creationDate"])),
    )
    changed = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(document["lastActivityDate"]))
    detail = {
        "event": event,
        "pullRequestId": document["pullRequestId"],
        "title": document["title"],
        **({"description": document["description"]} if "description" in document else {}),
        "author": document["authorArn"],
        "callerUserArn": document["authorArn"],
        "creationDate": at,
        "lastModifiedDate": changed,
        "isMerged": "False",
        "pullRequestStatus": document["pullRequestStatus"].capitalize(),
        "repositoryNames": [name],
        "revisionId": document["revisionId"],
        "sourceCommit": target["sourceCommit"],
        "sourceReference": target["sourceReference"],
        "destinationCommit": target["destinationCommit"],
        "destinationReference": target["destinationReference"],
        "notificationBody": f"A pull request event occurred in the following AWS CodeCommit repository: {name}.",
    }
    aws.events.send(STATE_CHANGE, detail, [repository.arn(aws.settings, name)], source="aws.codecommit")
