"""The environment that MiniStack reads when it is imported, and the one version that localaws is built on."""

from __future__ import annotations

import os
from importlib.metadata import version

from localaws.ministack import docker_client
from localaws.settings import HOST, Settings

PINNED = "1.5.33"


class MiniStackError(RuntimeError):
    """The MiniStack that is installed is not the one that this project was built on."""


def configure(settings: Settings) -> None:
    """Set MiniStack's environment before it is imported; raises MiniStackError for another version."""
    installed = version("ministack")
    if installed != PINNED:
        raise MiniStackError(
            f"MiniStack {installed} is installed; {PINNED} is needed: run `make install`, or install scones anew."
        )
    docker_client.defer()
    state = settings.home / "ministack"
    os.environ.update(
        {
            "GATEWAY_PORT": str(settings.port),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": settings.region,
            "MINISTACK_ACCOUNT_ID": settings.account,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "LAMBDA_EXECUTOR": "local",
            "AUTH": "true" if settings.enforce_iam else "false",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        }
    )
