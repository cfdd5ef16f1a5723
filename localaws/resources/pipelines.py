"""`AWS::SageMaker::Pipeline`."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.resources.properties import Made, Properties, call, retag
from localaws.sagemaker import pipelines

TYPE = "AWS::SageMaker::Pipeline"
_NAME = "PipelineName"


def register(aws: Aws) -> None:
    """Teach CloudFormation the type."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        # CloudFormation's own token: a repetition is a second pipeline of this name, which is refused.
        call(
            aws, "CreatePipeline", _request(properties) | {"ClientRequestToken": f"{stack}-{logical_id}".ljust(32, "-")}
        )
        return properties[_NAME], {}

    def update(name: str, old: Properties, new: Properties, _: str) -> Made:
        call(aws, "UpdatePipeline", _request(new))
        retag(aws, aws.arn("pipeline", name), old, new)
        return name, {}

    def delete(name: str, _: Properties) -> None:
        if aws.store.get(pipelines.KIND, name):
            call(aws, "DeletePipeline", {_NAME: name, "ClientRequestToken": "x" * 32})

    cloudformation.add_resource_type(TYPE, create, delete, update, replacing=(_NAME,), named=_NAME, tagged=True)


def _request(properties: Properties) -> Properties:
    """The API has as two members what the template has as one."""
    definition = properties.get("PipelineDefinition") or {}
    place = definition.get("PipelineDefinitionS3Location")
    rest = {name: value for name, value in properties.items() if name != "PipelineDefinition"}
    if place is None:
        return rest | {"PipelineDefinition": definition.get("PipelineDefinitionBody")}
    location = {"Bucket": place.get("Bucket"), "ObjectKey": place.get("Key")}
    if place.get("Version"):
        location["VersionId"] = place["Version"]
    return rest | {"PipelineDefinitionS3Location": location}
