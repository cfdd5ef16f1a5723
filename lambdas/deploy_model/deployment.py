"""Carry out a decision: create what a release consists of, put it on the endpoint, leave nothing half made."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, is_existing
from deploy_model.aws import Client, delete
from deploy_model.endpoint import Endpoint, find_endpoint, tag_attempt
from deploy_model.errors import EndpointBusy
from deploy_model.release import Release
from deploy_model.rollout import free_instance_type, plan_rollout, plan_transition
from deploy_model.settings import Settings

DELETION_SECONDS = 40
POLL_SECONDS = 2


def create_endpoint(sagemaker: Client, settings: Settings, release: Release) -> None:
    """Create the endpoint with the release."""
    rollout = plan_rollout(settings)

    def begin() -> None:
        sagemaker.create_endpoint(
            EndpointName=settings.endpoint_name,
            EndpointConfigName=release.name,
            DeploymentConfig=rollout,
            Tags=tag_attempt(release.attempt),
        )

    _with_release(sagemaker, settings, release, begin)


def update_endpoint(
    sagemaker: Client, autoscaling: Client, settings: Settings, release: Release, endpoint: Endpoint
) -> None:
    """Move the endpoint to the release, and remember on it what was begun."""
    rollout = plan_rollout(settings)

    def begin() -> None:
        transition = plan_transition(sagemaker, settings, release, endpoint)
        if transition.instance_type_changes:
            free_instance_type(autoscaling, settings.endpoint_name)
        sagemaker.update_endpoint(
            EndpointName=settings.endpoint_name,
            EndpointConfigName=release.name,
            DeploymentConfig=rollout,
            RetainDeploymentConfig=False,
            **transition.retained,
        )

    _with_release(sagemaker, settings, release, begin)
    sagemaker.add_tags(ResourceArn=endpoint.arn, Tags=tag_attempt(release.attempt))


def replace_endpoint(
    sagemaker: Client, settings: Settings, release: Release, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Delete an endpoint that failed, which AWS never updates, and create it anew."""
    sagemaker.delete_endpoint(EndpointName=settings.endpoint_name)
    for _ in range(0, DELETION_SECONDS, POLL_SECONDS):
        if find_endpoint(sagemaker, settings.endpoint_name) is None:
            return create_endpoint(sagemaker, settings, release)
        sleep(POLL_SECONDS)
    raise EndpointBusy(f"The failed endpoint {settings.endpoint_name} is still being deleted.")


def discard_release(sagemaker: Client, settings: Settings, release: Release) -> None:
    """Delete the model and the configuration of a release that was rolled back, unless that is done already.

    It was approved again in the meantime where a parallel call has begun to deploy it: then it is needed. Where that
    call looked before they were deleted here and began after, they are created again.
    """
    if not _exists(sagemaker, release.name) or _is_needed(sagemaker, settings, release):
        return
    delete(sagemaker.delete_endpoint_config, EndpointConfigName=release.name)
    delete(sagemaker.delete_model, ModelName=release.name)
    if _is_needed(sagemaker, settings, release):
        restore_release(sagemaker, release)


def restore_release(sagemaker: Client, release: Release) -> bool:
    """Create again what a release that is needed has lost; False when it is there.

    AWS lets the configuration of an endpoint be deleted: it serves on, and nobody can read what it serves.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpointConfig.html
    """
    if _exists(sagemaker, release.name):
        return False
    _create(sagemaker.create_model, release.model)
    return _create(sagemaker.create_endpoint_config, release.configuration)


def _with_release(sagemaker: Client, settings: Settings, release: Release, begin: Callable[[], None]) -> None:
    """Create the release and begin a deployment; when that fails, delete what was created here."""
    with ExitStack() as undo:
        if _create(sagemaker.create_model, release.model):
            undo.callback(delete, sagemaker.delete_model, ModelName=release.name)
        if _create(sagemaker.create_endpoint_config, release.configuration):
            undo.callback(delete, sagemaker.delete_endpoint_config, EndpointConfigName=release.name)
        try:
            begin()
        except Exception:
            created = undo.pop_all()
            if not _is_needed(sagemaker, settings, release):
                created.close()
            raise
        undo.pop_all()


def _is_needed(sagemaker: Client, settings: Settings, release: Release) -> bool:
    """Say whether a deployment goes on all the same: a parallel call began it, or an answer was lost on its way."""
    endpoint = find_endpoint(sagemaker, settings.endpoint_name)
    return endpoint is not None and endpoint.needs(release.name)


def _create(call: Callable[..., Any], request: dict[str, Any]) -> bool:
    """Create a resource; False when it exists, which under a name made of its content is as good."""
    try:
        call(**request)
    except ClientError as error:
        if is_existing(error):
            return False
        raise
    return True


def _exists(sagemaker: Client, configuration: str) -> bool:
    return find_resource(sagemaker.describe_endpoint_config, EndpointConfigName=configuration) is not None
