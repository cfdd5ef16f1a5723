"""The endpoint and the version behind it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from common.aws_errors import find_resource
from console import registry
from console.errors import CommandError
from console.executions import LATEST
from console.target import Target
from localaws.plain import plain

VARIANT = "live"
LIVE = "live"
"""What a person may write for the version that the endpoint serves."""
_RESTING = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")
_POLL_SECONDS = 0.5
_WAIT_SECONDS = 3_600
_GRACE_SECONDS = 60
# What deploy_model writes on the endpoint: what it last attempted, as `<release>@<approval>`, and why it refused it.
_ATTEMPT, _REFUSED = "scones:attempt", "scones:refused"


@dataclass(frozen=True)
class Endpoint:
    """The endpoint at one moment; `version` is the registry's number, from the configuration's tag."""

    status: str
    version: str | None
    described: dict[str, Any]

    @property
    def number(self) -> int | None:
        """The version as a number; None where the configuration is of another making."""
        return int(self.version) if self.version and self.version.isdecimal() else None

    @property
    def deploys(self) -> bool:
        """Whether a deployment is under way; autoscaling, which is `Updating` too, changes no configuration.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PendingDeploymentSummary.html
        """
        if self.status in ("Creating", "RollingBack"):
            return True
        pending = self.described.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
        return self.status == "Updating" and pending not in (None, self.described.get("EndpointConfigName"))

    @property
    def reason(self) -> str | None:
        reason: str | None = self.described.get("FailureReason")
        return reason


def name(target: Target) -> str:
    """The name of the project's endpoint."""
    return f"{target.project.project}-vehicles"


def fetch(target: Target) -> Endpoint | None:
    """The endpoint as it is now; None where nothing has been deployed."""
    sagemaker = target.client("sagemaker")
    described = find_resource(sagemaker.describe_endpoint, EndpointName=name(target))
    if described is None:
        return None
    # While a first deployment is Creating or has Failed there may be no configuration.
    configuration = described.get("EndpointConfigName")
    version = fetch_version(sagemaker, configuration) if configuration else None
    return Endpoint(described["EndpointStatus"], version, described)


def get_number(target: Target, reference: str) -> int:
    """The number of a version that a person names: by it, as `latest`, or as `live`; raises CommandError."""
    if reference.isdecimal():
        return int(reference)
    if reference == LATEST:
        known = registry.list_summaries(target)
        if not known:
            raise CommandError("No version is registered yet; `scones run` trains and registers one.")
        return int(known[0]["ModelPackageVersion"])
    if reference == LIVE:
        found = fetch(target)
        if found is None or found.number is None:
            raise CommandError("No version is live yet; approve one with `scones approve VERSION`.")
        return found.number
    raise CommandError(
        f"The version is {reference!r}; give a number as `scones models` shows it, {LATEST}, or {LIVE}.", 2
    )


def wait_for(target: Target, version: int, say: Callable[[str], None]) -> Endpoint:
    """Wait until the endpoint rests on a version; `say` is called with each new status.

    Raises CommandError where it comes to rest on another one, where deploy_model refuses the version, and where nothing
    begins within a minute.
    """
    started = time.monotonic()
    begun, printed = False, ""
    while time.monotonic() - started < _WAIT_SECONDS:
        endpoint = fetch(target)
        status = endpoint.status if endpoint else "not there yet"
        if status != printed:
            say(status)
            printed = status
        if endpoint and endpoint.status == "InService" and endpoint.version == str(version):
            return endpoint
        begun = begun or (endpoint is not None and endpoint.deploys)
        if endpoint and begun and endpoint.status in _RESTING:
            raise CommandError(
                f"The endpoint is {endpoint.status} with version {endpoint.version}, not {version}: {endpoint.reason}"
            )
        attempt = find_attempt(target, endpoint, version) if endpoint and not begun else None
        if endpoint and attempt:
            raise CommandError(
                f"{attempt}. The endpoint keeps version {endpoint.version}; the mail and the log of the "
                f"function {target.project.project}-deploy-model say what to do."
            )
        # One that failed between two polls was never seen under way: what the next poll finds is its end.
        begun = begun or attempt is not None
        if not begun and time.monotonic() - started > _GRACE_SECONDS:
            raise CommandError(
                f"Nothing was deployed within {_GRACE_SECONDS} s; see the mail, the log of the function "
                f"{target.project.project}-deploy-model and the queue {target.project.project}-dead-letters."
            )
        time.sleep(_POLL_SECONDS)
    raise CommandError(f"The endpoint was not in service within {_WAIT_SECONDS} s; see `scones endpoint`.")


def find_attempt(target: Target, endpoint: Endpoint, version: int) -> str | None:
    """What became of a version's last approval, by the endpoint's tags.

    Why deploy_model refused it, "" where it began the deployment, and None where it has done neither yet.
    """
    sagemaker = target.client("sagemaker")
    listed = sagemaker.list_tags(ResourceArn=endpoint.described["EndpointArn"])["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in listed}
    release, _, approval = tags.get(_ATTEMPT, "").partition("@")
    if f"-v{version}-" not in release:
        return None
    package = sagemaker.describe_model_package(
        ModelPackageName=registry.get_summary(target, version)["ModelPackageArn"]
    )
    changed = package.get("LastModifiedTime", package["CreationTime"])
    of_this_approval = approval == changed.astimezone(UTC).isoformat(timespec="milliseconds")
    return tags.get(_REFUSED, "") if of_this_approval else None


def print_status(line: str) -> None:
    """Print a status on standard error, where it does not disturb what a program reads."""
    sys.stderr.write(f"endpoint: {plain(line)}\n")


def fetch_version(sagemaker: Any, configuration: str) -> str | None:  # noqa: ANN401 - a boto3 client
    """The registry's number that an endpoint configuration was made for, from its tag."""
    described = sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
    tags = sagemaker.list_tags(ResourceArn=described["EndpointConfigArn"])["Tags"]
    return next((tag["Value"] for tag in tags if tag["Key"] == "scones:version"), None)
