"""The names of what a project has outside its template: the endpoint, the pipeline, and what they leave."""

from __future__ import annotations

from dataclasses import dataclass

from seedcode.stack.resolve import pseudo_parameters
from seedcode.stack.spec import Account, Spec
from seedcode.stack.template import load


@dataclass(frozen=True)
class Project:
    """One project in one account; `bucket` and `repository` may have been named by hand."""

    aws: Account
    name: str
    bucket: str
    repository: str
    # The ECR repository's name.
    images: str

    @property
    def pipelines(self) -> tuple[str, str]:
        """The training pipeline, and the one that checks for drift."""
        return f"{self.name}-training", f"{self.name}-monitoring"

    @property
    def schedule(self) -> str:
        """The hourly schedule's name, EventBridge Scheduler's or Model Monitor's."""
        return f"{self.vehicles}-drift"

    @property
    def vehicles(self) -> str:
        """The endpoint, and the registry's group."""
        return f"{self.name}-vehicles"

    @property
    def builds(self) -> tuple[str, str]:
        """The CodeBuild projects."""
        return f"{self.name}-build", f"{self.name}-pull-request"

    @property
    def log_groups(self) -> tuple[str, ...]:
        """Names of the log groups that belong to this project alone: the template's and the endpoint's."""
        spec = Spec(self.name, load())
        resolver = spec.resolver(self.aws, None)
        declared = [entry for entry in spec.template.resources.values() if entry["Type"] == "AWS::Logs::LogGroup"]
        named = [resolver.text(entry["Properties"]["LogGroupName"]) for entry in declared]
        return (*(name for name in named if name), f"/aws/sagemaker/Endpoints/{self.vehicles}")

    @property
    def machines(self) -> list[str]:
        """The state machines' ARNs."""
        partition = pseudo_parameters(self.aws.account, self.aws.region, self.name)["AWS::Partition"]
        begin = f"arn:{partition}:states:{self.aws.region}:{self.aws.account}:stateMachine:{self.name}"
        return [f"{begin}-inference", f"{begin}-bulk-inference"]
