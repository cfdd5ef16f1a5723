"""Deletes what holds data, for those who asked for it in so many words."""

from __future__ import annotations

from functools import partial

from seedcode.removal import holdings
from seedcode.removal.project import Project
from seedcode.stack.asking import unless_gone
from seedcode.stack.state import Client

# AWS's shortest; until then the deletion can be cancelled.
DAYS_OF_GRACE = 7


def erase(project: Project) -> list[str]:
    """Delete bucket, versions, commits, images and logs, and the key last; say what was deleted."""
    key = unless_gone(partial(holdings.key_of, project), None)
    done = [
        *([f"bucket {project.bucket}"] if remove_bucket(project.aws.client("s3"), project.bucket) else []),
        *unless_gone(partial(erase_versions, project), ()),
        *unless_gone(partial(_erase_commits, project), ()),
        *unless_gone(partial(_erase_images, project), ()),
        *unless_gone(partial(_erase_logs, project), ()),
    ]
    if key:
        project.aws.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=DAYS_OF_GRACE)
        done.append(f"key {key}, in {DAYS_OF_GRACE} days")
    return done


def remove_bucket(s3: Client, name: str) -> bool:
    """Delete a bucket with every version of every object; False where there is none."""
    return unless_gone(partial(_empty_and_delete, s3, name), False)


def _empty_and_delete(s3: Client, name: str) -> bool:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in found]
        if objects:
            s3.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True})
    s3.delete_bucket(Bucket=name)
    return True


def erase_versions(project: Project) -> list[str]:
    """Delete every version and then the group."""
    sagemaker = project.aws.client("sagemaker")
    group = project.vehicles
    sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    for arn in [entry["ModelPackageArn"] for page in pages for entry in page["ModelPackageSummaryList"]]:
        sagemaker.delete_model_package(ModelPackageName=arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    return [f"model package group {group}"]


def _erase_commits(project: Project) -> list[str]:
    # Deleting a repository that is not there is no error; asking for it is.
    codecommit = project.aws.client("codecommit")
    codecommit.get_repository(repositoryName=project.repository)
    codecommit.delete_repository(repositoryName=project.repository)
    return [f"repository {project.repository}"]


def _erase_images(project: Project) -> list[str]:
    project.aws.client("ecr").delete_repository(repositoryName=project.images, force=True)
    return [f"image repository {project.images}"]


def _erase_logs(project: Project) -> list[str]:
    groups = [name for name, _ in holdings.log_groups(project)]
    for name in groups:
        project.aws.client("logs").delete_log_group(logGroupName=name)
    return [f"log group {name}" for name in groups]
