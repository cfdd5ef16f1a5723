"""classify_image's calls as notebooks make them: the image with boto3, the endpoint with the SageMaker SDK."""

from __future__ import annotations

from typing import Any

import boto3
from sagemaker.deserializers import JSONDeserializer
from sagemaker.predictor import Predictor
from sagemaker.serializers import IdentitySerializer
from sagemaker.session import Session

s3 = boto3.client("s3")
session = Session(sagemaker_runtime_client=boto3.client("sagemaker-runtime"))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer the endpoint's probabilities."""
    bucket, _, key = event["serialized_uri"].removeprefix("s3://").partition("/")
    image = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    predictor = Predictor(event["endpoint_name"], session, IdentitySerializer("image/png"), JSONDeserializer())
    return {"probabilities": predictor.predict(image)}
