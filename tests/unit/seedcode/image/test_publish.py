"""The image: named by its content, and named only when ECR's scan of it is in."""

import gzip
import hashlib
import io
import json
import re
import shutil
import tarfile
from argparse import ArgumentParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from seedcode.commands import image
from seedcode.image import docker, publish
from seedcode.image.content import CHECKOUT, DOCKERFILE, USER, list_files, tag
from seedcode.image.errors import ImageError
from seedcode.image.registry import Registry

AWS = "https://api.ecr.us-east-1.amazonaws.com"
URI = "000000000000.dkr.ecr.us-east-1.amazonaws.com/scones"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What the image is made of, in a folder of its own."""
    for path in list_files():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / path, tmp_path / path)
    return tmp_path


@pytest.mark.parametrize("change", ["seedcode/Dockerfile", "requirements/container.lock", "processing/new.py"])
def test_another_content_has_another_tag(change: str, root: Path) -> None:
    before = tag(1000, root)
    assert before == tag(1000, CHECKOUT)
    with (root / change).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert tag(1000, root) != before


def test_another_user_has_another_tag_and_what_python_leaves_behind_has_not(root: Path) -> None:
    before = tag(1000, root)
    (root / "processing" / "__pycache__").mkdir()
    (root / "processing" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert tag(1000, root) == before
    assert tag(0, root) != before


class Ecr:
    """A repository in memory that answers as ECR does."""

    def __init__(
        self, *tags: str, findings: dict[str, int] | None = None, status: str = "COMPLETE", endpoint: str = AWS
    ) -> None:
        self.tags = set(tags)
        self.findings = findings or {}
        self.status = status
        self.meta = SimpleNamespace(endpoint_url=endpoint)
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, dict[str, Any]] = {}

    def describe_images(self, repositoryName: str, imageIds: list[dict[str, str]]) -> None:
        assert repositoryName == "scones"
        if imageIds[0]["imageTag"] not in self.tags:
            raise ClientError({"Error": {"Code": "ImageNotFoundException", "Message": ""}}, "DescribeImages")

    def get_authorization_token(self) -> dict[str, Any]:
        return {"authorizationData": [{"authorizationToken": "QVdTOnNlc2FtZQ=="}]}  # AWS:sesame

    def describe_image_scan_findings(self, imageId: dict[str, str], **_: str) -> dict[str, Any]:
        assert imageId["imageTag"] in self.tags
        return {
            "imageScanStatus": {"status": self.status, "description": "of no kind that is known"},
            "imageScanFindings": {"findingSeverityCounts": self.findings},
        }

    def batch_get_image(self, imageIds: list[dict[str, str]], **_: str) -> dict[str, Any]:
        return {"images": [{"imageManifest": f"manifest of {imageIds[0]['imageTag']}"}]}

    def put_image(self, imageManifest: str, imageTag: str, **_: str) -> None:
        if self.meta.endpoint_url == AWS:
            assert imageManifest == f"manifest of scan-{imageTag}"
        else:
            self.manifests[imageTag] = json.loads(imageManifest)
        self.tags.add(imageTag)

    def batch_check_layer_availability(self, layerDigests: list[str], **_: str) -> dict[str, Any]:
        there = {True: "AVAILABLE", False: "UNAVAILABLE"}
        layers = [{"layerDigest": one, "layerAvailability": there[one in self.blobs]} for one in layerDigests]
        return {"layers": layers}

    def initiate_layer_upload(self, **_: str) -> dict[str, Any]:
        self.blobs["upload"] = b""
        return {"uploadId": "upload", "partSize": 1000}

    def upload_layer_part(self, partFirstByte: int, partLastByte: int, layerPartBlob: bytes, **_: str) -> None:
        assert (partFirstByte, partLastByte + 1 - partFirstByte) == (len(self.blobs["upload"]), len(layerPartBlob))
        self.blobs["upload"] += layerPartBlob

    def complete_layer_upload(self, layerDigests: list[str], **_: str) -> None:
        content = self.blobs.pop("upload")
        assert layerDigests == [f"sha256:{hashlib.sha256(content).hexdigest()}"]
        self.blobs[layerDigests[0]] = content

    def batch_delete_image(self, imageIds: list[dict[str, str]], **_: str) -> None:
        self.tags.discard(imageIds[0]["imageTag"])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What Docker was asked; it pushes to the repository that the test has."""
    asked: list[tuple[str, ...]] = []

    def ask(*words: str, given: str | None = None) -> None:
        asked.append((*words, given) if given else words)

    monkeypatch.setattr(docker, "_docker", ask)
    monkeypatch.setattr(docker, "has_engine", lambda: True)
    return asked


