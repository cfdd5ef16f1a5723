"""Which version should serve follows from the registry alone."""

from datetime import UTC, datetime
from typing import Any

from deploy_model.versions import Version, choose, list_approved

GROUP = "scones-vehicles"


def version(number: int, minute: int) -> Version:
    return Version(number, f"arn/{number}", datetime(2026, 1, 1, 0, minute, tzinfo=UTC))


def test_the_version_approved_last_is_chosen_and_not_the_highest() -> None:
    assert choose([version(1, 5), version(3, 2), version(2, 4)]) == version(1, 5)


def test_of_two_approved_at_the_same_moment_the_higher_is_chosen() -> None:
    assert choose([version(2, 1), version(10, 1), version(9, 1)]) == version(10, 1)


def test_without_an_approved_version_none_is_chosen() -> None:
    assert choose([]) is None


def test_only_approved_versions_are_listed_with_their_origin(world: Any, versions: list[str]) -> None:
    world.approve(versions[1])
    world.reject(versions[2])
    (approved,) = list_approved(world.client, GROUP)
    assert (approved.number, approved.arn) == (2, versions[1])
    assert (approved.execution, approved.commit) == ("abc123", "f00d")


def test_a_version_that_aws_still_validates_is_left_out(world: Any, versions: list[str]) -> None:
    world.approve(versions[0])
    world.backend.model_packages[versions[0]].model_package_status = "InProgress"
    assert list_approved(world.client, GROUP) == []


def test_every_page_of_the_registry_is_read(world: Any) -> None:
    arns = [world.register("Approved") for _ in range(103)]
    assert {item.arn for item in list_approved(world.client, GROUP)} == set(arns)


def test_a_version_of_another_origin_is_known_by_its_metadata_properties(world: Any) -> None:
    world.client.create_model_package(
        ModelPackageGroupName=GROUP,
        ModelApprovalStatus="Approved",
        MetadataProperties={"CommitId": "c0ffee", "GeneratedBy": "arn:aws:sagemaker:::pipeline/p/execution/xyz"},
    )
    world.register("Approved")
    first, _ = sorted(list_approved(world.client, GROUP), key=lambda item: item.number)
    assert (first.execution, first.commit) == ("xyz", "c0ffee")
