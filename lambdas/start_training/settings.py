"""What the stack decides: which pipeline, whom to tell, and how often a training may start by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from start_training.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The function's environment."""

    bucket: str
    pipeline_name: str
    model_package_group: str
    image_repository_uri: str
    topic_arn: str
    drift_alarm_name: str
    cooldown: timedelta
    most_a_day: int

    @property
    def account(self) -> str:
        """The account that the topic, and so everything here, belongs to."""
        return self.topic_arn.split(":")[4]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the function's variables; raise SettingsError for one that is missing or cannot be."""
        settings = cls(
            bucket=_text(environment, "BUCKET"),
            pipeline_name=_text(environment, "PIPELINE_NAME"),
            model_package_group=_text(environment, "MODEL_PACKAGE_GROUP"),
            image_repository_uri=_text(environment, "IMAGE_REPOSITORY_URI"),
            topic_arn=_text(environment, "TOPIC_ARN"),
            drift_alarm_name=_text(environment, "DRIFT_ALARM_NAME"),
            cooldown=timedelta(hours=_number(environment, "COOLDOWN_HOURS", 0, 8760)),
            most_a_day=int(_number(environment, "MAX_RETRAININGS_PER_DAY", 0, 100)),
        )
        if settings.topic_arn.count(":") != 5:
            raise SettingsError(f"TOPIC_ARN is {settings.topic_arn!r}; it must be the ARN of an SNS topic.")
        return settings


def _text(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"The variable {name} is not set; deploy the stack again, its template sets it.")
    return value


def _number(environment: Mapping[str, str], name: str, least: float, most: float) -> float:
    value = _text(environment, name)
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise SettingsError(f"{name} is {value!r}; it must be a number from {least:,} to {most:,}.")
    return number
