"""What the stack decides: which pipeline, whom to tell, and how often a training may start by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from common.environment import SettingsError, number, text


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
            bucket=text(environment, "BUCKET"),
            pipeline_name=text(environment, "PIPELINE_NAME"),
            model_package_group=text(environment, "MODEL_PACKAGE_GROUP"),
            image_repository_uri=text(environment, "IMAGE_REPOSITORY_URI"),
            topic_arn=text(environment, "TOPIC_ARN"),
            drift_alarm_name=text(environment, "DRIFT_ALARM_NAME"),
            cooldown=timedelta(hours=number(environment, "COOLDOWN_HOURS", 0, 8760)),
            most_a_day=int(number(environment, "MAX_RETRAININGS_PER_DAY", 0, 100)),
        )
        if settings.topic_arn.count(":") != 5:
            raise SettingsError(f"TOPIC_ARN is {settings.topic_arn!r}; it must be the ARN of an SNS topic.")
        return settings
