"""What stands against a deployment, before anything is created."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from seedcode.preflight import region
from seedcode.preflight.findings import check_account, check_limits, inspect
from seedcode.stack.spec import Account, Spec
from seedcode.stack.template import Template, load

ASSUME = json.dumps({"Version": "2012-10-17", "Statement": []})


def _refusals(aws: Account, spec: Spec, *, laptop: bool = False) -> list[str]:
    return inspect(aws, spec, on_laptop=laptop).refusals


def test_an_empty_account_takes_the_project(aws: Account, spec: Callable[..., Spec]) -> None:
    assert _refusals(aws, spec()) == []


def test_looking_creates_nothing(aws: Account, spec: Callable[..., Spec]) -> None:
    inspect(aws, spec(), on_laptop=True)
    assert aws.client("s3").list_buckets()["Buckets"] == []


def test_a_role_of_that_name_is_said_also_when_it_comes_with_the_code(aws: Account, spec: Callable[..., Spec]) -> None:
    aws.client("iam").create_role(RoleName="scones-pipeline", AssumeRolePolicyDocument=ASSUME)
    (said,) = _refusals(aws, spec())
    assert said.startswith("The role scones-pipeline is there already, outside the stack")


def test_a_name_that_no_bucket_can_have_is_refused(aws: Account, spec: Callable[..., Spec]) -> None:
    (said,) = _refusals(aws, spec("Scones"))
    assert "its bucket would be Scones-123456789012" in said
    assert "lower-case" in said


def test_a_role_name_that_is_too_long_is_refused(aws: Account, spec: Callable[..., Spec]) -> None:
    said = _refusals(aws, spec("s" * 60))
    assert any("69 characters and IAM takes 64" in sentence for sentence in said)


def test_a_bucket_of_ours_is_no_obstacle_and_a_repository_that_cannot_be_imported_is(
    aws: Account, spec: Callable[..., Spec]
) -> None:
    where = {"LocationConstraint": aws.region}
    aws.client("s3").create_bucket(Bucket="scones-123456789012", CreateBucketConfiguration=where)
    aws.client("codecommit").create_repository(repositoryName="scones")
    assert _refusals(aws, spec()) == []
    (said,) = _refusals(aws, spec(Commits="yes"))
    assert "aws codecommit update-repository-name --old-name scones --new-name scones-before" in said
    assert _refusals(aws, spec(Commits="yes"), laptop=True) == []


def test_a_bucket_of_somebody_else_is_refused(aws: Account, spec: Callable[..., Spec]) -> None:
    where = {"LocationConstraint": aws.region}
    aws.client("s3").create_bucket(Bucket="scones-999999999999", CreateBucketConfiguration=where)
    # The caller is 123456789012; the bucket's name is that of an account whose bucket it is not.
    stranger = replace(aws, account="999999999999")
    said = _refusals(stranger, spec())
    assert any("credentials are of account 123456789012" in sentence for sentence in said)


def test_all_findings_are_reported_at_once(aws: Account, spec: Callable[..., Spec]) -> None:
    wanted = spec(Kittens="2")
    found = _refusals(replace(aws, region="mars-north-1"), wanted)
    assert [words.split()[0] for words in found] == ["SageMaker", "There"]


@pytest.mark.parametrize("name", ["us-east-1", "eu-central-1"])
def test_regions_with_the_algorithm_are_taken(name: str) -> None:
    assert region.check(name) == []


def test_a_region_without_sagemaker_is_refused_with_those_that_have_it() -> None:
    (said,) = region.check("mars-north-1")
    assert "us-east-1" in said


def test_a_region_without_the_algorithm_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region, "_algorithm_regions", lambda: frozenset({"us-east-1"}))
    (said,) = region.check("eu-west-1")
    assert said.startswith("The built-in image classification has no image in eu-west-1")


def test_credentials_of_the_account_that_is_meant_are_no_finding(aws: Account) -> None:
    assert check_account(aws) == []


def test_the_projects_own_template_is_within_cloudformations_limits() -> None:
    assert check_limits(load()) == []


def test_each_limit_that_is_broken_is_said() -> None:
    many = {f"Q{n}": {"Type": "AWS::SQS::Queue"} for n in range(501)}
    said = check_limits(Template(json.dumps({"Description": "x" * 1025, "Resources": many})))
    assert said == [
        "The template has 501 resources; CloudFormation takes 500.",
        "The template's description has 1025 bytes; CloudFormation takes 1024.",
    ]
    assert "CloudFormation takes 1000000" in check_limits(Template('{"Resources": {}}' + " " * 1_000_000))[0]
