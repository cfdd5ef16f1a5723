"""Where the job's instances meet: objects under the job's own output in S3. Only this module knows boto3."""

import os
import time
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from common.aws_errors import get_code, is_missing
from common.jobs import Refusal
from common.s3 import parse_s3_address


@dataclass(frozen=True)
class Rendezvous:
    """The folder `address` (s3://bucket/prefix) with one JSON object an instance.

    boto3 finds the endpoint by itself (AWS_ENDPOINT_URL included), so AWS and a laptop need the same code.
    """

    address: str
    s3: Any
    timeout: float
    pause: float = 1.0

    @classmethod
    def at(cls, address: str, timeout: float) -> "Rendezvous":
        """Meet at an address with the job's own credentials; wait `timeout` seconds at most."""
        return cls(address, boto3.client("s3", region_name=os.environ.get("AWS_REGION")), timeout)

    def put(self, host: str, text: str) -> None:
        """Leave this instance's part."""
        bucket, key = self._place(host)
        try:
            self.s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType="application/json")
        except (ClientError, BotoCoreError) as error:
            raise self._barred("written", error) from error

    def collect(self, hosts: tuple[str, ...]) -> dict[str, str]:
        """Wait for the parts of all hosts and return them by host."""
        deadline = time.monotonic() + self.timeout
        found: dict[str, str] = {}
        pause = self.pause / 16  # who has as much to do ends about as soon
        while True:
            found |= self._arrived([host for host in hosts if host not in found])
            missing = [host for host in hosts if host not in found]
            if not missing:
                return found
            if time.monotonic() >= deadline:
                raise Refusal(
                    f"no part from {', '.join(missing)} came to {self.address} within {self.timeout:g} s: "
                    "see the logs of these instances, or raise --timeout."
                )
            time.sleep(pause)
            pause = min(self.pause, 2 * pause)

    def _arrived(self, hosts: list[str]) -> dict[str, str]:
        parts = {host: self._get(host) for host in hosts}
        return {host: text for host, text in parts.items() if text is not None}

    def _get(self, host: str) -> str | None:
        bucket, key = self._place(host)
        try:
            body = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except (ClientError, BotoCoreError) as error:
            if is_missing(error) and get_code(error) != "NoSuchBucket":
                return None
            raise self._barred("read", error) from error
        return str(body, "utf-8")

    def _barred(self, action: str, error: Exception) -> Refusal:
        return Refusal(
            f"{self.address} cannot be {action} ({error}): give the job's role s3:PutObject, s3:GetObject and "
            "s3:ListBucket there, or run on one instance."
        )

    def _place(self, host: str) -> tuple[str, str]:
        address = parse_s3_address(self.address)
        if address is None:
            raise Refusal(f"{self.address} is not an S3 address: give the output an address like s3://bucket/prefix.")
        return address.bucket, f"{address.key}/{host}.json"
