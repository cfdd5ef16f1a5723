"""What to do about an endpoint: a pure function of the registry and of the endpoint, never of the event."""

from dataclasses import dataclass
from enum import StrEnum

from deploy_model.endpoint import Endpoint
from deploy_model.release import Release


class Action(StrEnum):
    """What can be done."""

    KEEP = "keep"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DISCARD = "discard"
    WAIT = "wait"
    REFUSE = "refuse"
    RESTORE = "restore"


@dataclass(frozen=True)
class Decision:
    """What to do, and why, in a sentence for the log."""

    action: Action
    reason: str


def decide(release: Release | None, endpoint: Endpoint | None) -> Decision:
    """Decide how the endpoint comes to serve the release that should serve.

    With no approved version left the endpoint is kept as it is: people are waiting for its answers, and switching
    a service off is for a person to do (`aws sagemaker delete-endpoint`), not a side effect of a rejection.
    Each approval is attempted once. Otherwise an event delivered twice would deploy again what the alarms have just
    rolled back; approving the version again is how a person says that it is worth another try.
    """
    if release is None:
        return Decision(Action.KEEP, "No version is approved; what serves now goes on serving.")
    if endpoint is None:
        return Decision(Action.CREATE, f"There is no endpoint yet; version {release.version} is the first.")
    attempted = endpoint.attempt == release.attempt
    if endpoint.is_changing:
        return _while_changing(release, endpoint, attempted)
    if attempted and endpoint.refusal and endpoint.configuration != release.name:
        return Decision(Action.KEEP, f"{endpoint.refusal}; approve it again to try again.")
    if endpoint.status == "Failed":
        return _after_failure(release, attempted)
    return _at_rest(release, endpoint, attempted)


def _at_rest(release: Release, endpoint: Endpoint, attempted: bool) -> Decision:
    if endpoint.configuration == release.name:
        return Decision(Action.KEEP, f"Version {release.version} serves already.")
    if attempted and endpoint.status != "InService":
        return Decision(Action.KEEP, f"The endpoint is {endpoint.status}: manual intervention required.")
    if attempted:
        return Decision(Action.DISCARD, f"Version {release.version} was rolled back; approve it again to try again.")
    return Decision(Action.UPDATE, f"Version {release.version} was approved last and does not serve yet.")


def _while_changing(release: Release, endpoint: Endpoint, attempted: bool) -> Decision:
    if attempted and endpoint.status != "Deleting":
        return Decision(Action.KEEP, f"Version {release.version} is on its way; the endpoint is {endpoint.status}.")
    return Decision(Action.WAIT, f"The endpoint is {endpoint.status}; version {release.version} has to wait.")


def _after_failure(release: Release, attempted: bool) -> Decision:
    if attempted:
        return Decision(Action.KEEP, f"Version {release.version} failed to start; approve it again to try again.")
    return Decision(Action.REPLACE, f"The endpoint has failed; version {release.version} gets a new one.")
