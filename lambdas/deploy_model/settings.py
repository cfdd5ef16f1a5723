"""What the stack decides: which endpoint, on which instances, and how traffic moves to a new version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from common.environment import SettingsError, names, text, whole_number

# A name is at most 63 characters, and a release adds "-v<version>-<8 digits>" to the endpoint's.
LONGEST_ENDPOINT_NAME = 47
# What AWS allows, in percent of the instances: a canary is at most half of them, a linear step 10 to 50 %.
STEPS = {"ALL_AT_ONCE": range(1, 101), "CANARY": range(1, 51), "LINEAR": range(10, 51)}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The function's environment; `bake_seconds` is how long traffic rests on what it moved to, alarms watched."""

    model_package_group: str
    endpoint_name: str
    role_arn: str
    instance_type: str
    instance_count: int
    traffic_routing: str
    bake_seconds: int
    step_percent: int
    capture_uri: str
    bucket: str
    topic_arn: str
    alarm_names: tuple[str, ...] = ()
    kms_key_arn: str | None = None

    @property
    def account(self) -> str:
        """The account that the endpoint's role, and so everything here, belongs to."""
        return self.role_arn.split(":")[4]

    @property
    def moves_in_steps(self) -> bool:
        """Whether traffic moves instance by instance, which takes two of them."""
        return self.traffic_routing != "ALL_AT_ONCE"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the function's variables; raise SettingsError for one that is missing or that AWS would refuse."""
        settings = cls(
            model_package_group=text(environment, "MODEL_PACKAGE_GROUP"),
            endpoint_name=text(environment, "ENDPOINT_NAME"),
            role_arn=text(environment, "ENDPOINT_ROLE_ARN"),
            instance_type=text(environment, "INSTANCE_TYPE"),
            instance_count=whole_number(environment, "INSTANCE_COUNT", 1, 1000),
            traffic_routing=text(environment, "TRAFFIC_ROUTING"),
            bake_seconds=whole_number(environment, "BAKE_SECONDS", 0, 3600),
            step_percent=whole_number(environment, "STEP_PERCENT", 1, 100),
            capture_uri=text(environment, "CAPTURE_URI"),
            bucket=text(environment, "BUCKET"),
            topic_arn=text(environment, "TOPIC_ARN"),
            alarm_names=names(environment, "ALARM_NAMES"),
            kms_key_arn=environment.get("KMS_KEY_ARN") or None,
        )
        _check(settings)
        return settings


def _check(settings: Settings) -> None:
    """Refuse what AWS refuses, before anything is created."""
    if len(settings.endpoint_name) > LONGEST_ENDPOINT_NAME:
        raise SettingsError(
            f"ENDPOINT_NAME is {settings.endpoint_name!r}; it must have at most {LONGEST_ENDPOINT_NAME} characters."
        )
    if settings.role_arn.count(":") < 5:
        raise SettingsError(f"ENDPOINT_ROLE_ARN is {settings.role_arn!r}; it must be a role's ARN.")
    if len(settings.alarm_names) > 10:
        raise SettingsError(f"ALARM_NAMES has {len(settings.alarm_names)} names; AWS watches at most 10 alarms.")
    _check_routing(settings)


def _check_routing(settings: Settings) -> None:
    routing = settings.traffic_routing
    if routing not in STEPS:
        raise SettingsError(f"TRAFFIC_ROUTING is {routing!r}; it must be one of {', '.join(STEPS)}.")
    allowed = STEPS[routing]
    if settings.step_percent not in allowed:
        raise SettingsError(
            f"STEP_PERCENT is {settings.step_percent}; for {routing} it must be from {allowed[0]} to {allowed[-1]}."
        )
    if settings.moves_in_steps and settings.instance_count < 2:
        raise SettingsError(
            f"TRAFFIC_ROUTING is {routing} with INSTANCE_COUNT {settings.instance_count}; "
            "moving in steps takes two instances, so raise the count or choose ALL_AT_ONCE."
        )
