"""From the registry as it is to the endpoint as it should be."""

from dataclasses import dataclass

from deploy_model import artifact, deployment
from deploy_model.aws import Client
from deploy_model.decision import Action, Decision, decide
from deploy_model.endpoint import Endpoint, find_endpoint, tag_attempt
from deploy_model.errors import EndpointBusy, VersionRefused
from deploy_model.release import Release, plan_release
from deploy_model.settings import Settings
from deploy_model.versions import find_live

DEPLOYING = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE})
LONGEST_SUBJECT = 100


@dataclass(frozen=True)
class Clients:
    """The services that an endpoint is reconciled by."""

    sagemaker: Client
    autoscaling: Client
    s3: Client
    sns: Client


@dataclass(frozen=True)
class Outcome:
    """What was done, about which release, and why."""

    action: Action
    reason: str
    version: int | None
    configuration: str | None


def reconcile(clients: Clients, settings: Settings) -> Outcome:
    """Bring the endpoint to the version approved last; raise EndpointBusy when that has to wait.

    A version whose artifact is not what the registry names is refused, and what serves goes on serving.
    """
    version = find_live(clients.sagemaker, settings.model_package_group)
    release = plan_release(version, settings) if version else None
    endpoint = find_endpoint(clients.sagemaker, settings.endpoint_name)
    decision = decide(release, endpoint)
    if decision.action is Action.WAIT:
        raise EndpointBusy(decision.reason)
    if version is None or release is None:
        return Outcome(decision.action, decision.reason, None, None)
    try:
        if decision.action in DEPLOYING:
            artifact.secure(clients.s3, version, settings.bucket)
    except VersionRefused as refused:
        _tell(clients, settings, release, endpoint, refused)
        return Outcome(Action.REFUSE, str(refused), version.number, None)
    _carry_out(decision, clients, settings, release, endpoint)
    serves = endpoint is not None and endpoint.configuration == release.name
    if serves and deployment.restore_release(clients.sagemaker, release):
        reason = f"The configuration of version {release.version}, which serves, had been deleted."
        return Outcome(Action.RESTORE, reason, release.version, release.name)
    return Outcome(decision.action, decision.reason, release.version, release.name)


def _tell(
    clients: Clients, settings: Settings, release: Release, endpoint: Endpoint | None, refused: VersionRefused
) -> None:
    """Say by mail that an approval is refused, and remember it on the endpoint, so that it is said once."""
    subject = f"{settings.endpoint_name}: version {release.version} was not deployed"[:LONGEST_SUBJECT]
    text = f"{refused}\n\nNothing was deployed; what served goes on serving."
    clients.sns.publish(TopicArn=settings.topic_arn, Subject=subject, Message=text)
    if endpoint:
        clients.sagemaker.add_tags(ResourceArn=endpoint.arn, Tags=tag_attempt(release.attempt, refused.summary))


def _carry_out(
    decision: Decision, clients: Clients, settings: Settings, release: Release, endpoint: Endpoint | None
) -> None:
    sagemaker = clients.sagemaker
    match decision.action:
        case Action.CREATE:
            deployment.create_endpoint(sagemaker, settings, release)
        case Action.REPLACE:
            deployment.replace_endpoint(sagemaker, settings, release)
        case Action.DISCARD:
            deployment.discard_release(sagemaker, settings, release)
        case Action.UPDATE if endpoint is not None:
            deployment.update_endpoint(sagemaker, clients.autoscaling, settings, release, endpoint)
