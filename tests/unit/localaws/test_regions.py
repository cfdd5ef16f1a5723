"""The local AWS of each region: made by the first change, found again, and nothing for who only reads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.events import Events
from localaws.regions import Regions, is_region
from localaws.settings import Settings
from localaws.store import Store


class World:
    """Regions of one home, and what was begun of them."""

    def __init__(self, settings: Settings) -> None:
        self.begun: list[str] = []
        self.regions = Regions(settings, self._make, lambda aws: self.begun.append(aws.settings.region))

    def _make(self, settings: Settings, store: Store, find: Any) -> Aws:
        return Aws(settings, store, Events(store, lambda _: None), None, regions=find)  # type: ignore[arg-type]

    def close(self) -> None:
        for aws in self.regions:
            aws.store.close()


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    made = World(settings)
    yield made
    made.close()


def names(world: World) -> list[str]:
    return [aws.settings.region for aws in world.regions]


def test_what_is_only_read_is_empty_and_leaves_nothing(world: World, settings: Settings) -> None:
    for operation in ("ListPipelines", "DescribePipeline", "GetSchedule", "BatchGetBuilds", "Search"):
        read = world.regions.for_operation("eu-west-1", operation)
        assert read.settings.region == "eu-west-1"
        read.store.put("any", "key", {})
    assert world.regions.for_operation("eu-west-1", "ListPipelines").store.all("any") == []
    assert (names(world), world.begun) == (["us-east-1"], [])
    assert not (settings.home / "regions").exists()


def test_the_first_change_makes_a_region_once(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: world.regions.for_operation("eu-west-1", "CreatePipeline"), range(8)))
    assert len(set(map(id, made))) == 1
    assert world.begun == ["eu-west-1"]
    assert world.regions.for_operation("eu-west-1", "ListPipelines") is made[0]


def test_equal_keys_are_kept_apart_and_found_again(world: World, settings: Settings) -> None:
    for name in ("us-east-1", "eu-west-1"):
        world.regions.get(name).store.put("any", "key", {"Region": name})
    world.close()
    again = World(settings)
    assert {aws.settings.region: aws.store.get("any", "key") for aws in again.regions} == {
        "us-east-1": {"Region": "us-east-1"},
        "eu-west-1": {"Region": "eu-west-1"},
    }
    assert again.begun == []  # the server goes on with what it finds
    again.close()


def test_an_arn_leads_to_its_region(world: World) -> None:
    home = world.regions.home
    there = home.of("arn:aws:sagemaker:eu-west-1:000000000000:pipeline/line")
    assert there is world.regions.get("eu-west-1")
    assert there.of("arn:aws:s3:::bucket") is there
    assert there.in_region("us-east-1") is home


def test_no_name_but_a_region_s_makes_a_folder(world: World, settings: Settings) -> None:
    for name in ("../../elsewhere", "eu-west-9", ""):
        with pytest.raises(AwsError, match="is no region of AWS"):
            world.regions.get(name)
    assert not (settings.home / "regions").exists()


def test_the_files_of_a_region_are_its_own(settings: Settings) -> None:
    there = settings.in_region("eu-west-1")
    own = [(each.database, each.jobs, each.builds, each.endpoints) for each in (settings, there)]
    assert set(own[0]).isdisjoint(own[1])
    assert (there.key_file, there.access_log, there.mail) == (settings.key_file, settings.access_log, settings.mail)


@pytest.mark.parametrize(
    ("name", "known"),
    [("us-east-1", True), ("eu-west-1", True), ("cn-north-1", False), ("aws-global", False), ("eu-west-9", False)],
)
def test_regions_are_those_of_aws_s_partition(name: str, known: bool) -> None:
    assert is_region(name) is known
