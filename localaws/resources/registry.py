"""`AWS::SageMaker::ModelPackageGroup`."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.ministack import cloudformation
from localaws.names import bare
from localaws.records import models
from localaws.resources.properties import Made, Properties, call, retag

TYPE = "AWS::SageMaker::ModelPackageGroup"
_NAME = "ModelPackageGroupName"


def register(aws: Aws) -> None:
    """Teach CloudFormation the type."""

    def create(_: str, properties: Properties, __: str) -> Made:
        name = str(properties.get(_NAME, ""))
        # The registry outlives a stack that was deleted or that MiniStack lost in a kill: its versions are taken up.
        if not aws.store.get(models.GROUP, name):
            call(aws, "CreateModelPackageGroup", properties)
        return aws.arn("model-package-group", name), _attributes(aws, name)

    def update(arn: str, old: Properties, new: Properties, _: str) -> Made:
        retag(aws, arn, old, new)
        return arn, _attributes(aws, bare(arn))

    def delete(arn: str, _: Properties) -> None:
        if aws.store.get(models.GROUP, bare(arn)):
            call(aws, "DeleteModelPackageGroup", {_NAME: bare(arn)})

    def adopt(identifier: dict[str, str]) -> Made:
        arn = identifier["ModelPackageGroupArn"]
        return arn, _attributes(aws, bare(arn))

    cloudformation.add_resource_type(
        TYPE, create, delete, update, replacing=(_NAME, "ModelPackageGroupDescription"), named=_NAME, tagged=True
    )
    cloudformation.add_import(TYPE, adopt)


def _attributes(aws: Aws, name: str) -> Properties:
    group = models.get_group(aws, name)
    return {name: group[name] for name in ("ModelPackageGroupArn", "ModelPackageGroupStatus", "CreationTime")}
