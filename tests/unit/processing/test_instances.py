"""Several instances prepare together what one would prepare alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from PIL import Image

from common.jobs import Refusal
from common.recordio import read_records
from processing import options
from processing.__main__ import main
from processing.prepare import prepare
from processing.rendezvous import Rendezvous

if TYPE_CHECKING:
    from tests.unit.processing.conftest import Draft

HOSTS = ["algo-1", "algo-2", "algo-3"]
ADDRESS = "s3://bucket/runs/1/lst/parts/job-1"


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rendezvous]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="bucket")
        yield Rendezvous(ADDRESS, s3, timeout=0, pause=0)


def configure(folder: Path, host: str) -> None:
    folder.mkdir(parents=True)
    (folder / "resourceconfig.json").write_text(json.dumps({"current_host": host, "hosts": HOSTS}))
    output = {"OutputName": "lst", "S3Output": {"S3Uri": "s3://bucket/runs/1/lst", "LocalPath": "/opt/ml/x"}}
    job = {"ProcessingJobName": "job-1", "ProcessingOutputConfig": {"Outputs": [output]}}
    (folder / "processingjobconfig.json").write_text(json.dumps(job))


def names(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for split in ("train", "validation", "test")
        for path in (root / split).rglob("*.png")
    }


def gather(folder: Path, count: int) -> None:
    for number in range(count):
        path = folder / ("bicycle", "motorcycle")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (32, 32), (number, 7, 99)).save(path)


@pytest.fixture
def shards(draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]) -> Callable[[str, Rendezvous], None]:
    """Twelve curated images on one instance, and the same dealt to three, one of them to two instances."""
    draft.save(tmp_path / "archive")
    gather(tmp_path / "curated", 12)
    files = sorted((tmp_path / "curated").rglob("*.png"))
    for place, host in enumerate(HOSTS):
        configure(tmp_path / host / "config", host)
        for path in [*files[place::3], files[0]]:
            target = tmp_path / f"curated-{host}" / path.relative_to(tmp_path / "curated")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)

    def run(host: str, meeting: Rendezvous) -> None:
        prepare(options.parse(arguments(host, "--curated", str(tmp_path / f"curated-{host}"))), meeting)

    return run


def test_three_instances_write_the_union_that_one_writes(
    shards: Callable[[str, Rendezvous], None], meeting: Rendezvous, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    assert main(arguments("alone")) == 0
    for host in reversed(HOSTS):
        shards(host, meeting)
    union: dict[str, bytes] = {}
    for host in HOSTS:
        union |= names(tmp_path / host)
    assert union == names(tmp_path / "alone")


def test_the_first_instance_lists_everything_and_the_others_nothing(
    shards: Callable[[str, Rendezvous], None], meeting: Rendezvous, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    assert main(arguments("alone")) == 0
    for host in reversed(HOSTS):
        shards(host, meeting)
    for name in ("train.lst", "validation.lst", "test.lst"):
        assert (tmp_path / "algo-1/lst" / name).read_bytes() == (tmp_path / "alone/lst" / name).read_bytes()
    assert not list(tmp_path.glob("algo-[23]/lst/*"))
    manifest = json.loads((tmp_path / "algo-1/lst/manifest.json").read_text())
    assert manifest["duplicates_left_out"]["within_training"] == 2  # the image that all three were given


def test_archive_pictures_are_shared_out_without_overlap(
    shards: Callable[[str, Rendezvous], None], meeting: Rendezvous, tmp_path: Path
) -> None:
    for host in reversed(HOSTS):
        shards(host, meeting)
    written = [path.name for host in HOSTS for path in (tmp_path / host).rglob("t*_*.png")]
    assert len(written) == len(set(written)) == 50
    assert all(list((tmp_path / host / "train").rglob("train_*.png")) for host in HOSTS)


def test_each_instance_packs_its_own_share_under_its_own_name(
    shards: Callable[[str, Rendezvous], None], meeting: Rendezvous, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    shards("algo-3", meeting)
    folder = tmp_path / "rec"
    prepare(options.parse(arguments("algo-2", "--record-io", str(folder))), meeting)
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{split}_algo-2.rec" for split in ("test", "train", "validation")
    ]
    count = sum(1 for _ in read_records(folder / "test_algo-2.rec"))
    assert count == len(list((tmp_path / "algo-2/test").rglob("*.png")))


def test_an_instance_that_never_comes_ends_the_wait_in_words(
    shards: Callable[[str, Rendezvous], None], meeting: Rendezvous
) -> None:
    shards("algo-2", meeting)
    with pytest.raises(Refusal, match=r"no part from algo-3 came to s3://bucket/runs/1/lst/parts/job-1 within"):
        shards("algo-1", meeting)


def test_the_failure_of_another_instance_is_told_by_the_first(
    shards: Callable[[str, Rendezvous], None], meeting: Rendezvous, tmp_path: Path
) -> None:
    (tmp_path / "curated-algo-2/bicycle/bad.png").write_text("no image")
    shards("algo-3", meeting)
    with pytest.raises(Refusal, match="cannot be used"):
        shards("algo-2", meeting)
    with pytest.raises(Refusal, match=r"instance algo-2 failed: The curated image bicycle/bad.png"):
        shards("algo-1", meeting)


@pytest.mark.usefixtures("shards")
def test_the_meeting_place_is_found_in_the_jobs_own_configuration(
    meeting: Rendezvous, arguments: Callable[..., list[str]]
) -> None:
    for host in reversed(HOSTS):
        assert main(arguments(host, "--timeout", "0")) == 0
    listed = meeting.s3.list_objects_v2(Bucket="bucket", Prefix="runs/1/lst/")["Contents"]
    assert [each["Key"] for each in listed] == [f"runs/1/lst/parts/job-1/{host}.json" for host in HOSTS]


def test_a_bucket_that_is_not_there_is_told_with_what_to_do(
    shards: Callable[[str, Rendezvous], None], meeting: Rendezvous
) -> None:
    elsewhere = Rendezvous("s3://absent/lst/parts/job-1", meeting.s3, timeout=0, pause=0)
    with pytest.raises(Refusal, match="s3://absent/lst/parts/job-1 cannot be written"):
        shards("algo-2", elsewhere)
    with pytest.raises(Refusal, match="cannot be read"):
        elsewhere.collect(("algo-1",))


@pytest.mark.usefixtures("shards")
def test_a_job_without_an_output_named_lst_is_told_what_to_add(
    tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    (tmp_path / "algo-1/config/processingjobconfig.json").write_text("{}")
    assert main(arguments("algo-1")) == 1
    assert "names no S3 output called 'lst'" in (tmp_path / "algo-1/message").read_text()


def test_a_host_that_is_not_among_the_hosts_is_refused(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    config = tmp_path / "run/config"
    config.mkdir(parents=True)
    (config / "resourceconfig.json").write_text(json.dumps({"current_host": "algo-9", "hosts": HOSTS}))
    assert main(arguments()) == 1
    assert "names the host 'algo-9'" in (tmp_path / "run/message").read_text()


def test_a_configuration_that_is_not_json_is_refused(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.save(tmp_path / "archive")
    config = tmp_path / "run/config"
    config.mkdir(parents=True)
    (config / "resourceconfig.json").write_text("{")
    assert main(arguments()) == 1
    assert "is not JSON" in (tmp_path / "run/message").read_text()
