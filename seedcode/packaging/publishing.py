"""Puts the template where SageMaker Studio offers it to people who make a new project.

Studio lists a template that lies in S3 when it carries a tag, reads it in the browser, and finds the bucket by a tag
of the Studio domain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from seedcode.errors import PackagingError

Client = Any
VISIBLE = {"sagemaker:studio-visibility": "true"}
DOMAIN_TAG = "sagemaker:projectS3TemplatesLocation"
STUDIO = "https://*.sagemaker.aws"
CORS_ID = "sagemaker-studio-reads-templates"
RULE = {
    "ID": CORS_ID,
    "AllowedOrigins": [STUDIO],
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": ["ETag", "x-amz-version-id"],
    "MaxAgeSeconds": 3000,
}


@dataclass(frozen=True)
class Published:
    """Where the template and the seed lie now."""

    template: str
    seed: str | None
    domain_tag: str


def publish(s3: Client, bucket: str, prefix: str, template: bytes, seed: bytes | None) -> Published:
    """Upload the seed and the template that names it, and let Studio read them; other rules of the bucket stay."""
    _allow_studio(s3, bucket)
    seed_key = f"{prefix}/seed.zip" if seed is not None else None
    if seed_key:
        s3.put_object(Bucket=bucket, Key=seed_key, Body=seed, ContentType="application/zip")
        template = name_seed(template.decode(), bucket, seed_key).encode()
    key = f"{prefix}/template.yaml"
    s3.put_object(Bucket=bucket, Key=key, Body=template, ContentType="application/yaml", Tagging=urlencode(VISIBLE))
    seed_uri = f"s3://{bucket}/{seed_key}" if seed_key else None
    return Published(f"s3://{bucket}/{key}", seed_uri, f"s3://{bucket}/{prefix}/")


def name_seed(template: str, bucket: str, key: str) -> str:
    """Make the seed's place the default of the template's parameters: nobody in Studio has to type it."""
    for name, value in (("SeedBucket", bucket), ("SeedKey", key)):
        pattern = rf'(^  {name}:\n(?:    .*\n)*?    Default: )""$'
        template, count = re.subn(pattern, rf"\g<1>{value}", template, count=1, flags=re.MULTILINE)
        if count != 1:
            raise PackagingError(f"The template has no parameter {name} with an empty default for the seed's place.")
    return template


def _allow_studio(s3: Client, bucket: str) -> None:
    rules = _rules(s3, bucket)
    others = [rule for rule in rules if rule.get("ID") != CORS_ID]
    if [*others, RULE] != rules:
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*others, RULE]})


def _rules(s3: Client, bucket: str) -> list[dict[str, Any]]:
    try:
        rules: list[dict[str, Any]] = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchCORSConfiguration":
            return []
        if code == "NoSuchBucket":
            raise PackagingError(
                f"There is no bucket {bucket}; make it first, private and encrypted, in the Studio domain's region."
            ) from error
        raise
    return rules
