"""From the registry as it is to the endpoint as it should be."""

from dataclasses import dataclass

from deploy_model import deployment
from deploy_model.aws import Client
from deploy_model.decision import Action, Decision, decide
from deploy_model.endpoint import Endpoint, find_endpoint
from deploy_model.errors import EndpointBusy
from deploy_model.release import Release, plan_release
from deploy_model.settings import Settings
from deploy_model.versions import choose, list_approved


@dataclass(frozen=True)
class Outcome:
    """What was done, about which release, and why."""

    action: Action
    reason: str
    version: int | None
    configuration: str | None


def reconcile(sagemaker: Client, autoscaling: Client, settings: Settings) -> Outcome:
    """Bring the endpoint to the version approved last; raise EndpointBusy when that has to wait."""
    version = choose(list_approved(sagemaker, settings.model_package_group))
    release = plan_release(version, settings) if version else None
    endpoint = find_endpoint(sagemaker, settings.endpoint_name)
    decision = decide(release, endpoint)
    if decision.action is Action.WAIT:
        raise EndpointBusy(decision.reason)
    if release is None:
        return Outcome(decision.action, decision.reason, None, None)
    _carry_out(decision, sagemaker, autoscaling, settings, release, endpoint)
    return Outcome(decision.action, decision.reason, release.version, release.name)


def _carry_out(
    decision: Decision,
    sagemaker: Client,
    autoscaling: Client,
    settings: Settings,
    release: Release,
    endpoint: Endpoint | None,
) -> None:
    match decision.action:
        case Action.CREATE:
            deployment.create_endpoint(sagemaker, settings, release)
        case Action.REPLACE:
            deployment.replace_endpoint(sagemaker, settings, release)
        case Action.DISCARD:
            deployment.discard_release(sagemaker, settings, release)
        case Action.UPDATE if endpoint is not None:
            deployment.update_endpoint(sagemaker, autoscaling, settings, release, endpoint)
