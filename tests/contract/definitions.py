"""Every definition that the project builds, under its name: `python -m tests.contract.definitions` prints them as JSON.

With them, the names of the SDK that the project imports. It is run with each SDK, so it imports what both environments
have. No socket may be opened while it builds.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import NoReturn

from pipelines.code import CodeLocations
from pipelines.define import define, define_monitoring
from pipelines.initial_model import InitialModel
from pipelines.profiles import PROFILES
from pipelines.settings import Settings
from tests.contract.schemas import checked_once

IMAGE = {"SCONES_IMAGE_URI": "000000000000.dkr.ecr.us-east-1.amazonaws.com/scones:0123456789abcdef"}
SETTINGS = {
    "plain": IMAGE,
    "guarded": {
        **IMAGE,
        "AWS_REGION": "eu-west-1",
        "SCONES_KMS_KEY": "arn:aws:kms:eu-west-1:000000000000:key/1",
        "SCONES_SUBNETS": "subnet-1,subnet-2",
        "SCONES_SECURITY_GROUPS": "sg-1",
        "SCONES_TAGS": "team=bakery",
        "SAGEMAKER_PROJECT_ID": "p-1",
    },
}
CODE = CodeLocations(
    processing="s3://bucket/code/0000/processing.pyz", evaluation="s3://bucket/code/0000/evaluation.pyz"
)
_attempts: list[object] = []


def build() -> dict[str, str]:
    """Build each profile's, trained and tuned; one's under all settings; one from a version; and monitoring's."""
    built = {}
    for name, environment in SETTINGS.items():
        settings = Settings.from_environment(environment)
        built[f"monitoring, {name}"] = define_monitoring(settings)
        # A profile has other hyperparameters alone, which no settings change.
        for profile in PROFILES.values() if name == "plain" else [PROFILES["compact"]]:
            for tuned in (False, True):
                built[f"{profile.name}, {name}, {tuned=}"] = define(settings, profile, CODE, tuned=tuned)
    settings = Settings.from_environment(IMAGE)
    initial = InitialModel("s3://bucket/model.tar.gz", "version-3")
    built["compact from a version"] = define(settings, PROFILES["compact"], CODE, initial)
    return built


def _refuse(*address: object, **_: object) -> NoReturn:
    _attempts.append(address)
    raise OSError("no network here")


if __name__ == "__main__":
    socket.socket.connect = socket.create_connection = socket.getaddrinfo = _refuse  # type: ignore[method-assign,assignment]
    with checked_once():
        built = build()
    names = next(module.__all__ for name, module in sys.modules.items() if name.startswith("pipelines.sdk.version"))
    json.dump({"definitions": built, "names": names}, sys.stdout)
    if _attempts:
        sys.exit(f"the network was tried: {_attempts}")
