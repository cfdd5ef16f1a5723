"""Every definition that the project builds, under its name, by whichever SDK is installed.

It imports what the environments of both have.
"""

from __future__ import annotations

from pipelines.code import CodeLocations
from pipelines.define import define, define_monitoring
from pipelines.initial_model import InitialModel
from pipelines.profiles import PROFILES
from pipelines.settings import Settings

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
