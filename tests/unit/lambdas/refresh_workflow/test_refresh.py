"""A refresh brings everything in line with the live version, and a second one changes nothing."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from refresh_workflow.errors import RefreshError

INFERENCE = "arn:aws:states:us-east-1:123456789012:stateMachine:scones-inference"
PUBLICATION = ["UpdateStateMachine", "UpdateStateMachineAlias"]


def running(world: Any) -> dict[str, Any]:
    """What the alias of the inference workflow runs."""
    (route,) = world.states.aliases[f"{INFERENCE}:live"]
    assert route["weight"] == 100
    definition: dict[str, Any] = json.loads(world.states.versions[route["stateMachineVersionArn"]]["definition"])
    return definition["States"]["Classify"]


def test_the_first_refresh_publishes_points_the_alias_and_scales(world: Any) -> None:
    summary = world.refresh()
    assert (summary.model_version, summary.published) == ("1", ["inference", "bulk"])
    assert summary.scaling == ["target", "policy"]
    assert running(world)["Parameters"] == {"endpoint": "scones-vehicles", "version": "1"}
    assert running(world)["Resource"].endswith("scones-classify-image")
    assert world.changes() == [
        *(["UpdateStateMachine", "UpdateStateMachineAlias", "CreateStateMachineAlias"] * 2),
        "RegisterScalableTarget",
        "PutScalingPolicy",
    ]


def test_a_second_refresh_makes_no_call_that_changes_anything(world: Any) -> None:
    world.refresh()
    world.changes()
    summary = world.refresh()
    assert (summary.published, summary.scaling, summary.deleted_releases, summary.deleted_versions) == ([], [], [], [])
    assert world.changes() == []


def test_another_version_is_published_and_scaling_left_alone(world: Any) -> None:
    world.refresh()
    world.release(2)
    world.serve(2)
    world.changes()
    assert world.refresh().model_version == "2"
    assert running(world)["Parameters"]["version"] == "2"
    assert world.changes() == PUBLICATION * 2


def test_a_definition_that_differs_in_layout_only_is_the_same(world: Any) -> None:
    world.refresh()
    for version in world.states.versions.values():
        version["definition"] = json.dumps(json.loads(version["definition"]), indent=4, sort_keys=True)
    assert world.refresh().published == []


def test_a_stack_update_that_puts_the_template_back_does_not_disturb_what_the_alias_runs(world: Any) -> None:
    world.refresh()
    world.states.machines[INFERENCE]["definition"] = "{}"
    assert world.refresh().published == []


def test_a_role_that_the_stack_changed_is_published(world: Any) -> None:
    world.refresh()
    world.states.machines[INFERENCE]["roleArn"] = "another"
    assert world.refresh().published == ["inference"]


def test_an_alias_that_runs_a_version_that_is_gone_is_pointed_anew(world: Any) -> None:
    world.refresh()
    world.states.versions.clear()
    assert world.refresh().published == ["inference", "bulk"]
    assert running(world)


def test_a_refresh_that_was_cut_off_before_the_alias_moved_is_finished_by_the_next(world: Any) -> None:
    world.refresh()
    world.release(2)
    world.serve(2)
    world.clients.states.update_state_machine_alias = None
    with pytest.raises(TypeError):
        world.refresh()
    del world.clients.states.update_state_machine_alias
    world.refresh()
    assert running(world)["Parameters"]["version"] == "2"


def test_another_threshold_of_scaling_is_registered_again(world: Any) -> None:
    world.refresh()
    assert world.refresh(MAX_INSTANCES="6").scaling == ["target"]
    assert world.refresh(MAX_INSTANCES="6", INVOCATIONS_PER_INSTANCE="900").scaling == ["policy"]


def test_scaling_tracks_invocations_per_instance(world: Any) -> None:
    world.refresh()
    (policy,) = world.clients.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert policy["ResourceId"] == "endpoint/scones-vehicles/variant/live"
    assert tracking["TargetValue"] == 600
    assert tracking["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    }


def test_old_releases_are_deleted_but_never_the_live_one_nor_anybody_else_s(world: Any) -> None:
    for version in (2, 3, 4):
        world.release(version)
    foreign = "scones-vehicles-vans"
    world.clients.sagemaker.create_model(ModelName=foreign, ExecutionRoleArn="arn:aws:iam::123456789012:role/r")
    assert world.refresh().deleted_releases == ["scones-vehicles-v2-00000002"]
    left = ["scones-vehicles-v1-00000001", "scones-vehicles-v3-00000003", "scones-vehicles-v4-00000004"]
    assert sorted(world.backend.endpoint_configs) == left
    assert sorted(world.backend._models) == sorted([*left, foreign])


def test_an_endpoint_that_goes_back_to_an_old_release_meanwhile_keeps_it(world: Any, sdk: Any) -> None:
    """The release that serves next was read before that, and is not among the newest."""
    for version in (2, 3, 4):
        world.release(version)
    endpoint = next(iter(world.backend.endpoints.values()))

    def go_back(**_: Any) -> None:
        endpoint.endpoint_config_name = "scones-vehicles-v2-00000002"

    sdk.hook(world.clients.sagemaker, "before-call.sagemaker.ListModels", go_back, first=True)
    assert world.refresh().deleted_releases == []
    assert "scones-vehicles-v2-00000002" in world.backend.endpoint_configs


def test_a_model_without_its_configuration_is_deleted_too(world: Any) -> None:
    for version in (2, 3, 4):
        world.release(version)
    del world.backend.endpoint_configs["scones-vehicles-v2-00000002"]
    world.refresh()
    assert "scones-vehicles-v2-00000002" not in world.backend._models


def test_old_versions_of_the_state_machines_are_deleted(world: Any) -> None:
    for version in (1, 2, 3, 4):
        if version > 1:
            world.release(version)
        world.serve(version)
        summary = world.refresh()
    assert len([arn for arn in world.states.versions if arn.startswith(INFERENCE)]) == 2
    assert len(summary.deleted_versions) == 2
    assert running(world)["Parameters"]["version"] == "4"


def test_a_version_that_somebody_s_alias_runs_stays(world: Any) -> None:
    world.refresh()
    world.states.foreign = set(world.states.versions)
    for version in (2, 3):
        world.release(version)
        world.serve(version)
        summary = world.refresh()
    assert summary.deleted_versions == []
    assert world.states.foreign <= set(world.states.versions)


OPERATIONS = [
    "DescribeStateMachineAlias",
    "DescribeStateMachine",
    "UpdateStateMachineAlias",
    "ListStateMachineVersions",
]


@pytest.mark.parametrize("operation", [*OPERATIONS, "DeleteStateMachineVersion"])
def test_what_is_not_allowed_is_an_error_and_no_reason_to_create(operation: str, world: Any) -> None:
    for version in (1, 2, 3):
        if version > 1:
            world.release(version)
        world.serve(version)
        if version < 3:
            world.refresh()
    world.changes()
    world.states.forbidden.add(operation)
    with pytest.raises(ClientError, match="AccessDenied"):
        world.refresh()
    assert "CreateStateMachineAlias" not in world.changes()


def test_an_endpoint_that_is_changing_again_is_left_alone(world: Any) -> None:
    world.backend.endpoints["scones-vehicles"].endpoint_status = "Updating"
    assert world.refresh().endpoint_status == "Updating"
    assert world.changes() == []


def test_a_configuration_of_another_making_is_refused_with_what_to_do(world: Any) -> None:
    world.backend.endpoint_configs["scones-vehicles-v1-00000001"].tags = []
    with pytest.raises(RefreshError, match="has no tag scones:version"):
        world.refresh()


def test_a_template_that_cannot_be_filled_in_changes_nothing(world: Any) -> None:
    (world.folder / "bulk.asl.json").write_text('{"a": "${Nobody}"}')
    with pytest.raises(RefreshError, match="asks for Nobody"):
        world.refresh()
    assert world.changes() == []


def test_before_the_first_approval_there_is_nothing_to_do(world: Any) -> None:
    assert world.refresh(ENDPOINT_NAME="another").endpoint_status == "Missing"
    assert world.changes() == []


@pytest.mark.parametrize("operation", ["UpdateStateMachine", "UpdateStateMachineAlias", "DescribeStateMachineAlias"])
def test_a_refresh_that_broke_off_is_completed_by_the_event_s_next_delivery(world: Any, operation: str) -> None:
    world.refresh()
    world.release(2)
    world.serve(2)
    world.states.forbidden.add(operation)
    with pytest.raises(ClientError):
        world.refresh()
    world.states.forbidden.clear()
    world.refresh()
    assert running(world)["Parameters"]["version"] == "2"
    world.changes()
    world.refresh()
    assert world.changes() == []


def test_the_late_event_of_an_older_version_does_not_bring_it_back(world: Any) -> None:
    world.refresh()
    world.release(2)
    world.serve(2)
    for _ in ("version 2's event", "version 1's, late", "version 2's, again"):
        world.refresh()
    assert running(world)["Parameters"]["version"] == "2"
    assert world.states.published == 4, "two workflows, two versions"
