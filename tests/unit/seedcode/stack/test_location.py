"""Where a template is handed over."""

from __future__ import annotations

from seedcode.stack.location import ensure_bucket, locate, templates_bucket
from seedcode.stack.spec import Account
from seedcode.stack.template import INLINE_BYTES, Template

LARGE = Template("#" * (INLINE_BYTES + 1))


def test_a_small_template_travels_in_the_request_and_makes_no_bucket(aws: Account) -> None:
    assert locate(Template("{}"), aws, "Scones", None) == {"TemplateBody": "{}"}
    assert aws.client("s3").list_buckets()["Buckets"] == []


def test_the_bucket_of_templates_is_private_encrypted_versioned_tls_only_and_made_once(aws: Account) -> None:
    s3 = aws.client("s3")
    bucket = templates_bucket("Scones", aws.account, aws.region)
    assert bucket == "scones-templates-123456789012-eu-west-1"
    ensure_bucket(s3, bucket, aws)
    ensure_bucket(s3, bucket, aws)
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert '"aws:SecureTransport": "false"' in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_a_project_that_has_a_bucket_needs_no_other(aws: Account) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="own", CreateBucketConfiguration={"LocationConstraint": aws.region})
    url = locate(LARGE, aws, "Scones", "own")["TemplateURL"]
    assert url.startswith("https://s3.eu-west-1.amazonaws.com/own/code/templates/")
    assert s3.get_object(Bucket="own", Key=url.partition("/own/")[2])["Body"].read() == LARGE.body.encode()
    assert locate(LARGE, aws, "Scones", "own")["TemplateURL"] == url
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["own"]
