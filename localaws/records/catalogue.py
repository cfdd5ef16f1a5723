"""Which resources of SageMaker are kept, and how the one of an ARN is found: for tags, and for what asks about all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localaws.aws import Aws
from localaws.names import bare
from localaws.shapes import Document


@dataclass(frozen=True)
class Resource:
    """A type of resource: its word in ARNs, its kind in the store, and the member that holds its ARN."""

    noun: str
    arn: str
    kind: str = ""

    def list_all(self, aws: Aws) -> list[Document]:
        """Every resource of the type."""
        return aws.store.all(self.kind or self.noun)

    def find(self, aws: Aws, arn: str) -> Document | None:
        """The resource of an ARN."""
        # Most are stored under the name in their ARN; those whose ARN is in lower case may not be.
        near = aws.store.get(self.kind or self.noun, bare(arn))
        candidates = [near] if near else self.list_all(aws)
        return next((document for document in candidates if document.get(self.arn) == arn), None)


RESOURCES = {
    resource.noun: resource
    for resource in (
        Resource("training-job", "TrainingJobArn"),
        Resource("processing-job", "ProcessingJobArn"),
        Resource("transform-job", "TransformJobArn"),
        Resource("hyper-parameter-tuning-job", "HyperParameterTuningJobArn"),
        Resource("model", "ModelArn"),
        Resource("model-package", "ModelPackageArn"),
        Resource("model-package-group", "ModelPackageGroupArn"),
        Resource("endpoint", "EndpointArn"),
        Resource("endpoint-config", "EndpointConfigArn"),
        Resource("pipeline", "PipelineArn"),
        Resource("monitoring-schedule", "MonitoringScheduleArn"),
        Resource("data-quality-job-definition", "JobDefinitionArn"),
        Resource("model-quality-job-definition", "JobDefinitionArn"),
        Resource("experiment", "ExperimentArn"),
        Resource("experiment-trial", "TrialArn"),
        Resource("experiment-trial-component", "TrialComponentArn"),
        Resource("project", "ProjectArn"),
        Resource("image", "ImageArn"),
        Resource("image-version", "ImageVersionArn"),
        Resource("artifact", "ArtifactArn"),
        Resource("action", "ActionArn"),
        Resource("context", "ContextArn"),
    )
}
"""By the word in their ARNs, which is what policies and tags know them by."""


def find_resource(aws: Aws, arn: str) -> Document | None:
    """The resource that an ARN names, of whatever type."""
    noun = arn.split(":", 5)[-1].partition("/")[0]
    resource = RESOURCES.get(noun)
    return resource.find(aws, arn) if resource else None


def list_arns(aws: Aws) -> Iterator[str]:
    """The ARNs of all that is kept."""
    for resource in RESOURCES.values():
        for document in resource.list_all(aws):
            yield document[resource.arn]