def _publish(ecr: Ecr, root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(docker, "push", lambda uri: ecr.tags.add(uri.rpartition(":")[2]))
    return publish.publish(Registry(ecr, URI), 1000, lambda _: None, root)


def test_an_image_is_built_scanned_and_then_named(
    engine: list[tuple[str, ...]], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr = Ecr(findings={"HIGH": 2})
    assert _publish(ecr, root, monkeypatch) == f"{URI}:{tag(1000, root)}"
    assert ecr.tags == {tag(1000, root)}
    assert engine[0] == ("login", "--username", "AWS", "--password-stdin", URI.partition("/")[0], "sesame")
    assert engine[1][:1] == ("build",)
    assert "RUN_AS=1000" in engine[1]


def test_an_image_that_is_there_is_not_built_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker, "has_engine", lambda: pytest.fail("Docker was asked"))
    assert _publish(Ecr(tag(1000, root)), root, monkeypatch).endswith(tag(1000, root))


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("ecr", "said"),
    [(Ecr(findings={"CRITICAL": 1}), "1 critical weakness"), (Ecr(status="UNSUPPORTED_IMAGE"), "could not scan")],
)
def test_an_image_that_is_weak_or_cannot_be_scanned_is_never_named(
    ecr: Ecr, said: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ImageError, match=said):
        _publish(ecr, root, monkeypatch)
    assert ecr.tags == set()


def test_without_a_docker_engine_it_says_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker, "has_engine", lambda: False)
    with pytest.raises(ImageError, match=r"No Docker engine answers.*SCONES_NO_IMAGE=true"):
        _publish(Ecr(), root, monkeypatch)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:4566", "http://localhost:4566"])
def test_a_laptop_s_registry_gets_an_image_of_this_environment_under_the_tag_that_aws_has(
    endpoint: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "has_engine", lambda: pytest.fail("Docker was asked"))
    ecr = Ecr(endpoint=endpoint)

    assert publish.publish(Registry(ecr, URI), USER, lambda _: None, root) == f"{URI}:{tag(USER, root)}"

    manifest = ecr.manifests[tag(USER, root)]
    config, layer = (ecr.blobs[entry["digest"]] for entry in (manifest["config"], *manifest["layers"]))
    assert [entry["size"] for entry in (manifest["config"], *manifest["layers"])] == [len(config), len(layer)]
    said, files = json.loads(config), gzip.decompress(layer)
    assert said["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(files).hexdigest()}"]
    labels = said["config"]["Labels"]
    assert labels["scones.tag"] == tag(USER, root)
    lock = (root / "requirements" / "container.lock").read_bytes()
    assert labels["scones.lock"] == f"sha256:{hashlib.sha256(lock).hexdigest()}"
    assert "numpy==1.26.4" in labels["scones.packages"].split()
    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        assert "opt/program/monitoring/__main__.py" in archive.getnames()


def test_two_publishers_at_once_are_one_image(root: Path) -> None:
    ecr = Ecr(endpoint="http://127.0.0.1:4566")

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ImageTagAlreadyExistsException", "Message": ""}}, "PutImage")

    ecr.put_image = refuse  # type: ignore[method-assign, assignment]
    assert publish.publish(Registry(ecr, URI), USER, lambda _: None, root).endswith(tag(USER, root))


def test_the_image_runs_as_root_for_whom_sagemaker_mounts_and_as_another_user_where_that_is_asked_for() -> None:
    default = re.search(r"^ARG RUN_AS=(\d+)\nUSER \$\{RUN_AS\}$", (CHECKOUT / DOCKERFILE).read_text(), re.MULTILINE)
    assert default
    assert (int(default[1]), USER) == (0, 0)
    parser = ArgumentParser()
    image.add_arguments(parser)
    assert [parser.parse_args(words).user for words in ([], ["--user", "1000"])] == [0, 1000]
