"""CodeBuild's projects: what is built, how, and as whom.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
"""

from __future__ import annotations

import re

from localaws import listing
from localaws.aws import Aws, now
from localaws.errors import AwsError
from localaws.operations import CODEBUILD
from localaws.refusals import members
from localaws.settings import Settings
from localaws.shapes import Document

KIND = "build-project"
PRINCIPAL = "codebuild.amazonaws.com"
# The quota "Concurrently running builds" of an account that has asked for no other.
ACCOUNT_LIMIT = 60
_MINUTES = 60
_QUEUED_MINUTES = 480
_NO_LIMIT = -1
_PAGE = 100


def list_named_projects(aws: Aws, request: Document) -> list[str]:
    """The ARNs of the projects that a call of CodeBuild is about; of builds and ARNs, the projects that they name."""
    given = [request.get(member) for member in ("name", "projectName", "id")]
    named = [*given, *request.get("names", []), *request.get("ids", [])]
    bare = [re.split(r":(?:project|build)/", name)[-1].partition(":")[0] for name in named if name]
    return sorted({project_arn(aws.settings, name) for name in bare})


_MEMBERS = members(
    """name source.type source.location source.buildspec source.gitCloneDepth sourceVersion serviceRole timeoutInMinutes
    concurrentBuildLimit environment.environmentVariables logsConfig.cloudWatchLogs""",
    # There is one machine, the laptop, whatever image and size are asked for.
    kept="description environment tags encryptionKey queuedTimeoutInMinutes vpcConfig source.auth",
    refused="environment.fleet environment.dockerServer environment.registryCredential environment.certificate",
    only={
        "artifacts.type": ("NO_ARTIFACTS",),
        "cache.type": ("NO_CACHE",),
        "logsConfig.s3Logs.status": ("DISABLED",),
    },
)


@CODEBUILD.operation("CreateProject", on=(list_named_projects,), members=_MEMBERS)
def create_project(aws: Aws, request: Document) -> Document:
    """Make a project; its role must let CodeBuild take it on."""
    arn = project_arn(aws.settings, request["name"])
    if aws.store.get(KIND, request["name"]):
        raise AwsError("ResourceAlreadyExistsException", f"Project already exists: {arn}")
    project = {
        "timeoutInMinutes": _MINUTES,
        "queuedTimeoutInMinutes": _QUEUED_MINUTES,
        "encryptionKey": f"arn:aws:kms:{aws.settings.region}:{aws.settings.account}:alias/aws/s3",
        "projectVisibility": "PRIVATE",
        "badge": {"badgeEnabled": False},
        "cache": {"type": "NO_CACHE"},
        **request,
        "arn": arn,
        "created": now(),
        "lastModified": now(),
    }
    _check(aws, project)
    aws.store.put(KIND, request["name"], project)
    return {"project": project}


@CODEBUILD.operation("UpdateProject", on=(list_named_projects,), members=_MEMBERS)
def update_project(aws: Aws, request: Document) -> Document:
    """Change the members of a project that a request names; a limit of -1 takes the limit away."""
    project = {**find_project(aws, request["name"]), **request, "lastModified": now()}
    if project.get("concurrentBuildLimit") == _NO_LIMIT:
        del project["concurrentBuildLimit"]
    _check(aws, project)
    aws.store.put(KIND, project["name"], project)
    return {"project": project}


@CODEBUILD.operation("DeleteProject", on=(list_named_projects,))
def delete_project(aws: Aws, request: Document) -> Document:
    """Delete a project; its builds stay, and one that is not there is no error."""
    project = _find(aws, request["name"])
    if project:
        aws.store.delete(KIND, project["name"])
    return {}


@CODEBUILD.operation("BatchGetProjects", on=(list_named_projects,))
def batch_get_projects(aws: Aws, request: Document) -> Document:
    """Projects by name or ARN."""
    found = {name: _find(aws, name) for name in request["names"]}
    return {
        "projects": [project for project in found.values() if project],
        "projectsNotFound": [name for name, project in found.items() if project is None],
    }


@CODEBUILD.operation("ListProjects")
def list_projects(aws: Aws, request: Document) -> Document:
    """The names of all projects, a hundred a page."""
    member = {"CREATED_TIME": "created", "LAST_MODIFIED_TIME": "lastModified"}.get(
        request.get("sortBy", "NAME"), "name"
    )
    listed = sorted(aws.store.all(KIND), key=lambda project: (project[member], project["name"]))
    names = [project["name"] for project in listed]
    ordered = names[::-1] if request.get("sortOrder") == "DESCENDING" else names
    chosen, more = page(ordered, request)
    return {"projects": chosen, **more}


def page(names: list[str], request: Document) -> tuple[list[str], Document]:
    """A hundred names, and {"nextToken": ...} when there are more; raises CodeBuild's error for another token."""
    given = request.get("nextToken")
    refused = AwsError("InvalidInputException", f"nextToken is {given!r}; give the token of the page before.")
    chosen, token = listing.page_in_order(names, given, _PAGE, lambda: refused)
    return chosen, {"nextToken": token} if token else {}


def find_project(aws: Aws, name: str) -> Document:
    """A project by name or ARN; raises CodeBuild's error where there is none."""
    project = _find(aws, name)
    if project is None:
        raise AwsError("ResourceNotFoundException", f"Project cannot be found: {project_arn(aws.settings, name)}")
    return project


def _find(aws: Aws, name: str) -> Document | None:
    """A project by its name or its own ARN: another region's or account's is none of the same name."""
    project = aws.store.get(KIND, bare_name(name))
    return project if project and name in (project["name"], project["arn"]) else None


def project_arn(settings: Settings, name: str) -> str:
    """The ARN of a project, by its name or its ARN."""
    return name if name.startswith("arn:") else f"arn:aws:codebuild:{settings.region}:{settings.account}:project/{name}"


def bare_name(name: str) -> str:
    """A project's name, from the name or the ARN."""
    return name.rpartition(":project/")[2]


def check_trust(aws: Aws, role: str) -> None:
    """Raise CodeBuild's error where IAM is enforced and the role does not let CodeBuild take it on."""
    if aws.authority is None:
        return
    try:
        aws.authority.clients(role, PRINCIPAL)
    except AwsError as error:
        raise AwsError(
            "InvalidInputException", f"CodeBuild is not authorized to perform: sts:AssumeRole on {role}"
        ) from error


def _check(aws: Aws, project: Document) -> None:
    limit = project.get("concurrentBuildLimit")
    if limit is not None and not 1 <= limit <= ACCOUNT_LIMIT:
        raise AwsError(
            "InvalidInputException",
            "Project-level concurrent build limit must be at least 1."
            if limit < 1
            else f"Project-level concurrent build limit cannot exceed the account-level concurrent build limit of "
            f"{ACCOUNT_LIMIT}.",
        )
    for variable in project["environment"].get("environmentVariables") or []:
        check_variable(variable)
    check_trust(aws, project["serviceRole"])


def check_variable(variable: Document) -> None:
    """Refuse what a build on a laptop cannot look up."""
    if variable.get("type", "PLAINTEXT") != "PLAINTEXT":
        raise AwsError(
            "UnsupportedOperation",
            f"The build's variable {variable['name']} is of type {variable['type']}; the local AWS takes PLAINTEXT.",
        )
