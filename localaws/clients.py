"""boto3 clients of the local AWS for its own use: S3, logs and Lambda are asked as any client asks them."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from localaws.keys import Credentials
from localaws.settings import Settings

if TYPE_CHECKING:
    import boto3

    from localaws.ministack.log_events import LogEvents
    from localaws.ministack.objects import Objects


class Clients:
    """One client a service, made when first asked for and then shared by all threads."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self.credentials = credentials
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    def get(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
        """The client of a service."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:  # noqa: ANN401
        from botocore.config import Config  # noqa: PLC0415 - see _open_session

        return self._session.client(
            service,
            endpoint_url=self._settings.endpoint,
            config=Config(
                max_pool_connections=32,
                retries={"max_attempts": 3},
                read_timeout=900,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @cached_property
    def _session(self) -> boto3.Session:
        return _open_session(self.credentials, self._settings.region)

    @property
    def s3(self) -> Any:  # noqa: ANN401
        """The S3 client."""
        return self.get("s3")

    @property
    def objects(self) -> Objects:
        """S3's objects, for copying many."""
        # Imports MiniStack, which a hook of git, with clients of its own, does not wait for.
        from localaws.ministack.objects import Objects  # noqa: PLC0415

        return Objects(self.s3, self.credentials.key, self._settings)

    @property
    def logs(self) -> Any:  # noqa: ANN401
        """The CloudWatch Logs client."""
        return self.get("logs")

    @property
    def log_events(self) -> LogEvents:
        """CloudWatch Logs, for writing many lines."""
        from localaws.ministack.log_events import LogEvents  # noqa: PLC0415 - see objects

        return LogEvents(self.logs, self.credentials.key, self._settings)


def _open_session(credentials: Credentials, region: str) -> boto3.Session:
    # Takes a tenth of a second to import; the local AWS answers before it asks anything.
    import boto3  # noqa: PLC0415
    import botocore.session  # noqa: PLC0415

    from localaws.shapes import model_loader  # noqa: PLC0415

    core = botocore.session.Session()
    core.register_component("data_loader", model_loader())  # each role has clients of its own
    return boto3.Session(
        botocore_session=core,
        aws_access_key_id=credentials.key,
        aws_secret_access_key=credentials.secret,
        aws_session_token=credentials.token,
        region_name=region,
    )
