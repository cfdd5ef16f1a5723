"""classify_image's calls with boto3 and nothing else."""

from __future__ import annotations

import json
from typing import Any

import boto3

s3 = boto3.client("s3")
runtime = boto3.client("sagemaker-runtime")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer the endpoint's probabilities."""
    bucket, _, key = event["serialized_uri"].removeprefix("s3://").partition("/")
    image = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    answer = runtime.invoke_endpoint(EndpointName=event["endpoint_name"], ContentType="image/png", Body=image)
    return {"probabilities": json.loads(answer["Body"].read())}
