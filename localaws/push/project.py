"""The CodeBuild project that builds a repository, as the stack defined it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from localaws.push.errors import PushError

# The stack has two projects for one repository: this one builds pushes, `-pull-request` compares.
SUFFIX = "-build"
_PAGE = 100
_DEFAULT_BUILDSPEC = "buildspec.yml"


@dataclass(frozen=True)
class Project:
    """What a build takes from its project."""

    name: str
    buildspec: str
    branch: str
    role_arn: str = ""
    minutes: int = 60
    variables: dict[str, str] = field(default_factory=dict)


def find(codebuild: Any, repository: str) -> Project | None:  # noqa: ANN401 - a boto3 client
    """The project whose source is the repository, or None."""
    for described in _describe_all(codebuild):
        source = described.get("source", {})
        if described["name"].endswith(SUFFIX) and _repository(source) == repository:
            return _read(described)
    return None


def _describe_all(codebuild: Any) -> Iterable[dict[str, Any]]:  # noqa: ANN401
    names = [name for page in codebuild.get_paginator("list_projects").paginate() for name in page["projects"]]
    for start in range(0, len(names), _PAGE):
        yield from codebuild.batch_get_projects(names=names[start : start + _PAGE])["projects"]


def _repository(source: dict[str, Any]) -> str | None:
    if source.get("type") != "CODECOMMIT":
        return None
    return str(source.get("location", "")).rstrip("/").rsplit("/", 1)[-1]


def _read(described: dict[str, Any]) -> Project:
    return Project(
        name=described["name"],
        buildspec=described["source"].get("buildspec") or _DEFAULT_BUILDSPEC,
        branch=(described.get("sourceVersion") or "main").removeprefix("refs/heads/"),
        role_arn=described.get("serviceRole", ""),
        minutes=int(described.get("timeoutInMinutes") or 60),
        variables=dict(map(_variable, described.get("environment", {}).get("environmentVariables", []))),
    )


def _variable(given: dict[str, Any]) -> tuple[str, str]:
    if given.get("type", "PLAINTEXT") != "PLAINTEXT":
        raise PushError(
            f"The build's variable {given['name']} is of type {given['type']}; builds on a laptop take PLAINTEXT only."
        )
    return given["name"], str(given.get("value", ""))
