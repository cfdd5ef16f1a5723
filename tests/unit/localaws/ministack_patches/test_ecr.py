"""The local ECR keeps what is uploaded, and refuses in AWS's codes what AWS refuses."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from ministack.services import ecr

from localaws.ministack_patches import ecr as patched

Document = dict[str, Any]
Call = Callable[..., tuple[int, Document]]
PLACE = "repository with name 'cakes' in the registry with id '000000000000'"


@pytest.fixture
def call(apply: Callable[[ModuleType], None]) -> Iterator[Call]:
    """Call an operation of a registry that has one repository, `cakes`; answers status and document."""
    apply(patched)
    ecr._create_repository({"repositoryName": "cakes", "imageTagMutability": "IMMUTABLE"})

    def ask(operation: str, **request: object) -> tuple[int, Document]:
        status, _, body = getattr(ecr, operation)({"repositoryName": "cakes", **request})
        return status, json.loads(body)

    yield ask
    ecr.reset()


def _upload(call: Call, content: bytes, *, size: int = 4) -> str:
    """Upload a layer in parts; answers its digest."""
    upload = call("_initiate_layer_upload")[1]["uploadId"]
    for first in range(0, len(content), size):
        part = content[first : first + size]
        blob = base64.b64encode(part).decode()
        status, _ = call(
            "_upload_layer_part",
            uploadId=upload,
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=blob,
        )
        assert status == 200
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    status, said = call("_complete_layer_upload", uploadId=upload, layerDigests=[digest])
    assert (status, said.get("layerDigest")) == (200, digest), said
    return digest


def _manifest(*digests: str) -> str:
    config, *layers = ({"digest": digest, "size": 1} for digest in digests)
    return json.dumps({"schemaVersion": 2, "config": config, "layers": layers})


def test_an_image_is_found_by_its_tag_once_its_layers_and_manifest_are_there(call: Call) -> None:
    config, layer = _upload(call, b"{}"), _upload(call, b"flour and butter")
    assert call("_put_image", imageManifest=_manifest(config, layer), imageTag="one")[0] == 200
    status, said = call("_describe_images", imageIds=[{"imageTag": "one"}])
    assert (status, said["imageDetails"][0]["imageTags"]) == (200, ["one"])
    layers = call("_batch_check_layer_availability", layerDigests=[layer, "sha256:0"])[1]["layers"]
    assert [entry["layerAvailability"] for entry in layers] == ["AVAILABLE", "UNAVAILABLE"]
    assert layers[0]["layerSize"] == len(b"flour and butter")


def test_a_tag_that_is_not_there_is_refused_and_not_answered_with_nothing(call: Call) -> None:
    status, said = call("_describe_images", imageIds=[{"imageTag": "two"}])
    assert (status, said["__type"]) == (400, "ImageNotFoundException")
    assert said["message"] == (
        f"The image with imageId {{imageDigest:'null', imageTag:'two'}} does not exist within the {PLACE}"
    )
    status, said = call("_describe_images", repositoryName="pies", imageIds=[{"imageTag": "two"}])
    assert (status, said["__type"]) == (400, "RepositoryNotFoundException")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"imageManifest": "{}"}, "InvalidParameterException"),
        ({"imageManifest": "no JSON"}, "InvalidParameterException"),
        ({"imageDigest": "sha256:other"}, "ImageDigestDoesNotMatchException"),
        ({"imageManifest": _manifest("sha256:a", "sha256:b")}, "LayersNotFoundException"),
        ({}, "ImageAlreadyExistsException"),
    ],
)
def test_a_manifest_that_cannot_be_put_is_refused(call: Call, changes: Document, code: str) -> None:
    manifest = _manifest(_upload(call, b"{}"), _upload(call, b"layer"))
    assert call("_put_image", imageManifest=manifest, imageTag="one")[0] == 200
    status, said = call("_put_image", **{"imageManifest": manifest, "imageTag": "one", **changes})
    assert (status, said["__type"]) == (400, code)


def test_a_tag_that_another_image_has_stays_where_tags_are_immutable(call: Call) -> None:
    config = _upload(call, b"{}")
    assert call("_put_image", imageManifest=_manifest(config), imageTag="one")[0] == 200
    status, said = call("_put_image", imageManifest=_manifest(config, _upload(call, b"x")), imageTag="one")
    assert (status, said["__type"]) == (400, "ImageTagAlreadyExistsException")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"partFirstByte": 1, "partLastByte": 2, "layerPartBlob": "YWI="}, "InvalidLayerPartException"),
        ({"partFirstByte": 0, "partLastByte": 5, "layerPartBlob": "YWI="}, "InvalidLayerPartException"),
        ({"partFirstByte": 0, "partLastByte": 1, "layerPartBlob": "?"}, "InvalidLayerPartException"),
        (
            {"uploadId": "none", "partFirstByte": 0, "partLastByte": 1, "layerPartBlob": "YWI="},
            "UploadNotFoundException",
        ),
    ],
)
def test_a_part_that_does_not_follow_is_refused(call: Call, part: Document, code: str) -> None:
    upload = call("_initiate_layer_upload")[1]["uploadId"]
    status, said = call("_upload_layer_part", **{"uploadId": upload, **part})
    assert (status, said["__type"]) == (400, code)


def test_an_upload_is_completed_once_by_the_digest_of_what_was_sent(call: Call) -> None:
    _upload(call, b"layer")
    empty = call("_initiate_layer_upload")[1]["uploadId"]
    assert call("_complete_layer_upload", uploadId=empty, layerDigests=["sha256:0"])[1]["__type"] == (
        "EmptyUploadException"
    )
    blob = base64.b64encode(b"layer").decode()
    call("_upload_layer_part", uploadId=empty, partFirstByte=0, partLastByte=4, layerPartBlob=blob)
    for digests, code in (
        (["sha256:0"], "InvalidLayerException"),
        ([f"sha256:{hashlib.sha256(b'layer').hexdigest()}"], "LayerAlreadyExistsException"),
    ):
        assert call("_complete_layer_upload", uploadId=empty, layerDigests=digests)[1]["__type"] == code


def test_a_deleted_repository_leaves_no_layer_to_the_next_one_of_its_name(call: Call) -> None:
    digest = _upload(call, b"layer")
    assert call("_delete_repository", force=True)[0] == 200
    assert call("_create_repository")[0] == 200
    layers = call("_batch_check_layer_availability", layerDigests=[digest])[1]["layers"]
    assert layers[0]["layerAvailability"] == "UNAVAILABLE"
