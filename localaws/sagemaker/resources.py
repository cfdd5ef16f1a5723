"""SageMaker's CloudFormation resource types, so that the local AWS deploys the template that AWS deploys."""

from __future__ import annotations

from typing import Any

from localaws import errors, ministack
from localaws.aws import Aws
from localaws.sagemaker import model_package_groups
from localaws.shapes import validate

Properties = dict[str, Any]


def register_types(aws: Aws) -> None:
    """Teach CloudFormation the SageMaker types that the template uses."""

    def create_group(_: str, properties: Properties, __: str) -> tuple[str, dict[str, Any]]:
        request = {name: value for name, value in properties.items() if value is not None}
        validate("CreateModelPackageGroup", request)
        name = request["ModelPackageGroupName"]
        if not aws.store.get(model_package_groups.KIND, name):
            model_package_groups.create_model_package_group(aws, request)
        arn = aws.arn("model-package-group", name)
        return arn, {"ModelPackageGroupArn": arn, "ModelPackageGroupStatus": "Completed"}

    def delete_group(physical_id: str, _: Properties) -> None:
        try:
            model_package_groups.delete_model_package_group(aws, {"ModelPackageGroupName": physical_id})
        except errors.AwsError as error:
            raise ValueError(error.message) from error

    def adopt_group(identifier: dict[str, str]) -> tuple[str, dict[str, Any]]:
        arn = identifier["ModelPackageGroupArn"]
        model_package_groups.describe_model_package_group(aws, {"ModelPackageGroupName": arn})
        return arn, {"ModelPackageGroupArn": arn, "ModelPackageGroupStatus": "Completed"}

    ministack.add_resource_type("AWS::SageMaker::ModelPackageGroup", create_group, delete_group)
    ministack.add_import("AWS::SageMaker::ModelPackageGroup", adopt_group)
