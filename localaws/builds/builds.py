"""Builds of CodeBuild: BatchGet, List and BatchDelete."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.builds import projects, records
from localaws.builds.projects import list_named_projects
from localaws.operations import CODEBUILD
from localaws.shapes import Document


@CODEBUILD.operation("BatchGetBuilds", on=(list_named_projects,))
def batch_get_builds(aws: Aws, request: Document) -> Document:
    """Builds by id or ARN."""
    found = {name: records.find(aws, name) for name in request["ids"]}
    return {
        "builds": [build for build in found.values() if build],
        "buildsNotFound": [name for name, build in found.items() if build is None],
    }


@CODEBUILD.operation("ListBuilds")
def list_builds(aws: Aws, request: Document) -> Document:
    """The ids of all builds, the newest first."""
    return _page(aws.store.all(records.KIND), request)


@CODEBUILD.operation("ListBuildsForProject", on=(list_named_projects,))
def list_builds_for_project(aws: Aws, request: Document) -> Document:
    """The ids of a project's builds, the newest first."""
    name = projects.find_project(aws, request["projectName"])["name"]
    return _page(records.of_project(aws, name), request)


@CODEBUILD.operation("BatchDeleteBuilds", on=(list_named_projects,))
def batch_delete_builds(aws: Aws, request: Document) -> Document:
    """Delete builds that have ended."""
    deleted, kept = [], []
    for name in request["ids"]:
        build = records.find(aws, name)
        if build and build["buildComplete"]:
            aws.store.delete(records.KIND, build["id"])
            deleted.append(build["arn"])
        else:
            kept.append({"id": name, "statusCode": "BUILD_IN_PROGRESS" if build else "BUILD_NOT_FOUND"})
    return {"buildsDeleted": deleted, "buildsNotDeleted": kept}


def _page(builds: list[Document], request: Document) -> Document:
    descending = request.get("sortOrder", "DESCENDING") == "DESCENDING"
    ordered = sorted(builds, key=lambda build: (build["startTime"], build["buildNumber"]), reverse=descending)
    chosen, more = projects.page([build["id"] for build in ordered], request)
    return {"ids": chosen, **more}
