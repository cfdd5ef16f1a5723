"""What the stack decides: which endpoint and state machines, how far to scale, how much of the past to keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from refresh_workflow.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The function's environment; `invocations_per_instance` is a target for one minute."""

    endpoint_name: str
    model_package_group: str
    inference_state_machine_arn: str
    bulk_state_machine_arn: str
    alias_name: str
    confidence_threshold: float
    min_instances: int
    max_instances: int
    invocations_per_instance: float
    keep_versions: int
    serialize_function_arn: str
    classify_function_arn: str
    filter_function_arn: str
    bucket: str

    @property
    def account(self) -> str:
        """The account that the state machines, and so everything here, belong to."""
        return self.inference_state_machine_arn.split(":")[4]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the function's variables; raise SettingsError for one that is missing or cannot be."""
        settings = cls(
            endpoint_name=_text(environment, "ENDPOINT_NAME"),
            model_package_group=_text(environment, "MODEL_PACKAGE_GROUP"),
            inference_state_machine_arn=_arn(environment, "INFERENCE_STATE_MACHINE_ARN"),
            bulk_state_machine_arn=_arn(environment, "BULK_STATE_MACHINE_ARN"),
            alias_name=_text(environment, "ALIAS_NAME"),
            confidence_threshold=_number(environment, "CONFIDENCE_THRESHOLD", 0, 1),
            min_instances=int(_number(environment, "MIN_INSTANCES", 1, 1000)),
            max_instances=int(_number(environment, "MAX_INSTANCES", 1, 1000)),
            invocations_per_instance=_number(environment, "INVOCATIONS_PER_INSTANCE", 1, 1_000_000),
            keep_versions=int(_number(environment, "KEEP_VERSIONS", 1, 1000)),
            serialize_function_arn=_arn(environment, "SERIALIZE_FUNCTION_ARN"),
            classify_function_arn=_arn(environment, "CLASSIFY_FUNCTION_ARN"),
            filter_function_arn=_arn(environment, "FILTER_FUNCTION_ARN"),
            bucket=_text(environment, "BUCKET"),
        )
        if settings.min_instances > settings.max_instances:
            raise SettingsError(
                f"MIN_INSTANCES is {settings.min_instances} and MAX_INSTANCES {settings.max_instances}; "
                "the least must not exceed the most."
            )
        return settings


def _text(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"The variable {name} is not set; deploy the stack again, its template sets it.")
    return value


def _arn(environment: Mapping[str, str], name: str) -> str:
    value = _text(environment, name)
    if not value.startswith("arn:") or value.count(":") < 6:
        raise SettingsError(f"{name} is {value!r}; it must be an ARN.")
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
