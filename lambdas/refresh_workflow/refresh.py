"""Everything that has to follow when another version of the model is live."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refresh_workflow import state_machines
from refresh_workflow.aws import Clients
from refresh_workflow.collection import delete_old_releases
from refresh_workflow.endpoint import read_endpoint, read_version
from refresh_workflow.hourly import refresh_monitoring
from refresh_workflow.registry import choose_threshold, read_image_size
from refresh_workflow.scaling import refresh_scaling
from refresh_workflow.settings import Settings
from refresh_workflow.state_machines import delete_old_versions, refresh_state_machine


@dataclass(frozen=True)
class Summary:
    """What a refresh found and what it changed; all lists are empty when everything was in order.

    `monitoring` says what was begun: `baseline`, `schedule`, or in a sentence why the version is not monitored.
    """

    endpoint_status: str
    model_version: str | None = None
    confidence_threshold: float | None = None
    image_size: int | None = None
    published: list[str] = field(default_factory=list)
    scaling: list[str] = field(default_factory=list)
    deleted_releases: list[str] = field(default_factory=list)
    deleted_versions: list[str] = field(default_factory=list)
    monitoring: list[str] = field(default_factory=list)


def refresh(clients: Clients, settings: Settings, folder: Path = state_machines.PACKAGED) -> Summary:
    """Fit state machines and scaling to the live version, clear away what is old, and have the version monitored.

    Before the first approval there is no endpoint, and nothing to do: every push calls this, the first one too. An
    endpoint that is changing again is left alone: another event comes when it is in service. The workflow comes
    first, for it is what people use; whatever fails is raised, and the event's next delivery does the rest.
    """
    endpoint = read_endpoint(clients.sagemaker, settings.endpoint_name)
    if endpoint is None:
        return Summary("Missing")
    if endpoint.status != "InService":
        return Summary(endpoint.status)
    version = read_version(clients.sagemaker, endpoint)
    threshold = choose_threshold(clients.sagemaker, settings, version)
    image_size = read_image_size(clients.sagemaker, settings.model_package_group, version)
    values = state_machines.collect_values(settings, version, threshold, image_size)
    return Summary(
        endpoint_status=endpoint.status,
        model_version=version,
        confidence_threshold=threshold,
        image_size=image_size,
        published=_publish(clients, settings, values, folder),
        scaling=refresh_scaling(clients.autoscaling, settings),
        deleted_releases=delete_old_releases(clients.sagemaker, endpoint, settings.keep_versions),
        deleted_versions=_delete_versions(clients, settings),
        monitoring=refresh_monitoring(clients, settings, version),
    )


def _state_machines(settings: Settings) -> dict[str, str]:
    return {"inference": settings.inference_state_machine_arn, "bulk": settings.bulk_state_machine_arn}


def _publish(clients: Clients, settings: Settings, values: Mapping[str, str], folder: Path) -> list[str]:
    """Publish the definitions that differ from what runs; return the state machines' names."""
    description = f"{settings.model_package_group} version {values['ModelVersion']}"
    definitions = {
        name: state_machines.render(state_machines.read_template(name, folder), values)
        for name in _state_machines(settings)
    }
    return [
        name
        for name, arn in _state_machines(settings).items()
        if refresh_state_machine(clients.states, arn, settings.alias_name, definitions[name], description)
    ]


def _delete_versions(clients: Clients, settings: Settings) -> list[str]:
    return [
        version
        for arn in _state_machines(settings).values()
        for version in delete_old_versions(clients.states, arn, settings.alias_name, settings.keep_versions)
    ]
