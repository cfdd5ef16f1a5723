"""What a build finds in its environment: CodeBuild's variables, the local AWS under the build's role, and little else.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
Nothing of who pushes comes in: an AWS profile, git's variables or a foreign Python path would lead a build astray,
and a proxy or package index with a password would reveal it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from localaws.builds.projects import project_arn
from localaws.environment import kept_for_builds
from localaws.keys import Credentials
from localaws.platforms import reach_directly
from localaws.redirect import FOLDER
from localaws.settings import Settings
from localaws.shapes import Document


def make(
    settings: Settings,
    build: Document,
    folder: Path,
    credentials: Credentials,
    given: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """The environment of a build whose source lies in a folder, before what the buildspec and its commands add."""
    return {
        **kept_for_builds(given),
        **reach_directly(kept_for_builds(given)),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), given.get("PATH", os.defpath))),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "CI": "true",
        **_aws(settings, credentials),
        **_codebuild(settings, build, folder),
        **{one["name"]: str(one.get("value", "")) for one in build["environment"]["environmentVariables"]},
    }


def _aws(settings: Settings, credentials: Credentials) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "PYTHONPATH": FOLDER,
        **credentials.environment,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _codebuild(settings: Settings, build: Document, folder: Path) -> dict[str, str]:
    known = {
        "CODEBUILD_RESOLVED_SOURCE_VERSION": build.get("resolvedSourceVersion"),
        "CODEBUILD_SOURCE_VERSION": build.get("sourceVersion"),
        "CODEBUILD_SOURCE_REPO_URL": build["source"].get("location"),
    }
    return {
        "CODEBUILD_CI": "true",
        "CODEBUILD_BUILD_ARN": build["arn"],
        "CODEBUILD_BUILD_ID": build["id"],
        "CODEBUILD_BUILD_IMAGE": build["environment"].get("image", ""),
        "CODEBUILD_BUILD_NUMBER": str(build["buildNumber"]),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_INITIATOR": build["initiator"],
        "CODEBUILD_KMS_KEY_ID": build["encryptionKey"],
        "CODEBUILD_LOG_PATH": build["logs"]["streamName"],
        "CODEBUILD_PROJECT_ARN": project_arn(settings, build["projectName"]),
        "CODEBUILD_SRC_DIR": str(folder),
        "CODEBUILD_START_TIME": str(int(build["startTime"] * 1000)),
        **{name: value for name, value in known.items() if value},
    }
