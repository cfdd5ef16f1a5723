"""The live version's net, fetched from S3 and asked about the same test images."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from common.artifact.model import LIMITS
from common.jobs import Refusal
from common.labels import LABELS
from common.s3 import parse_s3_address
from evaluation.artifact import load_artifact
from evaluation.network import Network
from evaluation.predict import Answers, predict
from evaluation.split import Split


def ask(uri: str, tests: Split) -> Answers:
    """Answers of the model at an address; its net may take images of another size than the new one's."""
    with TemporaryDirectory() as folder:
        try:
            _fetch(uri, Path(folder) / "model.tar.gz")
            return predict(Network(load_artifact(Path(folder)), len(LABELS)), tests)
        except (Refusal, ClientError, BotoCoreError) as error:
            raise Refusal(
                f"LiveModelUri is {uri}, and the new model cannot be compared with it ({str(error).rstrip('.')}): "
                "give the address of a version's model.tar.gz, or start with LiveModelUri= to compare with none."
            ) from error


def _fetch(uri: str, target: Path) -> None:
    address = parse_s3_address(uri)
    if address is None or not address.key:
        raise Refusal("it is no address like s3://bucket/key")
    s3: Any = boto3.client(
        "s3", region_name=os.environ.get("AWS_REGION")
    )  # boto3 makes its clients' methods at run time: there is no class to name
    size = s3.head_object(Bucket=address.bucket, Key=address.key)["ContentLength"]
    if size > LIMITS.file_bytes:
        raise Refusal(f"it has {size:,} bytes, where {LIMITS.file_bytes:,} are allowed")
    s3.download_file(address.bucket, address.key, str(target))
