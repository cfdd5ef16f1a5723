"""The template where Studio finds it."""

from __future__ import annotations

import pytest

from seedcode.errors import PackagingError
from seedcode.packaging.publishing import CORS_ID, name_seed, publish
from seedcode.stack import template
from seedcode.stack.spec import Account

TEMPLATE = """Parameters:
  SeedBucket:
    Type: String
    Default: ""
    Description: Where the seed lies
  SeedKey:
    Type: String
    Description: Its key
    Default: ""
  Other:
    Type: String
    Default: ""
"""


def _bucket(aws: Account) -> None:
    aws.client("s3").create_bucket(Bucket="studio", CreateBucketConfiguration={"LocationConstraint": aws.region})


def test_studio_may_see_the_template_and_its_browser_may_read_it(aws: Account) -> None:
    _bucket(aws)
    s3 = aws.client("s3")
    published = publish(s3, "studio", "scones", TEMPLATE.encode(), None)
    assert published.template == "s3://studio/scones/template.yaml"
    assert published.domain_tag == "s3://studio/scones/"
    tags = s3.get_object_tagging(Bucket="studio", Key="scones/template.yaml")["TagSet"]
    assert tags == [{"Key": "sagemaker:studio-visibility", "Value": "true"}]
    (rule,) = s3.get_bucket_cors(Bucket="studio")["CORSRules"]
    assert rule["AllowedOrigins"] == ["https://*.sagemaker.aws"]
    assert rule["AllowedMethods"] == ["GET", "HEAD"]


def test_other_rules_of_the_bucket_stay_and_ours_is_there_once(aws: Account) -> None:
    _bucket(aws)
    s3 = aws.client("s3")
    other = {"ID": "other", "AllowedOrigins": ["https://example.org"], "AllowedMethods": ["GET"]}
    s3.put_bucket_cors(Bucket="studio", CORSConfiguration={"CORSRules": [other]})
    for _ in range(2):
        publish(s3, "studio", "scones", b"Parameters: {}", None)
    assert [rule["ID"] for rule in s3.get_bucket_cors(Bucket="studio")["CORSRules"]] == ["other", CORS_ID]


def test_the_published_template_knows_where_its_seed_is(aws: Account) -> None:
    _bucket(aws)
    s3 = aws.client("s3")
    published = publish(s3, "studio", "scones", TEMPLATE.encode(), b"seed")
    body = s3.get_object(Bucket="studio", Key="scones/template.yaml")["Body"].read().decode()
    defaults = {name: entry["Default"] for name, entry in template.read(body)["Parameters"].items()}
    assert defaults == {"SeedBucket": "studio", "SeedKey": "scones/seed.zip", "Other": ""}
    assert published.seed == "s3://studio/scones/seed.zip"
    assert s3.get_object(Bucket="studio", Key="scones/seed.zip")["Body"].read() == b"seed"


def test_a_template_without_a_place_for_the_seed_is_refused() -> None:
    with pytest.raises(PackagingError, match="SeedBucket"):
        name_seed("Parameters: {}\n", "studio", "seed.zip")


def test_a_bucket_that_is_not_there_is_said(aws: Account) -> None:
    with pytest.raises(PackagingError, match="There is no bucket studio"):
        publish(aws.client("s3"), "studio", "scones", b"", None)
