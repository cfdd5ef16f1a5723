"""Starting and stopping builds, by a call or by a rule of EventBridge.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
"""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Mapping

from localaws.aws import Aws
from localaws.builds import records, runner
from localaws.builds.projects import (
    ACCOUNT_LIMIT,
    check_trust,
    check_variable,
    find_project,
    list_named_projects,
    project_arn,
)
from localaws.errors import AwsError
from localaws.operations import CODEBUILD
from localaws.refusals import members
from localaws.shapes import Document, service_model, validate

EVENTS = "events.amazonaws.com"
_MEMBERS = members(
    """projectName sourceVersion environmentVariablesOverride buildspecOverride gitCloneDepthOverride
    timeoutInMinutesOverride idempotencyToken"""
)
_TOKEN_SECONDS = 300
_STOP_SECONDS = 10


@CODEBUILD.operation("StartBuild", on=(list_named_projects,), members=_MEMBERS)
def start_build(aws: Aws, request: Document) -> Document:
    """Start a build for whoever calls."""
    return {"build": start(aws, request, getpass.getuser())}


def start_for_rule(aws: Aws, role: str, target: str, payload: str, rule: str) -> str:
    """Start a build as EventBridge does for a rule (its ARN) and its target, under the target's role; answers its id.

    The target's input has the members of StartBuild; others, as those of an event that comes as it is, are passed over.
    """
    if aws.authority:
        place = project_arn(aws.settings, target)
        aws.authority.check(role, "codebuild:StartBuild", place, service=EVENTS, source=rule)
    try:
        given = json.loads(payload)
    except ValueError as error:
        raise AwsError("InvalidInputException", f"The target's input is no JSON: {error}") from error
    shape = service_model("codebuild").shape_for("StartBuildInput")
    members = given if isinstance(given, dict) else {}
    request = {name: value for name, value in members.items() if name in shape.members}
    request["projectName"] = target.rpartition(":project/")[2]
    validate("StartBuild", request, "codebuild")
    CODEBUILD.operations["StartBuild"].check(request)
    return str(start(aws, request, f"rule/{rule.rpartition('/')[2]}")["id"])


def start(aws: Aws, request: Document, initiator: str) -> Document:
    """Write a build down and begin it; raises CodeBuild's errors."""
    for variable in request.get("environmentVariablesOverride", []):
        check_variable(variable)
    project = find_project(aws, request["projectName"])
    check_trust(aws, project["serviceRole"])
    with aws.store.transaction():
        before = _of_token(aws, project, request)
        if before:
            return before
        _check_limits(aws, project)
        build = records.create(aws, project, request, initiator)
    runner.begin(aws, build)
    return build


@CODEBUILD.operation("StopBuild", on=(list_named_projects,))
def stop_build(aws: Aws, request: Document) -> Document:
    """Stop a build, with all that its commands started; one that has ended stays as it is."""
    build = records.get(aws, request["id"])
    if not build["buildComplete"]:
        aws.tasks.stop(build["arn"])
        aws.tasks.join(build["arn"], _STOP_SECONDS)
    return {"build": records.get(aws, build["id"])}


def _of_token(aws: Aws, project: Document, request: Document) -> Document | None:
    """The build that the same token has started within the last five minutes."""
    token = request.get("idempotencyToken")
    for build in records.of_project(aws, project["name"]) if token else ():
        if build["Token"] == token and time.time() - build["startTime"] < _TOKEN_SECONDS:
            if _but_for_name(build["Request"]) != _but_for_name(request):
                raise AwsError(
                    "InvalidInputException", "The idempotency token was given before, with other parameters."
                )
            return build
    return None


def _but_for_name(request: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in request.items() if name != "projectName"}


def _check_limits(aws: Aws, project: Document) -> None:
    """Refuse a build beyond the project's limit, which CodeBuild does not queue; then one beyond the account's.

    https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html
    """
    running = [build for build in aws.store.all(records.KIND) if not build["buildComplete"]]
    limit = project.get("concurrentBuildLimit")
    if limit is not None and sum(build["projectName"] == project["name"] for build in running) >= limit:
        raise AwsError("AccountLimitExceededException", f"Cannot have more than {limit} active builds for the project")
    if len(running) >= ACCOUNT_LIMIT:
        raise AwsError(
            "AccountLimitExceededException", f"Cannot have more than {ACCOUNT_LIMIT} builds in queue for the account"
        )
