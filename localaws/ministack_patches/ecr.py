"""ECR: MiniStack keeps no layers, takes a manifest without its layers, and answers a missing tag with an empty list.

Here layers are kept, by the digest of their bytes, and requests are refused as AWS refuses them:
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html#API_PutImage_Errors
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html#API_DescribeImages_Errors
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html#API_CompleteLayerUpload_Errors
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Operation = Callable[[Document], Response]


def answer(content: Document) -> Response:
    """Answer with a document."""
    response: Response = json_response(content)
    return response


def refuse(code: str, message: str) -> Response:
    """Refuse with one of ECR's exceptions."""
    response: Response = error_response_json(code, message, 400)
    return response


def find_missing_repository(data: Document) -> Response | None:
    """Refuse a request to a repository that does not exist; None where it does."""
    name = data.get("repositoryName", "")
    if name in ecr._repositories:
        return None
    registry = ecr._registry_id()
    return refuse(
        "RepositoryNotFoundException",
        f"The repository with name '{name}' does not exist in the registry with id '{registry}'",
    )


def place(data: Document) -> str:
    """Name the repository of a request as ECR's messages do, after "the repository with"."""
    return f"name '{data.get('repositoryName', '')}' in the registry with id '{ecr._registry_id()}'"


# A list of images has manifests where an image has a configuration and layers.
_LISTS = ("application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json")


def patch(_: Aws) -> Patch:
    """Keep what is uploaded, and refuse what AWS refuses."""
    return Patch(
        replaces={
            ecr: {
                "_batch_check_layer_availability": lambda _: _check,
                "_complete_layer_upload": lambda _: _complete,
                "_delete_repository": lambda delete: partial(_delete, delete),
                "_describe_images": lambda describe: partial(_describe, describe),
                "_initiate_layer_upload": lambda initiate: partial(_initiate, initiate),
                "_put_image": lambda put: partial(_put, put),
                "_upload_layer_part": lambda _: _upload,
            }
        },
        reads={
            ecr: (
                *("_find_image", "_image_digest", "_images", "_layer_blobs", "_manifest_blobs", "_registry_id"),
                *("_repositories", "_uploads"),
            )
        },
    )


def _describe(describe: Operation, data: Document) -> Response:
    missing = find_missing_repository(data)
    for wanted in data.get("imageIds") or []:
        if missing is None and ecr._find_image(data["repositoryName"], wanted) is None:
            digest, tag = wanted.get("imageDigest", "null"), wanted.get("imageTag", "null")
            missing = refuse(
                "ImageNotFoundException",
                f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the "
                f"repository with {place(data)}",
            )
    return missing or describe(data)


def _put(put: Operation, data: Document) -> Response:
    return find_missing_repository(data) or _find_refusal(data) or put(data)


def _find_refusal(data: Document) -> Response | None:
    """Why AWS refuses a manifest: its form, its digest, that it is there already, or layers that are not."""
    name = data["repositoryName"]
    try:
        needed = list(_digests(json.loads(data["imageManifest"]), data.get("imageManifestMediaType")))
    except (KeyError, TypeError, ValueError):
        return refuse("InvalidParameterException", "Invalid parameter at 'ImageManifest': it is no image's manifest.")
    digest = ecr._image_digest(data["imageManifest"])
    if data.get("imageDigest", digest) != digest:
        return refuse(
            "ImageDigestDoesNotMatchException",
            f"The specified image digest '{data['imageDigest']}' does not match the digest '{digest}' of the manifest.",
        )
    wanted = {"imageTag": data["imageTag"]} if data.get("imageTag") else {"imageDigest": digest}
    present = ecr._find_image(name, wanted)
    if present and present["imageDigest"] == digest:
        tag = f" and tag '{data['imageTag']}'" if data.get("imageTag") else ""
        return refuse(
            "ImageAlreadyExistsException",
            f"Image with digest '{digest}'{tag} already exists in the repository with {place(data)}",
        )
    kept = {*ecr._layer_blobs.get(name, {}), *(image["imageDigest"] for image in ecr._images.get(name, []))}
    missing = [one for one in needed if one not in kept]
    if missing:
        return refuse(
            "LayersNotFoundException",
            f"Layers with digests '[{', '.join(missing)}]' required for pushing image into repository with "
            f"{place(data)} do not exist",
        )
    return None


