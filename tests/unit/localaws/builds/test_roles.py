"""Under IAM: who starts a build, and what a build does, is asked about under the rule's and the project's roles."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.builds.starting import start_for_rule
from localaws.errors import AwsError, validation
from localaws.keys import Credentials

Document = dict[str, Any]
RULE = "arn:aws:events:us-east-1:000000000000:rule/bakery-push"
EVENTS_ROLE = "arn:aws:iam::000000000000:role/events"
PROJECT = "arn:aws:codebuild:us-east-1:000000000000:project/bakery-build"
SPEC = '{version: 0.2, phases: {build: {commands: ["echo key=$AWS_ACCESS_KEY_ID"]}}}'


class RoleClients:
    """The clients of a role: those that the tests have, with credentials of the role."""

    def __init__(self, clients: Any) -> None:
        self.logs, self.log_events = clients.logs, clients.log_events
        self.credentials = Credentials("ASIAROLE", "secret", "token")


@dataclass
class Authority:
    """IAM that has answered to these calls: role, action and resource; what stands in `denied` it refuses."""

    aws: Aws
    denied: tuple[str, ...] = ()
    asked: list[tuple[str, str, str]] | None = None

    def clients(self, role: str, service: str) -> RoleClients:
        if f"{service} {role}" in self.denied:
            raise validation("untrusted")
        return RoleClients(self.aws.clients)

    def check(self, role: str, action: str, resource: str, service: str, source: str = "") -> None:
        assert source == (RULE if service == "events.amazonaws.com" else "")
        self.clients(role, service)
        assert self.asked is not None
        self.asked.append((role, action, resource))
        if action in self.denied:
            raise AwsError("AccessDeniedException", f"not authorized to perform: {action}")


@pytest.fixture
def enforced(builds: Any) -> Callable[..., Authority]:
    """Turn IAM on, with some things denied."""

    def turn_on(*denied: str) -> Authority:
        builds.commit(buildspec__yml=SPEC)
        authority = Authority(builds.aws, denied, [])
        builds.aws = replace(builds.aws, authority=authority)
        return authority

    return turn_on


def test_a_build_fetches_and_runs_under_its_projects_role(builds: Any, enforced: Callable[..., Authority]) -> None:
    authority = enforced()
    role = builds.project()["serviceRole"]
    ended = builds.ended(builds.start())
    assert "\nkey=ASIAROLE\n" in builds.log(ended)
    assert authority.asked == [(role, "codecommit:GitPull", "arn:aws:codecommit:us-east-1:000000000000:bakery")]


def test_a_role_that_may_not_pull_fails_the_download(builds: Any, enforced: Callable[..., Authority]) -> None:
    enforced("codecommit:GitPull")
    builds.project()
    phase, code, message = builds.failure(builds.ended(builds.start()))
    assert (phase, code) == ("DOWNLOAD_SOURCE", "CLIENT_ERROR")
    assert message.startswith("authorization failed for primary source and source version refs/heads/main")


def test_a_role_that_may_not_write_the_log_fails_the_build(
    builds: Any, enforced: Callable[..., Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    enforced()
    builds.project()

    monkeypatch.setattr("localaws.builds.log._create_stream", _refusing)
    phase, code, message = builds.failure(builds.ended(builds.start()))
    assert (phase, code) == ("DOWNLOAD_SOURCE", "ACCESS_DENIED")
    assert "does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build" in message


def _refusing(*_: object) -> None:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "CreateLogStream")


def test_a_role_that_does_not_trust_codebuild_makes_no_project(builds: Any, enforced: Callable[..., Authority]) -> None:
    role = "arn:aws:iam::000000000000:role/stranger"
    enforced(f"codebuild.amazonaws.com {role}")
    project = builds.project()
    refused = {**project, "name": "other", "serviceRole": role}
    code, said = builds.refused("CreateProject", **refused)
    assert (code, said) == (
        "InvalidInputException",
        f"CodeBuild is not authorized to perform: sts:AssumeRole on {role}",
    )


def test_a_rule_starts_a_build_under_its_targets_role_with_what_its_input_says(
    builds: Any, enforced: Callable[..., Authority]
) -> None:
    authority = enforced()
    builds.project()
    given = {"sourceVersion": builds.commits[0], "detail": "of an event", "source": "aws.codecommit"}
    build_id = start_for_rule(builds.aws, EVENTS_ROLE, PROJECT, json.dumps(given), RULE)
    (build,) = builds("BatchGetBuilds", ids=[build_id])["builds"]
    assert (build["initiator"], build["sourceVersion"]) == ("rule/bakery-push", builds.commits[0])
    assert authority.asked is not None
    assert authority.asked[0] == (EVENTS_ROLE, "codebuild:StartBuild", PROJECT)
    builds.ended(build)


@pytest.mark.parametrize("denied", ["codebuild:StartBuild", f"events.amazonaws.com {EVENTS_ROLE}"])
def test_a_rule_whose_role_lacks_the_right_or_the_trust_starts_nothing(
    builds: Any, enforced: Callable[..., Authority], denied: str
) -> None:
    enforced(denied)
    builds.project()
    with pytest.raises(AwsError):
        start_for_rule(builds.aws, EVENTS_ROLE, PROJECT, "{}", RULE)
    assert builds("ListBuilds")["ids"] == []


@pytest.mark.parametrize(
    ("payload", "code"), [("no JSON", "InvalidInputException"), ('{"sourceVersion": 1}', "ValidationException")]
)
def test_an_input_that_startbuild_does_not_take_starts_nothing(builds: Any, payload: str, code: str) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    with pytest.raises(AwsError) as refused:
        start_for_rule(builds.aws, EVENTS_ROLE, PROJECT, payload, RULE)
    assert refused.value.code == code


def test_a_build_has_a_session_where_iam_is_not_enforced(builds: Any) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    assert re.search(r"\nkey=ASIA[0-9A-F]{16}\n", builds.log(builds.ended(builds.start())))
