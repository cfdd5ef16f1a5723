"""How a template reaches CloudFormation: in the request while it is small enough, else from S3.

From the project's own bucket, once there is one: who updates the stack needs no other. Before that from a bucket of
templates, which is made for it.
"""

from __future__ import annotations

import hashlib
import json

from botocore.exceptions import ClientError

from seedcode.stack.resolve import pseudo_parameters
from seedcode.stack.spec import Account
from seedcode.stack.state import Client
from seedcode.stack.template import INLINE_BYTES, Template


def templates_bucket(project: str, account: str, region: str) -> str:
    """The name of the bucket that templates are uploaded to."""
    return f"{project.lower()}-templates-{account}-{region}"


def locate(template: Template, aws: Account, project: str, own_bucket: str | None) -> dict[str, str]:
    """Return TemplateBody or TemplateURL, having uploaded a template that is too large for a request."""
    if template.size <= INLINE_BYTES:
        return {"TemplateBody": template.body}
    s3 = aws.client("s3")
    bucket = own_bucket or templates_bucket(project, aws.account, aws.region)
    if own_bucket is None:
        ensure_bucket(s3, bucket, aws)
    content = template.body.encode()
    key = f"code/templates/{hashlib.sha256(content).hexdigest()}.yaml"
    s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="application/yaml", ExpectedBucketOwner=aws.account)
    domain = pseudo_parameters(aws.account, aws.region, project)["AWS::URLSuffix"]
    return {"TemplateURL": f"https://s3.{aws.region}.{domain}/{bucket}/{key}"}


def ensure_bucket(s3: Client, bucket: str, aws: Account) -> None:
    """Make the bucket where it is not there, private from its first moment on."""
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=aws.account)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        request = {} if aws.region == "us-east-1" else elsewhere
        s3.create_bucket(Bucket=bucket, ObjectOwnership="BucketOwnerEnforced", **request)
        _protect(s3, bucket, aws.region)


def _protect(s3: Client, bucket: str, region: str) -> None:
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_tls_only(bucket, region)))


def _tls_only(bucket: str, region: str) -> dict[str, object]:
    arn = f"arn:{pseudo_parameters('', region, '')['AWS::Partition']}:s3:::{bucket}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
