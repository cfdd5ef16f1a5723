"""What the stack decides about monitoring: by which image, as whom, and where baselines and reports lie."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from common.environment import SettingsError, arn, folder, names, one_of, text

PIPELINE, MODEL_MONITOR = "PIPELINE", "MODEL_MONITOR"
BACKENDS = (PIPELINE, MODEL_MONITOR)
# Instances of these families keep volumes on local disks, encrypted by the hardware; AWS refuses a key for them.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html
LOCAL_DISKS = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|dl1|g[5-7]e?|p5e?n?|p6e?-\w+|trn\d+n?)\.")


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """The variables that begin with MONITORING_, and the addresses that go with them."""

    backend: str
    schedule_name: str
    role_arn: str
    image_uri: str
    instance_type: str
    capture_uri: str
    reports_uri: str
    baseline_uri: str
    ground_truth_uri: str
    kms_key_arn: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self | None:
        """Read the variables; None where the stack has no image yet, by which to monitor."""
        if not environment.get("MONITORING_IMAGE_URI"):
            return None
        monitoring = cls(
            backend=one_of(environment, "MONITORING_BACKEND", BACKENDS),
            schedule_name=text(environment, "MONITORING_SCHEDULE_NAME"),
            role_arn=arn(environment, "MONITORING_ROLE_ARN"),
            image_uri=text(environment, "MONITORING_IMAGE_URI"),
            instance_type=text(environment, "MONITORING_INSTANCE_TYPE"),
            capture_uri=folder(environment, "CAPTURE_URI"),
            reports_uri=folder(environment, "REPORTS_URI"),
            baseline_uri=folder(environment, "BASELINE_URI"),
            ground_truth_uri=folder(environment, "GROUND_TRUTH_URI"),
            kms_key_arn=environment.get("KMS_KEY_ARN") or None,
            subnets=names(environment, "SUBNET_IDS"),
            security_groups=names(environment, "SECURITY_GROUP_IDS"),
        )
        if bool(monitoring.subnets) != bool(monitoring.security_groups):
            raise SettingsError("SUBNET_IDS and SECURITY_GROUP_IDS belong together; set both for a VPC, or neither.")
        return monitoring

    @property
    def cluster(self) -> dict[str, Any]:
        """One instance: an hour's captures are a few thousand images."""
        cluster = {"InstanceCount": 1, "InstanceType": self.instance_type, "VolumeSizeInGB": 30}
        encrypts = self.kms_key_arn and not LOCAL_DISKS.match(self.instance_type)
        return cluster | ({"VolumeKmsKeyId": self.kms_key_arn} if encrypts else {})

    @property
    def network(self) -> dict[str, Any]:
        """The container reads ground truth from S3 by itself, so it is not isolated."""
        if not self.subnets:
            return {"EnableNetworkIsolation": False}
        vpc = {"SecurityGroupIds": list(self.security_groups), "Subnets": list(self.subnets)}
        return {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": False, "VpcConfig": vpc}

    @property
    def encryption(self) -> dict[str, str]:
        """The key of what a job writes, where there is one."""
        return {"KmsKeyId": self.kms_key_arn} if self.kms_key_arn else {}
