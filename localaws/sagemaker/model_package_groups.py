"""Model package groups: the named shelves of the model registry."""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws, now
from localaws.sagemaker import listing, tags
from localaws.sagemaker.names import bare
from localaws.shapes import Document, project_as

KIND = "model-package-group"
_ORDER = listing.Order({"Name": "ModelPackageGroupName", "CreationTime": "CreationTime"})


def create_model_package_group(aws: Aws, request: Document) -> Document:
    """Make an empty group."""
    name = request["ModelPackageGroupName"]
    arn = aws.arn("model-package-group", name)
    with aws.store.transaction():
        if aws.store.get(KIND, name):
            raise errors.validation(f"Model Package Group already exists: {arn}")
        document = {
            **request,
            "ModelPackageGroupArn": arn,
            "ModelPackageGroupStatus": "Completed",
            "CreationTime": now(),
            "CreatedBy": {},
            "LastVersion": 0,
        }
        aws.store.put(KIND, name, document)
        tags.tag_new(aws, arn, request)
    return {"ModelPackageGroupArn": arn}


def describe_model_package_group(aws: Aws, request: Document) -> Document:
    """A group as it was created."""
    return find(aws, request["ModelPackageGroupName"])


def list_model_package_groups(aws: Aws, request: Document) -> Document:
    """Groups, newest first."""
    chosen, more = listing.page(request, aws.store.all(KIND), _ORDER, "ModelPackageGroupName")
    return {
        "ModelPackageGroupSummaryList": [project_as("ModelPackageGroupSummary", item) for item in chosen],
        **more,
    }


def delete_model_package_group(aws: Aws, request: Document) -> Document:
    """Remove a group that has no versions left."""
    with aws.store.transaction():
        group = find(aws, request["ModelPackageGroupName"])
        name = group["ModelPackageGroupName"]
        if aws.store.all("model-package", f"{name}/"):
            raise errors.conflict(f"Model Package Group {name} cannot be deleted: it still has model packages.")
        aws.store.delete(KIND, name)
        tags.forget(aws, group["ModelPackageGroupArn"])
    return {}


def find(aws: Aws, name_or_arn: str) -> Document:
    """The group, or the error that AWS answers."""
    document = aws.store.get(KIND, bare(name_or_arn))
    if document is None:
        raise errors.validation(
            f"ModelPackageGroup {aws.arn('model-package-group', bare(name_or_arn))} does not exist."
        )
    return document


OPERATIONS = {
    "CreateModelPackageGroup": create_model_package_group,
    "DescribeModelPackageGroup": describe_model_package_group,
    "ListModelPackageGroups": list_model_package_groups,
    "DeleteModelPackageGroup": delete_model_package_group,
}
