"""Which AWS a command talks to. boto3 is the only way there, and AWS_ENDPOINT_URL is the whole difference."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from console.errors import CommandError
from localaws import home, keys
from localaws.command.variables import list_unwanted
from localaws.keys import Credentials
from localaws.platforms import find_proxies, reach_directly
from localaws.settings import Settings as LocalSettings
from localaws.settings import from_environment

if TYPE_CHECKING:
    from pipelines.settings import Settings

_OF_A_SESSION = ("AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION")
_NO_KEY = Credentials("NOT-STARTED", "not-started")  # so that nobody's own key is sent where one is forgotten


@dataclass(frozen=True)
class Target:
    """The local AWS or AWS itself, for one project."""

    local: LocalSettings | None

    @cached_property
    def client(self) -> Callable[[str], Any]:
        """Gives the client of a service by the service's name; each is made once, which takes longer than to ask it."""
        from pipelines.clients import make_client
        from pipelines.settings import Settings

        return cache(lambda service: make_client(service, Settings.from_environment(os.environ).region))

    @cached_property
    def project(self) -> Settings:
        """The settings that the stack has, read once; without a stack the names that follow from the project."""
        from pipelines.stack import find_settings

        return find_settings(os.environ, self.client)

    @property
    def deployed(self) -> Settings:
        """The settings of a start; raises PipelineError where there is no stack, or its image was not built yet."""
        from pipelines.stack import get_settings

        return get_settings(os.environ, self.client)


def choose(name: str, *, must_run: bool = True, make_key: bool = False) -> Target:
    """The target that `--target` names; the environment of this process is set to it.

    Raises CommandError when the local AWS is meant, needed, and not running. `make_key` is for who starts it: an
    installation that was never started has no access key yet, and who only reads makes none.
    """
    if name != "local":
        return Target(None)
    settings = from_environment()
    if home.close(settings.home):
        sys.stderr.write(f"{home.was_open(settings.home)}\n")
    if must_run:
        _require_running(settings)
    key = keys.ensure(settings) if make_key else keys.load(settings) or _NO_KEY
    os.environ.update({**local_environment(settings, key), "SCONES_ACCOUNT_ID": settings.account})
    os.environ.update({**find_proxies(), **reach_directly(os.environ)})
    for theirs in (*list_unwanted(os.environ), *_OF_A_SESSION):
        os.environ.pop(theirs, None)
    return Target(settings)


def local_environment(settings: LocalSettings, key: Credentials) -> dict[str, str]:
    """The variables that lead every SDK to a local AWS, with the key that it takes."""
    return {
        "AWS_ENDPOINT_URL": settings.endpoint,
        **key.environment,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
    }


def _require_running(settings: LocalSettings) -> None:
    from localaws.process import answers

    if not answers(settings):
        before = (
            "" if settings.home.exists() else f" None was started in this folder before: {settings.home} is missing."
        )
        raise CommandError(f"The local AWS does not answer on {settings.endpoint}; start it with `scones up`.{before}")
