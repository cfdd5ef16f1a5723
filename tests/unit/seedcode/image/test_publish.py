"""The image: named by its content, and named only when ECR's scan of it is in."""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tarfile
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from seedcode.commands import image
from seedcode.errors import ImageError
from seedcode.image import docker, publish
from seedcode.image.content import CHECKOUT, DOCKERFILE, USER, check_base, list_files, tag
from seedcode.image.findings import FILE
from seedcode.image.registry import Registry

Document = dict[str, Any]
AWS = "https://api.ecr.us-east-1.amazonaws.com"
URI = "000000000000.dkr.ecr.us-east-1.amazonaws.com/scones"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What the image is made of, in a folder of its own, and which findings are accepted."""
    for path in (*list_files(), FILE):
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


DIGEST = "@sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("base", "allowed"),
    [
        ("FROM public.ecr.aws/docker/library/python:3.11-slim" + DIGEST, True),
        (f"FROM --platform=linux/amd64 {URI}{DIGEST}", True),
        (f"FROM {URI}{DIGEST} AS build\nFROM build", True),
        ("FROM python:3.11-slim" + DIGEST, False),
        ("FROM docker.io/library/python:3.11-slim" + DIGEST, False),
        ("FROM public.ecr.aws/docker/library/python:3.11-slim", False),
        (f"FROM {URI}{DIGEST} AS build\nfrom ghcr.io/one/two{DIGEST}", False),
        ("FROM evil.example/public.ecr.aws/python" + DIGEST, False),
    ],
)
def test_a_base_comes_from_ecr_by_its_digest_on_a_laptop_as_well(base: str, allowed: bool, root: Path) -> None:
    (root / DOCKERFILE).write_text(base + "\n", encoding="utf-8")
    if allowed:
        check_base(root)
        return
    with pytest.raises(ImageError, match=r"begins from \S+; take it from public\.ecr\.aws"):
        publish.publish(cast("Registry", None), USER, print, root)


def basic(name: str, package: str, severity: str = "CRITICAL") -> Document:
    """A finding of a basic scan, which says nothing of a fix."""
    attributes = [{"key": "package_name", "value": package}, {"key": "package_version", "value": "1.0"}]
    return {"name": name, "severity": severity, "attributes": attributes}


def enhanced(name: str, fixed: str, version: str | None = None, severity: str = "CRITICAL") -> Document:
    """A finding of an enhanced scan."""
    package = {"name": "pillow", "version": "1.0", **({"fixedInVersion": version} if version else {})}
    details = {"vulnerabilityId": name, "vulnerablePackages": [package]}
    return {"severity": severity, "fixAvailable": fixed, "packageVulnerabilityDetails": details}


class Ecr:
    """A repository in memory that answers as ECR does."""

    def __init__(
        self, *tags: str, findings: Sequence[Document] = (), status: str = "COMPLETE", endpoint: str = AWS
    ) -> None:
        self.tags = set(tags)
        self.findings = findings
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

    def describe_image_scan_findings(self, imageId: dict[str, str], **_: str) -> Document:
        assert imageId["imageTag"] in self.tags
        return {"imageScanStatus": {"status": self.status, "description": "of no kind that is known"}}

    def get_paginator(self, operation: str) -> Any:
        """One finding a page, in the member that its kind of scan fills."""
        assert operation == "describe_image_scan_findings"
        kind = {True: "enhancedFindings", False: "findings"}
        pages = [{"imageScanFindings": {kind["fixAvailable" in one]: [one]}} for one in self.findings]
        return SimpleNamespace(paginate=lambda **_: pages)

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


def _publish(ecr: Ecr, root: Path, monkeypatch: pytest.MonkeyPatch, say: Callable[[str], None] = lambda _: None) -> str:
    monkeypatch.setattr(docker, "push", lambda uri: ecr.tags.add(uri.rpartition(":")[2]))
    return publish.publish(Registry(ecr, URI), 1000, say, root)


def test_an_image_is_built_scanned_and_then_named(
    engine: list[tuple[str, ...]], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr = Ecr(findings=[basic("CVE-1", "zlib", "HIGH"), enhanced("CVE-2", "YES", "2.0", "HIGH")])
    assert _publish(ecr, root, monkeypatch) == f"{URI}:{tag(1000, root)}"
    assert ecr.tags == {tag(1000, root)}
    assert engine[0] == ("login", "--username", "AWS", "--password-stdin", URI.partition("/")[0], "sesame")
    assert engine[1][:1] == ("build",)
    assert "RUN_AS=1000" in engine[1]


def test_an_image_that_is_there_is_not_built_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker, "has_engine", lambda: pytest.fail("Docker was asked"))
    assert _publish(Ecr(tag(1000, root)), root, monkeypatch).endswith(tag(1000, root))


def test_an_image_that_cannot_be_scanned_is_never_named(
    engine: list[tuple[str, ...]], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecr = Ecr(status="UNSUPPORTED_IMAGE")
    with pytest.raises(ImageError, match="could not scan"):
        _publish(ecr, root, monkeypatch)
    assert engine
    assert ecr.tags == set()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("finding", "upgradable", "fix"),
    [
        (basic("CVE-2026-1", "openssl"), {"openssl", "zlib"}, "CVE-2026-1 in openssl, fixed by a newer Debian package"),
        (enhanced("CVE-2026-1", "YES", "2.0.1"), set(), "CVE-2026-1 in pillow, fixed by 2.0.1"),
        (enhanced("CVE-2026-1", "PARTIAL"), set(), "CVE-2026-1 in pillow, fixed by a newer package"),
    ],
)
def test_a_critical_finding_that_has_a_fix_stops_the_image_unless_it_is_accepted(
    finding: Document, upgradable: set[str], fix: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "list_upgradable", lambda _: upgradable)
    ecr = Ecr(findings=[finding])
    with pytest.raises(ImageError, match=f"{re.escape(fix)}. Take a newer base image"):
        _publish(ecr, root, monkeypatch)
    assert ecr.tags == set()

    entry = "- {cve: CVE-2026-1, reason: It is not reached., expires: 9999-12-31}"
    (root / FILE).write_text(entry, encoding="utf-8")
    assert _publish(ecr, root, monkeypatch).endswith(tag(1000, root))


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("finding", [basic("CVE-2023-45853", "zlib"), enhanced("CVE-2023-45853", "NO", "NotAvailable")])
def test_a_critical_finding_without_a_fix_is_reported_and_stops_nothing(
    finding: Document, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's slim images have such findings for months, and the first build of a new project would end with them."""
    monkeypatch.setattr(docker, "list_upgradable", lambda _: {"openssl"})
    said: list[str] = []
    ecr = Ecr(findings=[finding])
    assert _publish(ecr, root, monkeypatch, said.append).endswith(tag(1000, root))
    assert "The scan found 1 CRITICAL." in said
    assert any("CVE-2023-45853" in line and line.endswith("has no fix, and stops nothing.") for line in said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {cve: CVE-1, reason: none, expires: 2026-01-31}", "accepts CVE-1 until 2026-01-31, which is over"),
        ("- {cve: CVE-1, reason: none}", "each has cve, reason and expires"),
        ("- {cve: CVE-1, reason: none, expires: soon}", "until 'soon'; write a day such as 2027-01-31"),
        ("- {cve: CVE-1, reason: none, expires: 2027-01-31 10:00:00}", "write a day such as"),
        ("- {cve: CVE-1, reason: '', expires: 2027-01-31}", "its reason must be a text"),
        ("cve: CVE-1", "it must be a list"),
        ("[", "is no YAML"),
    ],
)
def test_a_list_of_accepted_findings_that_is_over_or_not_whole_stops_the_build_before_it_begins(
    text: str, said: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "has_engine", lambda: pytest.fail("Docker was asked"))
    (root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ImageError, match=said):
        publish.publish(Registry(Ecr(tag(1000, root)), URI), 1000, lambda _: None, root)


def test_an_image_is_asked_for_the_sources_of_the_packages_that_debian_has_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = {
        "apt-get": 'test "$1" = update || printf "Inst libssl3t64 [3.5.1] (3.5.7 Debian:13)\\nConf libssl3t64\\n"',
        "dpkg-query": 'test "$*" = "--show --showformat=\\${source:Package}\n libssl3t64" && echo openssl',
        # Docker runs what follows the entry point in the image; here it runs beside it.
        "docker": 'while test "$1" != -c; do shift; done; exec sh "$@"',
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "stderr", sys.__stderr__)
    assert docker.list_upgradable("image") == {"openssl"}
    (tmp_path / "apt-get").write_text("#!/bin/sh\n", encoding="utf-8")
    assert docker.list_upgradable("image") == set()


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
