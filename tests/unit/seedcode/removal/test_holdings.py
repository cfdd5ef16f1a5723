"""What a project holds, and its deletion for those who asked for it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from seedcode.removal import holdings
from seedcode.removal.holdings import KINDS
from seedcode.removal.project import Project
from seedcode.stack.spec import Account
from seedcode.stack.state import unless_gone

BUCKET = "scones-data"


@pytest.fixture
def project(aws: Account) -> Project:
    return Project(aws, "scones", BUCKET, "scones", "scones")


# Another project's, whose name begins likewise, and one of nobody's.
OTHERS = (
    "/aws/lambda/other",
    "/aws/lambda/scones-prod-deploy-model",
    "/aws/lambda/scones-deploy-model-deploy-model",
    "/aws/codebuild/scones-prod-build",
    "/aws/sagemaker/Endpoints/scones-vehicles-x-vehicles",
)


def _fill(project: Project) -> None:
    aws = project.aws
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": aws.region})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    for _ in range(2):
        s3.put_object(Bucket=BUCKET, Key="raw/one", Body=b"x" * 1500)
    s3.put_object(Bucket=BUCKET, Key="raw/two", Body=b"")
    s3.delete_object(Bucket=BUCKET, Key="raw/two")
    aws.client("ecr").create_repository(repositoryName="scones")
    aws.client("codecommit").create_repository(repositoryName="scones")
    for name in ("/aws/lambda/scones-deploy-model", "/aws/sagemaker/Endpoints/scones-vehicles", *OTHERS):
        aws.client("logs").create_log_group(logGroupName=name)


def test_an_account_with_nothing_in_it_holds_nothing(project: Project) -> None:
    assert holdings.find(project) == []


def test_everything_that_holds_data_is_listed_with_how_much_and_the_command_that_deletes_it(project: Project) -> None:
    _fill(project)
    project.aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="scones-vehicles")
    found = {(KINDS[holding.type], holding.name): holding.detail for holding in holdings.find(project)}
    assert found.pop(("bucket", BUCKET)) == "3 object versions, 3.0 KB"
    assert found.pop(("model package group", "scones-vehicles")) == "0 versions"
    assert found.pop(("image repository", "scones")) == "0 images, 0 bytes"
    assert found.pop(("repository", "scones")).startswith("commits, changed on 20")
    assert found.pop(("log group", "/aws/lambda/scones-deploy-model")) == "0 bytes"
    assert found.pop(("log group", "/aws/sagemaker/Endpoints/scones-vehicles")) == "0 bytes"
    assert [kind for kind, _ in found] == ["key"]
    assert all(holding.command.startswith("aws ") for holding in holdings.find(project))


def test_what_may_not_be_seen_is_said_to_be_there_perhaps(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Project) -> list[tuple[str, int]]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeLogGroups")

    monkeypatch.setattr(holdings, "log_groups", refuse)
    assert [holding.line for holding in holdings.find(project)] == [
        "log group ?: could not be looked at (DescribeLogGroups)"
    ]


def test_data_that_is_given_up_goes_whole_and_nothing_of_others_does(project: Project) -> None:
    _fill(project)
    done = holdings.erase(project)
    assert f"bucket {BUCKET}" in done
    assert [holding.name for holding in holdings.find(project)] == []
    logs = project.aws.client("logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in logs] == sorted(OTHERS)
    assert done[-1].endswith("in 7 days")
    assert holdings.erase(project) == []


def test_a_group_goes_after_its_versions() -> None:
    asked: list[str] = []

    class _Registry:
        """A group of two versions."""

        def get_paginator(self, _: str) -> _Registry:
            return self

        def paginate(self, **_: str) -> list[dict[str, list[dict[str, str]]]]:
            return [{"ModelPackageSummaryList": [{"ModelPackageArn": "arn:1"}, {"ModelPackageArn": "arn:2"}]}]

        def describe_model_package_group(self, **_: str) -> None:
            asked.append("describe")

        def delete_model_package(self, ModelPackageName: str) -> None:
            asked.append(ModelPackageName)

        def delete_model_package_group(self, ModelPackageGroupName: str) -> None:
            asked.append(ModelPackageGroupName)

    account = Account(lambda _: _Registry(), "123456789012", "eu-west-1")
    holdings.erase_versions(Project(account, "scones", BUCKET, "scones", "scones"))
    assert asked == ["describe", "arn:1", "arn:2", "scones-vehicles"]


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 KB"), (2.5e9, "2.5 GB"), (5e15, "5000.0 TB")]
)
def test_sizes_are_written_as_people_write_them(size: float, words: str) -> None:
    assert holdings.readable(size) == words


@pytest.mark.parametrize(
    ("code", "message", "absent"),
    [
        ("NoSuchBucket", "", True),
        ("ValidationException", 'Could not find endpoint "x".', True),
        ("ValidationException", "Name must satisfy a pattern", False),
        ("AccessDenied", "does not exist", False),
    ],
)
def test_only_what_is_not_there_is_passed_over(code: str, message: str, absent: bool) -> None:
    def call() -> str:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "Describe")

    if absent:
        assert unless_gone(call, "gone") == "gone"
    else:
        with pytest.raises(ClientError):
            unless_gone(call, "gone")
