"""What the project's stack knows, read from its outputs: whoever starts the pipeline gives it the same settings.

A variable of the environment that is set goes before the stack's output; where there is no stack, names follow from the
project, the account and the region, and nothing can be started.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from common.aws_errors import find_resource
from pipelines.clients import Client, make_client
from pipelines.errors import PipelineError
from pipelines.settings import Settings

Make = Callable[[str], Client]  # a service's client

# Output of the template -> the variable that goes before it.
VARIABLES: Mapping[str, str] = {
    "ProjectName": "SCONES_PROJECT",
    "ProjectId": "SAGEMAKER_PROJECT_ID",
    "BucketName": "SCONES_BUCKET",
    "PipelineRoleArn": "SCONES_ROLE_ARN",
    "TrainingRoleArn": "SCONES_TRAINING_ROLE_ARN",
    "MonitoringRoleArn": "SCONES_MONITORING_ROLE_ARN",
    "ImageUri": "SCONES_IMAGE_URI",
    "KeyArn": "SCONES_KMS_KEY",
    "SubnetIds": "SCONES_SUBNETS",
    "SecurityGroupIds": "SCONES_SECURITY_GROUPS",
}
# What a start cannot do without: with all of it given, there need be no stack.
NEEDED = (
    *("SCONES_BUCKET", "SCONES_IMAGE_URI"),
    *("SCONES_ROLE_ARN", "SCONES_TRAINING_ROLE_ARN", "SCONES_MONITORING_ROLE_ARN"),
)
RESERVED = "aws:"  # begins the tags that AWS puts on a stack and that nobody else may set


@dataclass(frozen=True)
class Stack:
    """A stack that exists: its id, which is an ARN, its outputs and its tags by name."""

    id: str
    outputs: Mapping[str, str]
    tags: Mapping[str, str]

    @property
    def variables(self) -> dict[str, str]:
        """The outputs under the names of the variables that go before them."""
        known = {variable: self.outputs[output] for output, variable in VARIABLES.items() if output in self.outputs}
        project = {"SAGEMAKER_PROJECT_NAME": self.outputs["ProjectName"]} if "ProjectId" in self.outputs else {}
        return {"SCONES_ACCOUNT_ID": self.id.split(":")[4], **project, **known}


def find_stack(cloudformation: Client, name: str) -> Stack | None:
    """Describe a stack; None where there is none."""
    answer: dict[str, Any] | None = find_resource(cloudformation.describe_stacks, StackName=name)
    if answer is None:
        return None
    found = answer["Stacks"][0]
    return Stack(
        id=found["StackId"],
        outputs={entry["OutputKey"]: entry["OutputValue"] for entry in found.get("Outputs", [])},
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", []) if not tag["Key"].startswith(RESERVED)},
    )


def stack_name(environment: Mapping[str, str]) -> str:
    """Return the name of the project's stack: SCONES_STACK where SageMaker Projects made it, else the project's."""
    return environment.get("SCONES_STACK", "").strip() or Settings.from_environment(environment).project


def find_settings(environment: Mapping[str, str], make: Make | None = None) -> Settings:
    """Read the stack's outputs and the environment; without a stack, the account is that of the credentials.

    `make` makes the clients, where others are wanted than those of the environment.
    """
    make = make or _make_in(environment)
    stack = find_stack(make("cloudformation"), stack_name(environment))
    return _combine(environment, stack, make)


def get_settings(environment: Mapping[str, str], make: Make | None = None) -> Settings:
    """Read the settings of a start; raise PipelineError where there is no stack, or its image was not built yet."""
    make, name = make or _make_in(environment), stack_name(environment)
    stack = find_stack(make("cloudformation"), name)
    if stack is None and not all(environment.get(needed) for needed in NEEDED):
        region = Settings.from_environment(environment).region
        raise PipelineError(
            f"There is no stack {name!r} in {region}; make it with `scones up` or `scones --target aws deploy`, or "
            "name another stack in SCONES_STACK."
        )
    settings = _combine(environment, stack, make)
    if settings.image_uri is None:
        raise PipelineError(
            f"The stack {name!r} has no container image yet; push the code, or run `python -m seedcode image` where "
            "Docker runs and `scones --target aws deploy --set ImageUri=...` with what it prints."
        )
    return settings


def _make_in(environment: Mapping[str, str]) -> Make:
    return partial(make_client, region=Settings.from_environment(environment).region)


def _combine(environment: Mapping[str, str], stack: Stack | None, make: Make) -> Settings:
    given = {name: value for name, value in environment.items() if value.strip()}
    if stack is not None:
        settings = Settings.from_environment({**stack.variables, **given})
        return replace(settings, tags={**stack.tags, **settings.tags})
    if "SCONES_ACCOUNT_ID" not in given:
        given["SCONES_ACCOUNT_ID"] = make("sts").get_caller_identity()["Account"]
    return Settings.from_environment(given)
