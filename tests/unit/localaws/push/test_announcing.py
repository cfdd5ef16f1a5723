"""What a push, a seed and a restart make known, as CodeCommit's events have it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.events import Outcome
from localaws.push import repository
from localaws.push.announcing import NOTHING, announce, announce_missed
from localaws.push.changes import Change
from localaws.push.receiving import receive

Document = dict[str, Any]


def test_a_new_a_moved_and_a_deleted_branch_and_a_tag_are_reported_with_their_commits(aws: Aws, bakery: Any) -> None:
    first, second = bakery.commit(), bakery.commit()
    main = "refs/heads/main"
    changes = [
        Change(NOTHING, first, main),
        Change(first, second, main),
        Change(second, NOTHING, main),
        Change(NOTHING, first, "refs/tags/v1"),
        Change(NOTHING, first, "refs/notes/commits"),
    ]

    announce(aws, bakery.bare, changes)

    told = bakery.told()
    assert [(one["event"], one.get("oldCommitId"), one.get("commitId")) for one in told] == [
        ("referenceCreated", None, first),
        ("referenceUpdated", first, second),
        ("referenceDeleted", second, None),
        ("referenceCreated", None, first),
    ]
    assert (told[0]["referenceType"], told[0]["referenceName"], told[0]["referenceFullName"]) == (
        "branch",
        "main",
        main,
    )
    assert (told[3]["referenceType"], told[3]["referenceName"]) == ("tag", "v1")
    assert told[0]["repositoryName"] == "bakery"
    assert told[0]["repositoryId"] == repository.read_id(bakery.bare)


def test_a_push_that_found_no_local_aws_is_reported_at_the_next_start_and_once(aws: Aws, bakery: Any) -> None:
    known = bakery.commit()
    announce(aws, bakery.bare, [Change(NOTHING, known, "refs/heads/main")])
    missed = bakery.commit()

    announce_missed(aws)
    announce_missed(aws)

    assert [one["commitId"] for one in bakery.told()] == [known, missed]
    assert bakery.told()[1]["oldCommitId"] == known


def test_what_a_repository_held_before_events_were_sent_is_not_told_again(aws: Aws, bakery: Any) -> None:
    bakery.commit()
    announce_missed(aws)
    announce_missed(aws)
    assert bakery.told() == []


def _told(bakery: Any, *changes: tuple[str, str, str]) -> bytes:
    return json.dumps({"repository": "bakery", "changes": changes}).encode()


@pytest.fixture
def delivering(aws: Aws) -> Callable[..., None]:
    """Let events be delivered, each with these outcomes."""

    def start(*outcomes: Outcome) -> None:
        aws.events._deliver = lambda _: list(outcomes)
        aws.events.start()

    return start


def test_the_hook_hears_what_each_change_has_started_and_what_was_refused(
    aws: Aws, bakery: Any, delivering: Callable[..., None]
) -> None:
    commit = bakery.commit()
    delivering(Outcome("one", started="bakery-build:1"), Outcome("two", refused="The rule may not."))
    answered = receive(aws, _told(bakery, (NOTHING, commit, "refs/heads/main"), (NOTHING, commit, "refs/notes/x")))
    assert answered["changes"] == [
        {"old": NOTHING, "new": commit, "ref": "refs/heads/main", "started": ["bakery-build:1"],
         "refused": ["The rule may not."]},
        {"old": NOTHING, "new": commit, "ref": "refs/notes/x", "started": [], "refused": []},
    ]  # fmt: skip
    aws.events.close()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[", "SerializationException"),
        (b"{}", "SerializationException"),
        (b'{"repository": "bakery", "changes": [["1"]]}', "SerializationException"),
        (b'{"repository": "other", "changes": []}', "RepositoryDoesNotExistException"),
        (b'{"repository": "../x", "changes": []}', "InvalidRepositoryNameException"),
        (json.dumps({"repository": "bakery", "changes": [[NOTHING, "1" * 40, "refs/heads/main"]]}).encode(),
         "CommitDoesNotExistException"),
    ],
)  # fmt: skip
def test_a_push_that_did_not_happen_is_not_announced(aws: Aws, bakery: Any, body: bytes, code: str) -> None:
    with pytest.raises(AwsError) as refused:
        receive(aws, body)
    assert refused.value.code == code
    assert bakery.told() == []
