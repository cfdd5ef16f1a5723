"""What a build finds in its environment: CodeBuild's variables and the local AWS, and nothing of who pushes.

The pusher's own AWS profile, git's variables of the running push and a foreign Python path would lead a build astray.
"""

from __future__ import annotations

import getpass
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localaws.push.project import Project
from localaws.settings import Settings

_KEPT = {
    *("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "USER", "TMPDIR", "TZ"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
}
_KEPT_PREFIXES = ("PIP_",)  # where packages come from is the machine's business


@dataclass(frozen=True)
class Source:
    """What is built: a commit of a repository, checked out."""

    repository: str
    branch: str
    commit: str
    folder: Path


def make(
    settings: Settings, project: Project, source: Source, build_id: str, given: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment of a build, before what the buildspec and its commands add."""
    return {
        **_kept(given),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), given.get("PATH", os.defpath))),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "CI": "true",
        **_aws(settings),
        **_codebuild(settings, project, source, build_id),
        # Containers are subprocesses here, and functions run on this environment's packages: see docs/decisions/0001.
        "SCONES_NO_IMAGE": "true",
        "SCONES_NO_LAYER": "true",
        **project.variables,
    }


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}


def _aws(settings: Settings) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _codebuild(settings: Settings, project: Project, source: Source, build_id: str) -> dict[str, str]:
    arn = f"arn:aws:codebuild:{settings.region}:{settings.account}:build/{project.name}:{build_id}"
    return {
        "CODEBUILD_CI": "true",
        "CODEBUILD_BUILD_ARN": arn,
        "CODEBUILD_BUILD_ID": f"{project.name}:{build_id}",
        "CODEBUILD_LOG_PATH": build_id,
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_INITIATOR": getpass.getuser(),
        "CODEBUILD_RESOLVED_SOURCE_VERSION": source.commit,
        "CODEBUILD_SOURCE_VERSION": f"refs/heads/{source.branch}",
        "CODEBUILD_SOURCE_REPO_URL": clone_url(settings, source.repository),
        "CODEBUILD_SRC_DIR": str(source.folder),
        "CODEBUILD_START_TIME": str(int(time.time() * 1000)),
    }


def clone_url(settings: Settings, repository: str) -> str:
    """The address that CodeCommit gives a repository."""
    return f"https://git-codecommit.{settings.region}.amazonaws.com/v1/repos/{repository}"
