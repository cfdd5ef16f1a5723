"""Model package groups: the named shelves of the model registry."""

from __future__ import annotations

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.operations import SAGEMAKER, Named
from localaws.records import models, tags
from localaws.shapes import Document, project_as

_ORDER = listing.Order({"Name": "ModelPackageGroupName", "CreationTime": "CreationTime"})
GROUP = Named("ModelPackageGroupName", "model-package-group", keeps_case=True)


@SAGEMAKER.operation("CreateModelPackageGroup", on=(GROUP,))
def create_model_package_group(aws: Aws, request: Document) -> Document:
    """Make an empty group."""
    name = request["ModelPackageGroupName"]
    arn = aws.arn("model-package-group", name)
    with aws.store.transaction():
        if aws.store.get(models.GROUP, name):
            raise errors.validation(f"Model Package Group already exists: {arn}")
        document = {
            **request,
            "ModelPackageGroupArn": arn,
            "ModelPackageGroupStatus": "Completed",
            "CreationTime": now(),
            "CreatedBy": {},
            "LastVersion": 0,
        }
        aws.store.put(models.GROUP, name, document)
        tags.tag_new(aws, arn, request)
    return {"ModelPackageGroupArn": arn}


@SAGEMAKER.operation("DescribeModelPackageGroup", on=(GROUP,))
def describe_model_package_group(aws: Aws, request: Document) -> Document:
    """A group as it was created."""
    return models.get_group(aws, request["ModelPackageGroupName"])


@SAGEMAKER.operation("ListModelPackageGroups")
def list_model_package_groups(aws: Aws, request: Document) -> Document:
    """Groups, newest first."""
    chosen, more = listing.page(request, aws.store.all(models.GROUP), _ORDER, "ModelPackageGroupName")
    return {
        "ModelPackageGroupSummaryList": [project_as("ModelPackageGroupSummary", item) for item in chosen],
        **more,
    }


@SAGEMAKER.operation("DeleteModelPackageGroup", on=(GROUP,))
def delete_model_package_group(aws: Aws, request: Document) -> Document:
    """Remove a group that has no versions left."""
    with aws.store.transaction():
        group = models.get_group(aws, request["ModelPackageGroupName"])
        name = group["ModelPackageGroupName"]
        if models.list_versions(aws, name):
            raise errors.conflict(f"Model Package Group {name} cannot be deleted: it still has model packages.")
        aws.store.delete(models.GROUP, name)
        tags.forget(aws, group["ModelPackageGroupArn"])
    return {}
