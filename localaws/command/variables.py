"""The variables that lead the tools of a shell, or of another program, to the local AWS; as text for both."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from localaws.keys import Credentials
from localaws.platforms import reach_directly
from localaws.redirect import NO_TELEMETRY, with_redirect
from localaws.settings import Settings

if TYPE_CHECKING:
    from localaws.command.session import Session  # boto3 is slow to import

_SHELLS = ("sh", "fish", "github")
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
# What leads past an endpoint: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
_PAST = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")
_OF_A_SERVICE = "AWS_ENDPOINT_URL_"


def add_arguments(parser: ArgumentParser) -> None:
    """Which role's session, and in whose words; `--json` is the command's own."""
    parser.add_argument("--role", help="the name of the role to take on (default: the one that is made for it)")
    parser.add_argument(
        "--shell",
        choices=_SHELLS,
        help="whose words to print (default: sh, which bash and zsh read as well)",
    )


def print_session(options: Namespace, settings: Settings, root: Credentials, given: Mapping[str, str]) -> None:
    """Print the variables of a new session as `add_arguments` and `--json` say; `given` is the environment around.

    Raises SessionError where there is no session for the role.
    """
    from localaws.command.session import start_session  # noqa: PLC0415 - boto3 is slow to import
    from localaws.process import is_open  # noqa: PLC0415

    session = start_session(settings, root, options.role)
    built = build_variables(settings, session, given)
    if options.json:
        sys.stdout.write(f"{format_as_json(built, session)}\n")
        return
    sys.stdout.write(f"{format_for_shell(options.shell or 'sh', built, list_unwanted(given), session)}\n")
    if is_open(settings):
        sys.stdout.write("# The local AWS takes any other credentials as well (SCONES_OPEN=true).\n")


def build_variables(settings: Settings, session: Session, given: Mapping[str, str]) -> dict[str, str]:
    """The variables to set; `given` is the environment that they come into, whose paths are kept."""
    return {
        "AWS_ENDPOINT_URL": settings.endpoint,
        **session.credentials.environment,
        "AWS_CREDENTIAL_EXPIRATION": session.expires.isoformat(),
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "PYTHONPATH": with_redirect(given.get("PYTHONPATH", "")),
        **{name: given.get(name) or value for name, value in NO_TELEMETRY.items()},
        **reach_directly(given),
    }


def list_unwanted(given: Mapping[str, str]) -> list[str]:
    """The variables to unset: somebody's own profile, and what would lead past the local AWS."""
    found = [name for name in given if name in _PAST or name.startswith(_OF_A_SERVICE)]
    return [*_PROFILES, *sorted(found)]


def format_for_shell(shell: str, variables: Mapping[str, str], unwanted: Sequence[str], session: Session) -> str:
    """Lines for `eval "$(scones env)"` in sh, bash and zsh, for `scones env --shell fish | source`, or for GITHUB_ENV.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable
    """
    comment = (
        f"# A session of {session.role.rsplit('/', 1)[-1]} until {session.expires:%Y-%m-%d %H:%M} UTC, or until the "
        "local AWS is stopped; ask again then."
    )
    if shell == "github":
        # No step can take a variable away from those that follow, so what leads elsewhere is led here as well.
        turned = {name: "false" if name in _PAST else variables["AWS_ENDPOINT_URL"] for name in unwanted}
        kept = {name: value for name, value in turned.items() if name not in _PROFILES}
        return "\n".join(f"{name}={value}" for name, value in {**variables, **kept}.items())
    if shell == "fish":
        lines = [f"set -gx {name} {_quote_for_fish(value)};" for name, value in variables.items()]
        lines += [f"set -e {name};" for name in unwanted]
    else:
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        lines.append(f"unset {' '.join(unwanted)}")
    return "\n".join([*lines, comment])


def format_as_json(variables: Mapping[str, str], session: Session) -> str:
    """For programs: what a `credential_process` of AWS's configuration answers, and all variables beside it.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    """
    credentials = session.credentials
    return json.dumps(
        {
            "Version": 1,
            "AccessKeyId": credentials.key,
            "SecretAccessKey": credentials.secret,
            "SessionToken": credentials.token,
            "Expiration": session.expires.isoformat(),
            "RoleArn": session.role,
            "Environment": dict(variables),
        },
        indent=2,
    )


def _quote_for_fish(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
