"""Where the pipeline lives: project, account, region, bucket, role, image, encryption, network and tags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from pipelines.errors import PipelineError

OFFLINE_ACCOUNT = "000000000000"

# Environment variable -> what a value must look like, and how to say so.
RULES: dict[str, tuple[str, str]] = {
    "SCONES_PROJECT": (
        r"(?=.{1,32}$)[a-zA-Z](-*[a-zA-Z0-9])*",
        "1 to 32 letters, digits and single dashes, a letter first",
    ),
    "AWS_REGION": (r"[a-z]{2}(-[a-z]+)+-\d", "a region such as us-east-1"),
    "AWS_DEFAULT_REGION": (r"[a-z]{2}(-[a-z]+)+-\d", "a region such as us-east-1"),
    "SCONES_ACCOUNT_ID": (r"\d{12}", "12 digits"),
    "SCONES_BUCKET": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "3 to 63 small letters, digits, dots and dashes"),
    "SCONES_ROLE_ARN": (r"arn:aws[a-z-]*:iam::\d{12}:role/.+", "arn:aws:iam::<account>:role/<name>"),
    "SCONES_TRAINING_ROLE_ARN": (r"arn:aws[a-z-]*:iam::\d{12}:role/.+", "arn:aws:iam::<account>:role/<name>"),
    "SCONES_MONITORING_ROLE_ARN": (r"arn:aws[a-z-]*:iam::\d{12}:role/.+", "arn:aws:iam::<account>:role/<name>"),
    "SCONES_IMAGE_URI": (r"[^\s:]+(:\d+)?/[^\s]+", "<registry>/<repository>:<tag>"),
    "SCONES_KMS_KEY": (r"[a-zA-Z0-9:/_-]+", "a KMS key id, alias or ARN"),
    "SCONES_SUBNETS": (r"subnet-[0-9a-z]+(,subnet-[0-9a-z]+)*", "subnet-... ids joined by commas"),
    "SCONES_SECURITY_GROUPS": (r"sg-[0-9a-z]+(,sg-[0-9a-z]+)*", "sg-... ids joined by commas"),
    "SCONES_TAGS": (r"[^=,]+=[^=,]*(,[^=,]+=[^=,]*)*", "key=value pairs joined by commas"),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One project in one account and region; every default name follows from these three, but the image's.

    Both pipelines run as `role_arn` and hand `training_role_arn` or `monitoring_role_arn` to their jobs: what starts
    jobs reads no data, and what reads data starts nothing.
    """

    project: str
    region: str
    account: str
    bucket: str
    role_arn: str
    training_role_arn: str
    monitoring_role_arn: str
    image_uri: str | None = None  # until a build has made one
    project_id: str | None = None
    kms_key: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def pipeline_name(self) -> str:
        """The pipeline's name, `scones-training` for the default project."""
        return f"{self.project}-training"

    @property
    def monitoring_pipeline_name(self) -> str:
        """The name of the pipeline that checks for drift, `scones-monitoring` for the default project."""
        return f"{self.project}-monitoring"

    @property
    def pipeline_names(self) -> tuple[str, str]:
        """The names of both pipelines, the training pipeline's first."""
        return self.pipeline_name, self.monitoring_pipeline_name

    @property
    def endpoint_name(self) -> str:
        """The endpoint's name, `scones-vehicles` for the default project."""
        return f"{self.project}-vehicles"

    @property
    def model_package_group(self) -> str:
        """The registry's group, `scones-vehicles` for the default project."""
        return f"{self.project}-vehicles"

    @property
    def aws_tags(self) -> list[dict[str, str]]:
        """Return the tags as AWS's requests carry them."""
        return [{"Key": key, "Value": value} for key, value in sorted(self.tags.items())]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read settings from environment variables; raise PipelineError for a value that AWS would refuse."""
        project = _read(environment, "SCONES_PROJECT", "scones")
        region = _read_region(environment)
        account = _read(environment, "SCONES_ACCOUNT_ID", OFFLINE_ACCOUNT)
        settings = cls(
            project=project,
            region=region,
            account=account,
            bucket=_read(environment, "SCONES_BUCKET", f"{project.lower()}-{account}-{region}"),
            role_arn=_read(environment, "SCONES_ROLE_ARN", _default_role(project, "pipeline", account, region)),
            training_role_arn=_read(
                environment, "SCONES_TRAINING_ROLE_ARN", _default_role(project, "training", account, region)
            ),
            monitoring_role_arn=_read(
                environment, "SCONES_MONITORING_ROLE_ARN", _default_role(project, "monitoring", account, region)
            ),
            image_uri=_read(environment, "SCONES_IMAGE_URI", "") or None,
            project_id=environment.get("SAGEMAKER_PROJECT_ID") or None,
            kms_key=_read(environment, "SCONES_KMS_KEY", "") or None,
            subnets=_split(_read(environment, "SCONES_SUBNETS", "")),
            security_groups=_split(_read(environment, "SCONES_SECURITY_GROUPS", "")),
            tags=_read_tags(environment),
        )
        _check_network(settings)
        return settings


def _read(environment: Mapping[str, str], name: str, default: str) -> str:
    """Return a variable's value, or the default when it is unset or empty."""
    value = environment.get(name, "").strip() or default
    pattern, wanted = RULES[name]
    if value and not re.fullmatch(pattern, value):
        raise PipelineError(f"{name} is {value!r}; it must be {wanted}.")
    return value


def _read_region(environment: Mapping[str, str]) -> str:
    """Return AWS_REGION, else AWS_DEFAULT_REGION, else us-east-1."""
    return _read(environment, "AWS_REGION", "") or _read(environment, "AWS_DEFAULT_REGION", "us-east-1")


def _split(value: str) -> tuple[str, ...]:
    return tuple(value.split(",")) if value else ()


def _read_tags(environment: Mapping[str, str]) -> dict[str, str]:
    """Return SCONES_TAGS and the two tags by which SageMaker finds a project's resources."""
    pairs = (pair.partition("=") for pair in _split(_read(environment, "SCONES_TAGS", "")))
    tags = {key.strip(): value.strip() for key, _, value in pairs}
    for variable, tag in (
        ("SAGEMAKER_PROJECT_NAME", "sagemaker:project-name"),
        ("SAGEMAKER_PROJECT_ID", "sagemaker:project-id"),
    ):
        if environment.get(variable):
            tags[tag] = environment[variable]
    return tags


def _check_network(settings: Settings) -> None:
    """Refuse half a network: AWS's VpcConfig has no member that may be left out."""
    if bool(settings.subnets) != bool(settings.security_groups):
        raise PipelineError(
            "SCONES_SUBNETS and SCONES_SECURITY_GROUPS belong together: set both for a VPC, or neither."
        )


def _partition(region: str) -> str:
    """Return the ARN partition of a region."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _default_role(project: str, what: str, account: str, region: str) -> str:
    return f"arn:{_partition(region)}:iam::{account}:role/{project}-{what}"
