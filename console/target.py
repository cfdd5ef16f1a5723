"""Which AWS a command talks to. boto3 is the only way there, and AWS_ENDPOINT_URL is the whole difference."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.errors import CommandError
from localaws.settings import Settings as LocalSettings
from localaws.settings import from_environment

if TYPE_CHECKING:
    from pipelines.settings import Settings


@dataclass(frozen=True)
class Target:
    """The local AWS or AWS itself, for one project."""

    local: LocalSettings | None

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
        """A boto3 client for the target."""
        from pipelines.clients import make_client
        from pipelines.settings import Settings

        return make_client(service, Settings.from_environment(os.environ).region)

    @property
    def project(self) -> Settings:
        """The project's settings: what its stack knows, and without a stack the names that follow from the project."""
        from pipelines.stack import find_settings

        return find_settings(os.environ, self.client)

    @property
    def deployed(self) -> Settings:
        """The settings of a start; raises PipelineError where there is no stack, or its image was not built yet."""
        from pipelines.stack import get_settings

        return get_settings(os.environ, self.client)


def choose(name: str, *, must_run: bool = True) -> Target:
    """The target that `--target` names; the environment of this process is set to it.

    Raises CommandError when the local AWS is meant, needed, and not running.
    """
    if name != "local":
        return Target(None)
    settings = from_environment()
    os.environ.update(
        {
            "AWS_ENDPOINT_URL": settings.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": settings.region,
            "AWS_DEFAULT_REGION": settings.region,
            "SCONES_ACCOUNT_ID": settings.account,
        }
    )
    for name_of_theirs in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name_of_theirs, None)
    if must_run:
        _require_running(settings)
    return Target(settings)


def _require_running(settings: LocalSettings) -> None:
    from localaws.process import answers

    if not answers(settings):
        raise CommandError(f"The local AWS does not answer on {settings.endpoint}; start it with `scones up`.")
