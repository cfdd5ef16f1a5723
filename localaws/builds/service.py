"""The CodeBuild service."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.builds import projects, records, starting
from localaws.errors import AwsError
from localaws.protocol import Service
from localaws.shapes import Document

_PAGE = 100


def batch_get_builds(aws: Aws, request: Document) -> Document:
    """Builds by id or ARN."""
    found = {name: aws.store.get(records.KIND, name.rpartition(":build/")[2]) for name in request["ids"]}
    return {
        "builds": [build for build in found.values() if build],
        "buildsNotFound": [name for name, build in found.items() if build is None],
    }


def list_builds(aws: Aws, request: Document) -> Document:
    """The ids of all builds, the newest first."""
    return _page(aws.store.all(records.KIND), request)


def list_builds_for_project(aws: Aws, request: Document) -> Document:
    """The ids of a project's builds, the newest first."""
    name = projects.find_project(aws, request["projectName"])["name"]
    return _page(records.of_project(aws, name), request)


def batch_delete_builds(aws: Aws, request: Document) -> Document:
    """Delete builds that have ended."""
    deleted, kept = [], []
    for name in request["ids"]:
        build = aws.store.get(records.KIND, name.rpartition(":build/")[2])
        if build and build["buildComplete"]:
            aws.store.delete(records.KIND, build["id"])
            deleted.append(build["arn"])
        else:
            kept.append({"id": name, "statusCode": "BUILD_IN_PROGRESS" if build else "BUILD_NOT_FOUND"})
    return {"buildsDeleted": deleted, "buildsNotDeleted": kept}


def _page(builds: list[Document], request: Document) -> Document:
    descending = request.get("sortOrder", "DESCENDING") == "DESCENDING"
    ordered = sorted(builds, key=lambda build: (build["startTime"], build["buildNumber"]), reverse=descending)
    token = request.get("nextToken", "0")
    if not token.isdecimal():
        raise AwsError("InvalidInputException", f"nextToken is {token!r}; give the token of the page before.")
    start = int(token)
    ids = [build["id"] for build in ordered[start : start + _PAGE]]
    return {"ids": ids, **({"nextToken": str(start + _PAGE)} if len(ordered) > start + _PAGE else {})}


CODEBUILD = Service(
    "AWS CodeBuild",
    "codebuild",
    {
        "BatchDeleteBuilds": batch_delete_builds,
        "BatchGetBuilds": batch_get_builds,
        "BatchGetProjects": projects.batch_get_projects,
        "CreateProject": projects.create_project,
        "DeleteProject": projects.delete_project,
        "ListBuilds": list_builds,
        "ListBuildsForProject": list_builds_for_project,
        "ListProjects": projects.list_projects,
        "StartBuild": starting.start_build,
        "StopBuild": starting.stop_build,
        "UpdateProject": projects.update_project,
    },
)
