"""Where the artifact of an approved version lies, and the name under which the registry has its digest.

deploy_model copies there what it is about to deploy, and is the only one that may; whoever wants the model that serves
reads the copy.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

PREFIX = "approved/"
DIGEST = "artifact_sha256"
"""The key in a version's CustomerMetadataProperties: the SHA-256 of its model.tar.gz in 64 hexadecimal digits."""


def approved_key(package: Mapping[str, Any]) -> str:
    """Return the key of a version's copy, from what DescribeModelPackage answers.

    A group that is made anew numbers its versions from 1 again, so the moment of registration is in the name.
    """
    moment = package["CreationTime"].astimezone(UTC)
    return f"{PREFIX}v{package['ModelPackageVersion']}-{moment:%Y%m%dT%H%M%SZ}/model.tar.gz"


def registered_uri(package: Mapping[str, Any]) -> str:
    """Return the address that the artifact was registered under; empty where the version names none."""
    containers = package.get("InferenceSpecification", {}).get("Containers") or [{}]
    return str(containers[0].get("ModelDataUrl", ""))
