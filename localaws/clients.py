"""boto3 clients of the local AWS for its own use: S3, logs and Lambda are asked as any client asks them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from localaws.settings import Settings


@dataclass(frozen=True)
class Credentials:
    """Who calls: an access key, and the token of a role's session."""

    key: str
    secret: str
    token: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that SDKs read."""
        token = {"AWS_SESSION_TOKEN": self.token} if self.token else {}
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, **token}


ROOT = Credentials("test", "test")  # may do everything; the local AWS takes these also where it enforces IAM


class Clients:
    """One client a service, made when first asked for and then shared by all threads."""

    def __init__(self, settings: Settings, credentials: Credentials = ROOT) -> None:
        self.credentials = credentials
        self._session = boto3.session.Session(
            aws_access_key_id=credentials.key,
            aws_secret_access_key=credentials.secret,
            aws_session_token=credentials.token,
            region_name=settings.region,
        )
        self._endpoint = settings.endpoint
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    def get(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
        """The client of a service."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,
                    endpoint_url=self._endpoint,
                    config=Config(
                        max_pool_connections=32,
                        retries={"max_attempts": 3},
                        read_timeout=900,
                        s3={"addressing_style": "path"},
                        request_checksum_calculation="when_required",
                        response_checksum_validation="when_required",
                    ),
                )
            return self._clients[service]

    @property
    def s3(self) -> Any:  # noqa: ANN401
        """The S3 client."""
        return self.get("s3")

    @property
    def logs(self) -> Any:  # noqa: ANN401
        """The CloudWatch Logs client."""
        return self.get("logs")
