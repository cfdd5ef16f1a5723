"""What a version becomes on the endpoint: a model and an endpoint configuration under one name.

The name holds the version and a digest of both requests. The same version under the same settings has the same name,
so whatever exists under it is what would be created, and a repeated event finds its work done.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from deploy_model.settings import Settings
from deploy_model.versions import Version

VARIANT = "live"
# Instances of these families keep volumes on local disks, encrypted by the hardware; AWS refuses a key for them.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html
LOCAL_DISKS = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|dl1|g[5-7]e?|p5e?n?|p6e?-\w+|trn\d+n?)\.")
Request = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """A version with everything that shapes how it serves."""

    name: str
    version: int
    approval: str
    model: Request
    configuration: Request

    @property
    def attempt(self) -> str:
        """This approval of this release, as one tag value: a deployment that failed is not tried twice for it."""
        return f"{self.name}@{self.approval}"


def plan_release(version: Version, settings: Settings) -> Release:
    """Work out the requests that create a version's model and configuration, and their name."""
    tags = _tags(version)
    model = _model(version, settings, tags)
    configuration = _configuration(settings, tags)
    name = f"{settings.endpoint_name}-v{version.number}-{_digest(model, configuration)}"
    configuration["ProductionVariants"][0]["ModelName"] = name
    return Release(
        name=name,
        version=version.number,
        approval=version.changed.astimezone(UTC).isoformat(timespec="milliseconds"),
        model={"ModelName": name, **model},
        configuration={"EndpointConfigName": name, **configuration},
    )


def _digest(*requests: Request) -> str:
    text = json.dumps(requests, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _tags(version: Version) -> list[dict[str, str]]:
    """Say on each resource where it comes from, without a way through the registry."""
    values = {"scones:version": str(version.number), "scones:execution": version.execution}
    values["scones:commit"] = version.commit
    return [{"Key": key, "Value": value} for key, value in values.items()]


def _model(version: Version, settings: Settings, tags: list[dict[str, str]]) -> Request:
    """Serve the approved copy: a model that names its package would be fetched from where jobs may write.

    What else the package says of its container is kept; AWS takes no other artifact beside a ModelPackageName.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
    """
    packaged = version.containers[0] if version.containers else {}
    return {
        "PrimaryContainer": {
            **{name: packaged[name] for name in ("Image", "Environment") if packaged.get(name)},
            **({"ModelDataUrl": f"s3://{settings.bucket}/{version.approved_key}"} if version.source else {}),
        },
        "ExecutionRoleArn": settings.role_arn,
        # SageMaker itself fetches the artifact; the algorithm needs no network to answer about an image.
        "EnableNetworkIsolation": True,
        "Tags": tags,
    }


def _configuration(settings: Settings, tags: list[dict[str, str]]) -> Request:
    variant = {
        "VariantName": VARIANT,
        "InstanceType": settings.instance_type,
        "InitialInstanceCount": settings.instance_count,
        "InitialVariantWeight": 1.0,
    }
    request: Request = {"ProductionVariants": [variant], "DataCaptureConfig": _capture(settings), "Tags": tags}
    if settings.kms_key_arn and not LOCAL_DISKS.match(settings.instance_type):
        request["KmsKeyId"] = settings.kms_key_arn
    return request


def _capture(settings: Settings) -> Request:
    """Capture every request and answer: JSON readable, images (listed nowhere) as base64."""
    capture: Request = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": settings.capture_uri,
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
    }
    if settings.kms_key_arn:
        capture["KmsKeyId"] = settings.kms_key_arn
    return capture
