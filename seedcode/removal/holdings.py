"""What of a project holds data: how much there is, and the command that would delete it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from botocore.exceptions import ClientError

from seedcode.removal.project import Project
from seedcode.stack.state import Client, unless_gone

# A thousand objects a page: a bucket of millions is not counted to its end to be listed.
MOST_PAGES = 100
# CloudFormation's types in a person's words.
KINDS = {
    "AWS::S3::Bucket": "bucket",
    "AWS::SageMaker::ModelPackageGroup": "model package group",
    "AWS::KMS::Key": "key",
    "AWS::CodeCommit::Repository": "repository",
    "AWS::ECR::Repository": "image repository",
    "AWS::Logs::LogGroup": "log group",
}
UNITS = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Holding:
    """One thing that holds data."""

    type: str
    name: str
    detail: str
    command: str

    @property
    def line(self) -> str:
        """What it is and holds."""
        return f"{KINDS[self.type]} {self.name}: {self.detail}"


def find(project: Project) -> list[Holding]:
    """Everything of the project that holds data and is there."""
    readers = zip(KINDS, (_bucket, _versions, _key, _commits, _images, _logs), strict=True)
    return [holding for kind, read in readers for holding in _tolerant(kind, read, project)]


def _tolerant(kind: str, read: Callable[[Project], Iterator[Holding]], project: Project) -> list[Holding]:
    """What is hidden from these credentials is said to be so, and does not end the list."""
    try:
        return unless_gone(lambda: list(read(project)), [])
    except ClientError as error:
        if "AccessDenied" not in error.response["Error"]["Code"]:
            raise
        return [Holding(kind, "?", f"could not be looked at ({error.operation_name})", "")]


def _bucket(project: Project) -> Iterator[Holding]:
    pages = project.aws.client("s3").get_paginator("list_object_versions").paginate(Bucket=project.bucket)
    count = size = 0
    taken = 0
    for page in islice(pages, MOST_PAGES):
        taken += 1
        versions = page.get("Versions", [])
        count, size = count + len(versions), size + sum(version["Size"] for version in versions)
    more = "at least " if taken == MOST_PAGES else ""
    detail = f"{more}{count} object versions, {readable(size)}"
    yield Holding(
        "AWS::S3::Bucket", project.bucket, detail, f"aws s3 rb --force s3://{project.bucket} # and its old versions"
    )


def _versions(project: Project) -> Iterator[Holding]:
    group = project.vehicles
    sagemaker = project.aws.client("sagemaker")
    sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    count = sum(len(page["ModelPackageSummaryList"]) for page in pages)
    command = f"aws sagemaker delete-model-package-group --model-package-group-name {group} # once its versions are"
    yield Holding("AWS::SageMaker::ModelPackageGroup", group, f"{count} versions", command)


def key_of(project: Project) -> str | None:
    """The customer key that the bucket is encrypted with, if it has one of this account."""
    answer = project.aws.client("s3").get_bucket_encryption(Bucket=project.bucket)
    default = answer["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    if not default.get("KMSMasterKeyID"):
        return None
    key = project.aws.client("kms").describe_key(KeyId=default["KMSMasterKeyID"])["KeyMetadata"]
    usable = key["KeyManager"] == "CUSTOMER" and key["KeyState"] in ("Enabled", "Disabled")
    return str(key["KeyId"]) if usable and f":{project.aws.account}:" in key["Arn"] else None


def _key(project: Project) -> Iterator[Holding]:
    if key := key_of(project):
        command = f"aws kms schedule-key-deletion --key-id {key} --pending-window-in-days 30"
        yield Holding("AWS::KMS::Key", key, "without it the bucket cannot be read", command)


def _commits(project: Project) -> Iterator[Holding]:
    name = project.repository
    found = project.aws.client("codecommit").get_repository(repositoryName=name)["repositoryMetadata"]
    changed = found.get("lastModifiedDate", "an unknown day")
    command = f"aws codecommit delete-repository --repository-name {name}"
    yield Holding("AWS::CodeCommit::Repository", name, f"commits, changed on {changed:%Y-%m-%d}", command)


def _images(project: Project) -> Iterator[Holding]:
    pages = project.aws.client("ecr").get_paginator("describe_images").paginate(repositoryName=project.images)
    images = [image for page in pages for image in page["imageDetails"]]
    size = readable(sum(image.get("imageSizeInBytes", 0) for image in images))
    command = f"aws ecr delete-repository --force --repository-name {project.images}"
    yield Holding("AWS::ECR::Repository", project.images, f"{len(images)} images, {size}", command)


def log_groups(project: Project) -> list[tuple[str, int]]:
    """Names and sizes of the project's log groups."""
    pages = project.aws.client("logs").get_paginator("describe_log_groups")
    own = project.log_groups
    found = [pages.paginate(logGroupNamePrefix=name) for name in own]
    # What begins likewise may be another project's.
    groups = [
        group for answers in found for page in answers for group in page["logGroups"] if group["logGroupName"] in own
    ]
    return [(group["logGroupName"], group.get("storedBytes", 0)) for group in groups]


def _logs(project: Project) -> Iterator[Holding]:
    for name, size in log_groups(project):
        yield Holding("AWS::Logs::LogGroup", name, readable(size), f"aws logs delete-log-group --log-group-name {name}")


def readable(size: float) -> str:
    """Bytes as people write them."""
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"


# AWS's shortest; until then the deletion can be cancelled.
DAYS_OF_GRACE = 7


def erase(project: Project) -> list[str]:
    """Delete bucket, versions, commits, images and logs, and the key last; say what was deleted."""
    key = unless_gone(partial(key_of, project), None)
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


def has_bucket(s3: Client, name: str) -> bool:
    """Whether there is a bucket, by a call that its removal makes as well."""
    return unless_gone(lambda: bool(s3.list_object_versions(Bucket=name, MaxKeys=1)), False)


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
    groups = [name for name, _ in log_groups(project)]
    for name in groups:
        project.aws.client("logs").delete_log_group(logGroupName=name)
    return [f"log group {name}" for name in groups]
