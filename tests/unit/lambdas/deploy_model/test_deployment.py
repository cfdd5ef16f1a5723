"""A deployment that cannot begin leaves nothing behind, and one that can takes along what has to change."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from deploy_model.deployment import replace_endpoint
from deploy_model.errors import EndpointBusy
from deploy_model.release import plan_release
from deploy_model.versions import find_live

REFUSED = ("ResourceLimitExceeded", "The account-level service limit was reached.")
THERE = ("ValidationException", "Cannot create already existing model")


@pytest.fixture
def live(world: Any, versions: list[str]) -> Any:
    """An endpoint with version 1, and version 2 approved."""
    world.approve(versions[0])
    world.deliver()
    world.approve(versions[1])
    world.changes()
    return world


def test_a_refused_creation_leaves_no_model_and_no_configuration(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.failing["CreateEndpoint"] = REFUSED
    with pytest.raises(ClientError, match="service limit"):
        world.deliver()
    assert world.changes()[-2:] == ["DeleteEndpointConfig", "DeleteModel"]
    assert not world.backend.endpoint_configs
    assert not world.backend._models


def test_a_refused_update_leaves_what_serves_and_nothing_else(live: Any) -> None:
    live.failing["UpdateEndpoint"] = REFUSED
    with pytest.raises(ClientError, match="service limit"):
        live.deliver()
    assert list(live.backend.endpoint_configs) == [live.endpoint.endpoint_config_name]
    assert list(live.backend._models) == [live.endpoint.endpoint_config_name]


def test_a_refused_configuration_takes_its_model_along(live: Any) -> None:
    live.failing["CreateEndpointConfig"] = ("ThrottlingException", "Rate exceeded")
    with pytest.raises(ClientError, match="Rate exceeded"):
        live.deliver()
    assert len(live.backend._models) == 1


def test_after_a_refusal_the_next_event_deploys(live: Any) -> None:
    live.failing["UpdateEndpoint"] = REFUSED
    with pytest.raises(ClientError):
        live.deliver()
    live.failing.clear()
    live.deliver()
    assert live.live_version == 2


def test_what_exists_already_is_as_good_as_created_and_is_not_deleted(live: Any) -> None:
    live.failing = {"CreateModel": THERE, "CreateEndpointConfig": THERE, "UpdateEndpoint": REFUSED}
    with pytest.raises(ClientError, match="service limit"):
        live.deliver()
    assert not [name for name in live.changes() if name.startswith("Delete")]


def test_what_an_update_on_its_way_needs_is_not_deleted(live: Any, sdk: Any) -> None:
    """The answer to UpdateEndpoint was lost, and its repetition is refused because the update has begun."""
    live.failing["UpdateEndpoint"] = ("ValidationException", "Cannot update in-progress endpoint")
    begin = live.answer

    def answer(model: Any, **more: Any) -> Any:
        if model.name == "UpdateEndpoint":
            live.endpoint.endpoint_status = "Updating"
        return begin(model=model, **more)

    sdk.hook(live.client, "before-call.sagemaker.UpdateEndpoint", answer, first=True)
    with pytest.raises(ClientError, match="in-progress"):
        live.deliver()
    assert len(live.backend.endpoint_configs) == 2


def test_a_changed_capture_is_not_retained(live: Any) -> None:
    live.deliver(CAPTURE_URI="s3://scones/elsewhere/")
    excluded = live.sent("UpdateEndpoint")["ExcludeRetainedVariantProperties"]
    assert excluded == [{"VariantPropertyType": "DataCaptureConfig"}]


def test_one_instance_left_by_autoscaling_is_not_retained_for_a_canary(live: Any) -> None:
    live.deliver(TRAFFIC_ROUTING="CANARY", INSTANCE_COUNT="2")
    excluded = live.sent("UpdateEndpoint")["ExcludeRetainedVariantProperties"]
    assert excluded == [{"VariantPropertyType": "DesiredInstanceCount"}]


TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/scones-vehicles/variant/live",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def test_another_instance_type_is_taken_from_autoscaling_first(live: Any) -> None:
    with Stubber(live.autoscaling) as autoscaling:
        autoscaling.add_response("deregister_scalable_target", {}, TARGET)
        live.deliver(INSTANCE_TYPE="ml.c5.large")
        autoscaling.assert_no_pending_responses()
    assert live.live_version == 2


def test_a_variant_that_does_not_scale_yet_changes_its_type_all_the_same(live: Any) -> None:
    with Stubber(live.autoscaling) as autoscaling:
        autoscaling.add_client_error("deregister_scalable_target", "ObjectNotFoundException")
        live.deliver(INSTANCE_TYPE="ml.c5.large")
    assert live.live_version == 2


def test_a_type_that_cannot_be_freed_leaves_nothing_behind(live: Any) -> None:
    with Stubber(live.autoscaling) as autoscaling:
        autoscaling.add_client_error("deregister_scalable_target", "AccessDeniedException", "not allowed")
        with pytest.raises(ClientError, match="not allowed"):
            live.deliver(INSTANCE_TYPE="ml.c5.large")
    assert (live.live_version, len(live.backend.endpoint_configs)) == (1, 1)


def test_the_same_instance_type_stays_with_autoscaling(live: Any) -> None:
    with Stubber(live.autoscaling):
        assert live.deliver().version == 2


@pytest.mark.parametrize("operation", ["ListModelPackages", "DescribeEndpoint", "DescribeEndpointConfig", "ListTags"])
def test_what_may_not_be_read_is_an_error_and_no_reason_to_create(operation: str, live: Any) -> None:
    live.failing[operation] = ("AccessDeniedException", "not allowed")
    with pytest.raises(ClientError, match="not allowed"):
        live.deliver()
    assert (live.live_version, len(live.backend.endpoint_configs)) == (1, 1)


def test_a_discarded_release_that_cannot_be_deleted_is_an_error(live: Any) -> None:
    live.deliver()
    live.endpoint.endpoint_config_name = "scones-vehicles-v1-00000000"
    live.failing["DeleteEndpointConfig"] = ("AccessDeniedException", "not allowed")
    with pytest.raises(ClientError, match="not allowed"):
        live.deliver()


@pytest.fixture
def deliver_beside(live: Any, sdk: Any) -> Callable[[str], list[str]]:
    """Let a call look at version 2, which was rolled back, while another begins to deploy it before an operation.

    Answers what the call has changed.
    """

    def begin_elsewhere(**_: Any) -> None:
        live.endpoint.endpoint_status = "Updating"

    def deliver(operation: str) -> list[str]:
        first = live.endpoint.endpoint_config_name
        live.deliver()
        live.endpoint.endpoint_config_name = first
        sdk.hook(live.client, f"before-call.sagemaker.{operation}", begin_elsewhere, first=True)
        live.calls.clear()
        live.deliver()
        changed: list[str] = live.changes()
        return changed

    return deliver


def test_a_rolled_back_release_that_a_parallel_call_deploys_again_is_not_discarded(
    live: Any, deliver_beside: Callable[[str], list[str]]
) -> None:
    """It was approved again after this call had read the registry, and before it deletes."""
    changed = deliver_beside("DescribeEndpointConfig")
    assert not [name for name in changed if name.startswith("Delete")]
    assert len(live.backend.endpoint_configs) == 2


def test_a_release_that_a_parallel_call_begins_while_it_is_discarded_is_there_again(
    deliver_beside: Callable[[str], list[str]],
) -> None:
    """That call had found the configuration, and its update began before it was deleted here."""
    changed = deliver_beside("DeleteEndpointConfig")
    assert changed == ["DeleteEndpointConfig", "DeleteModel", "CreateModel", "CreateEndpointConfig"]


@pytest.mark.parametrize("with_model", [False, True])
def test_what_serves_gets_a_configuration_again_that_was_deleted(live: Any, with_model: bool) -> None:
    live.deliver()
    name = live.endpoint.endpoint_config_name
    before = live.client.describe_endpoint_config(EndpointConfigName=name)
    live.client.delete_endpoint_config(EndpointConfigName=name)
    if with_model:
        live.client.delete_model(ModelName=name)

    assert live.deliver().action == "restore"

    after = live.client.describe_endpoint_config(EndpointConfigName=name)
    assert after["ProductionVariants"] == before["ProductionVariants"]
    assert live.client.describe_model(ModelName=name)["ModelName"] == name
    assert live.live_version == 2
    assert live.deliver().action == "keep"


def test_a_live_configuration_that_somebody_deleted_is_not_relied_on(live: Any) -> None:
    del live.backend.endpoint_configs[live.endpoint.endpoint_config_name]
    live.deliver()
    excluded = live.sent("UpdateEndpoint")["ExcludeRetainedVariantProperties"]
    assert excluded == [{"VariantPropertyType": "DataCaptureConfig"}]


def test_a_failed_endpoint_that_stays_is_waited_for_and_then_left_to_the_next_event(
    live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = find_live(live.client, "scones-vehicles")
    assert version is not None
    monkeypatch.setattr(live.client, "delete_endpoint", lambda **_: None)
    naps: list[float] = []
    with pytest.raises(EndpointBusy, match="still being deleted"):
        replace_endpoint(live.client, live.settings, plan_release(version, live.settings), naps.append)
    assert sum(naps) == 40
