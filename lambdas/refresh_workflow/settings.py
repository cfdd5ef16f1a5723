"""What the stack decides: which endpoint and state machines, how far to scale, how much of the past to keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from common.environment import SettingsError, arn, number, number_or_auto, text
from refresh_workflow.monitoring import Monitoring


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The function's environment; `invocations_per_instance` is a target for one minute.

    Without a `confidence_threshold` (the variable is `auto`) each version's own recommendation holds.
    """

    endpoint_name: str
    model_package_group: str
    inference_state_machine_arn: str
    bulk_state_machine_arn: str
    alias_name: str
    confidence_threshold: float | None
    min_instances: int
    max_instances: int
    invocations_per_instance: float
    keep_versions: int
    serialize_function_arn: str
    classify_function_arn: str
    filter_function_arn: str
    bucket: str
    monitoring: Monitoring | None = None

    @property
    def partition(self) -> str:
        """The partition of all ARNs here: aws, aws-cn or aws-us-gov."""
        return self.inference_state_machine_arn.split(":")[1]

    @property
    def account(self) -> str:
        """The account that the state machines, and so everything here, belong to."""
        return self.inference_state_machine_arn.split(":")[4]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the function's variables; raise SettingsError for one that is missing or cannot be."""
        settings = cls(
            endpoint_name=text(environment, "ENDPOINT_NAME"),
            model_package_group=text(environment, "MODEL_PACKAGE_GROUP"),
            inference_state_machine_arn=arn(environment, "INFERENCE_STATE_MACHINE_ARN"),
            bulk_state_machine_arn=arn(environment, "BULK_STATE_MACHINE_ARN"),
            alias_name=text(environment, "ALIAS_NAME"),
            confidence_threshold=number_or_auto(environment, "CONFIDENCE_THRESHOLD", 0, 1),
            min_instances=int(number(environment, "MIN_INSTANCES", 1, 1000)),
            max_instances=int(number(environment, "MAX_INSTANCES", 1, 1000)),
            invocations_per_instance=number(environment, "INVOCATIONS_PER_INSTANCE", 1, 1_000_000),
            keep_versions=int(number(environment, "KEEP_VERSIONS", 1, 1000)),
            serialize_function_arn=arn(environment, "SERIALIZE_FUNCTION_ARN"),
            classify_function_arn=arn(environment, "CLASSIFY_FUNCTION_ARN"),
            filter_function_arn=arn(environment, "FILTER_FUNCTION_ARN"),
            bucket=text(environment, "BUCKET"),
            monitoring=Monitoring.from_environment(environment),
        )
        if settings.min_instances > settings.max_instances:
            raise SettingsError(
                f"MIN_INSTANCES is {settings.min_instances} and MAX_INSTANCES {settings.max_instances}; "
                "the least must not exceed the most."
            )
        return settings
