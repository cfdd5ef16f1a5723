"""What a push, a seed or a restart makes known: CodeCommit's events of references that moved.

https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
What was announced of each reference is kept, so that a push which found no local AWS is announced by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

from localaws.aws import Aws
from localaws.push import pull_requests, repository
from localaws.push.changes import Change
from localaws.push.git import git
from localaws.shapes import Document

KIND = "announced-references"
_CHANGE = "CodeCommit Repository State Change"
NOTHING = "0" * 40


def announce(aws: Aws, path: Path, changes: Iterable[Change]) -> list[tuple[Change, Future[object]]]:
    """Send an event for each change of a repository's branches and tags; answers what each delivery will answer."""
    sent = []
    key = repository.read_id(path)
    for change in changes:
        if change.type:
            with aws.store.transaction():
                _note(aws, key, change)
                sent.append((change, _send(aws, path, change)))
                if change.type == "branch" and not change.deleted:
                    pull_requests.source_moved(aws, path.stem, change.ref, change.new)
    return sent


def announce_missed(aws: Aws) -> None:
    """Send the events of what was pushed while no local AWS ran."""
    for path in sorted(repository.folder(aws.settings).glob("*.git")):
        known = aws.store.get(KIND, repository.read_id(path))
        now = _references(path)
        if known is None:
            # A repository of before these events were sent: what is there was built by its push.
            aws.store.put(KIND, repository.read_id(path), {"References": now})
            continue
        before = known["References"]
        moved = [Change(before.get(ref, NOTHING), now.get(ref, NOTHING), ref) for ref in sorted({*before, *now})]
        announce(aws, path, [change for change in moved if change.old != change.new])


def _references(path: Path) -> dict[str, str]:
    lines = git("for-each-ref", "--format=%(objectname) %(refname)", folder=path).splitlines()
    return {ref: commit for commit, _, ref in (line.partition(" ") for line in lines)}


def _note(aws: Aws, key: str, change: Change) -> None:
    known = aws.store.get(KIND, key) or {"References": {}}
    if change.deleted:
        known["References"].pop(change.ref, None)
    else:
        known["References"][change.ref] = change.new
    aws.store.put(KIND, key, known)


def _send(aws: Aws, path: Path, change: Change) -> Future[object]:
    detail: Document = {
        "event": f"reference{'Created' if change.created else 'Deleted' if change.deleted else 'Updated'}",
        "repositoryName": path.stem,
        "repositoryId": repository.read_id(path),
        "referenceType": change.type,
        "referenceName": change.name,
        "referenceFullName": change.ref,
        "callerUserArn": repository.pusher(aws.settings),
    }
    if not change.deleted:
        detail["commitId"] = change.new
    if not change.created:
        detail["oldCommitId"] = change.old
    return aws.events.send(_CHANGE, detail, [repository.arn(aws.settings, path.stem)], source="aws.codecommit")
