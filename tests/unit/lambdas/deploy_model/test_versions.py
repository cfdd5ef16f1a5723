"""Which version should serve follows from the registry alone."""

from typing import Any

from deploy_model.versions import find_live, read_version

from common.live_model import list_approved

GROUP = "scones-vehicles"


def test_without_an_approved_version_none_is_chosen(world: Any) -> None:
    assert find_live(world.client, GROUP) is None


def test_the_version_approved_last_is_chosen_with_its_origin(world: Any, versions: list[str]) -> None:
    world.approve(versions[1])
    world.reject(versions[2])
    approved = find_live(world.client, GROUP)
    assert approved is not None
    assert (approved.number, approved.arn) == (2, versions[1])
    assert (approved.execution, approved.commit) == ("abc123", "f00d")


def test_every_page_of_the_registry_is_read(world: Any) -> None:
    arns = [world.register("Approved") for _ in range(103)]
    assert {item["ModelPackageArn"] for item in list_approved(world.client, GROUP)} == set(arns)


def test_a_version_of_another_origin_is_known_by_its_metadata_properties(world: Any) -> None:
    world.client.create_model_package(
        ModelPackageGroupName=GROUP,
        ModelApprovalStatus="Approved",
        MetadataProperties={"CommitId": "c0ffee", "GeneratedBy": "arn:aws:sagemaker:::pipeline/p/execution/xyz"},
    )
    (package,) = list_approved(world.client, GROUP)
    version = read_version(package)
    assert (version.execution, version.commit) == ("xyz", "c0ffee")
