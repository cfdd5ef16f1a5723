"""What the local AWS does when a repository's hook reports a push: events first, then what came of each.

The hook's request is no API of AWS's, whose CodeCommit receives the push itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.events import Outcome
from localaws.push import pull_requests, repository
from localaws.push.announcing import announce
from localaws.push.changes import Change
from localaws.shapes import Document

_DELIVERY_SECONDS = 30


def receive(aws: Aws, body: bytes) -> Document:
    """Announce a push; answers, for each change, what its event has started and what was refused."""
    name, changes = _read(body)
    path = pull_requests.repository_of(aws, name)
    for change in changes:
        if not change.deleted and repository.resolve(path, change.new) is None:
            raise AwsError("CommitDoesNotExistException", f"{change.new} does not exist")
    announced = dict(announce(aws, path, changes))
    return {"changes": [{**asdict(change), **_outcome(announced.get(change))} for change in changes]}


def _read(body: bytes) -> tuple[str, list[Change]]:
    try:
        given = json.loads(body)
        return str(given["repository"]), [Change(*map(str, one)) for one in given["changes"]]
    except (ValueError, KeyError, TypeError) as error:
        raise AwsError("SerializationException", f"A push is reported as repository and changes: {error}") from error


def _outcome(delivered: Future[object] | None) -> Document:
    if delivered is None:
        return {"started": [], "refused": []}
    try:
        outcomes = delivered.result(_DELIVERY_SECONDS)
    except (FutureTimeout, Exception) as error:
        return {"started": [], "refused": [f"The event was not delivered: {type(error).__name__}: {error}"]}
    found = [one for one in outcomes if isinstance(one, Outcome)] if isinstance(outcomes, Iterable) else []
    return {
        "started": [one.started for one in found if one.started],
        "refused": [one.refused for one in found if one.refused],
    }