def _digests(manifest: Document, media_type: str | None) -> Iterator[str]:
    """What must be in the repository before a manifest is."""
    if (media_type or manifest.get("mediaType")) in _LISTS:
        yield from (entry["digest"] for entry in manifest["manifests"])
    else:
        yield from (blob["digest"] for blob in (manifest["config"], *manifest["layers"]))


PART_BYTES = 10 * 1024 * 1024
"""The largest part of an upload: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"""


def _initiate(initiate: Operation, data: Document) -> Response:
    missing = find_missing_repository(data)
    if missing:
        return missing
    answered = initiate(data)
    ecr._uploads.setdefault(data["repositoryName"], {})[json.loads(answered[2])["uploadId"]] = bytearray()
    return answered


def _upload(data: Document) -> Response:
    upload = _find_upload(data)
    if upload is None:
        return _refuse_unknown(data)
    part = _decode(data.get("layerPartBlob"))
    first, last = data.get("partFirstByte"), data.get("partLastByte")
    if not 0 < len(part) <= PART_BYTES or first != len(upload) or last != first + len(part) - 1:
        return refuse(
            "InvalidLayerPartException",
            f"Invalid layer part upload for upload with id '{data['uploadId']}' in the repository with {place(data)}",
        )
    upload.extend(part)
    return answer({**_named(data), "lastByteReceived": last})


def _complete(data: Document) -> Response:
    upload = _find_upload(data)
    if upload is None:
        return _refuse_unknown(data)
    if not upload:
        return refuse("EmptyUploadException", "The specified layer upload does not contain any layer parts.")
    digest = f"sha256:{hashlib.sha256(upload).hexdigest()}"
    if digest not in data.get("layerDigests", []):
        return refuse(
            "InvalidLayerException",
            "The layer digest calculation performed by Amazon ECR upon receipt of the image layer does not match the "
            "digest specified.",
        )
    layers = ecr._layer_blobs.setdefault(data["repositoryName"], {})
    if digest in layers:
        return refuse(
            "LayerAlreadyExistsException",
            f"Layer with digest '{digest}' already exists in the repository with {place(data)}",
        )
    layers[digest] = bytes(upload)
    ecr._uploads[data["repositoryName"]].pop(data["uploadId"])
    return answer({**_named(data), "layerDigest": digest})


def _check(data: Document) -> Response:
    layers = ecr._layer_blobs.get(data.get("repositoryName", ""), {})
    listed = [{"layerDigest": digest, **_availability(layers.get(digest))} for digest in data.get("layerDigests", [])]
    return find_missing_repository(data) or answer({"layers": listed, "failures": []})


def _delete(delete: Operation, data: Document) -> Response:
    """Delete a repository with its layers, which MiniStack would keep for the next one of that name."""
    deleted = delete(data)
    if deleted[0] == 200:
        for kept in (ecr._layer_blobs, ecr._manifest_blobs, ecr._uploads):
            kept.pop(data["repositoryName"], None)
    return deleted


def _availability(layer: bytes | None) -> Document:
    if layer is None:
        return {"layerAvailability": "UNAVAILABLE"}
    return {"layerAvailability": "AVAILABLE", "layerSize": len(layer)}


def _decode(blob: object) -> bytes:
    """The bytes of a part; none where it is no base64, which is refused as a part of a wrong size is."""
    try:
        return base64.b64decode(str(blob), validate=True)
    except binascii.Error:
        return b""


def _find_upload(data: Document) -> bytearray | None:
    found: bytearray | None = ecr._uploads.get(data.get("repositoryName", ""), {}).get(data.get("uploadId"))
    return found


def _refuse_unknown(data: Document) -> Response:
    return find_missing_repository(data) or refuse(
        "UploadNotFoundException",
        f"Upload with id '{data.get('uploadId')}' could not be found in the repository with {place(data)}",
    )


def _named(data: Document) -> Document:
    return {
        "registryId": ecr._registry_id(),
        "repositoryName": data["repositoryName"],
        "uploadId": data["uploadId"],
    }
