"""ECR's layers: MiniStack answers an upload and keeps nothing of it. Here they are kept, by the digest of their bytes.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html#API_CompleteLayerUpload_Errors
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from functools import partial

from localaws.ministack import replace
from localaws.ministack_patches.ecr_answers import (
    Document,
    Ecr,
    Operation,
    Response,
    answer,
    find_missing_repository,
    place,
    refuse,
)

PART_BYTES = 10 * 1024 * 1024
"""The largest part of an upload: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"""


def apply() -> None:
    """Keep what is uploaded, and refuse what AWS refuses."""
    from ministack.services import ecr  # noqa: PLC0415 - after configure()

    replace(ecr, "_initiate_layer_upload", lambda initiate: partial(_initiate, ecr, initiate))
    replace(ecr, "_upload_layer_part", lambda _: partial(_upload, ecr))
    replace(ecr, "_complete_layer_upload", lambda _: partial(_complete, ecr))
    replace(ecr, "_batch_check_layer_availability", lambda _: partial(_check, ecr))
    replace(ecr, "_delete_repository", lambda delete: partial(_delete, ecr, delete))


def _initiate(ecr: Ecr, initiate: Operation, data: Document) -> Response:
    missing = find_missing_repository(ecr, data)
    if missing:
        return missing
    begun = initiate(data)
    ecr._uploads.setdefault(data["repositoryName"], {})[json.loads(begun[2])["uploadId"]] = bytearray()
    return begun


def _upload(ecr: Ecr, data: Document) -> Response:
    upload = _find_upload(ecr, data)
    if upload is None:
        return _refuse_unknown(ecr, data)
    part = _decode(data.get("layerPartBlob"))
    first, last = data.get("partFirstByte"), data.get("partLastByte")
    if not 0 < len(part) <= PART_BYTES or first != len(upload) or last != first + len(part) - 1:
        return refuse(
            "InvalidLayerPartException",
            f"Invalid layer part upload for upload with id '{data['uploadId']}' in the repository with "
            f"{place(ecr, data)}",
        )
    upload.extend(part)
    return answer({**_named(ecr, data), "lastByteReceived": last})


def _complete(ecr: Ecr, data: Document) -> Response:
    upload = _find_upload(ecr, data)
    if upload is None:
        return _refuse_unknown(ecr, data)
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
            f"Layer with digest '{digest}' already exists in the repository with {place(ecr, data)}",
        )
    layers[digest] = bytes(upload)
    ecr._uploads[data["repositoryName"]].pop(data["uploadId"])
    return answer({**_named(ecr, data), "layerDigest": digest})


def _check(ecr: Ecr, data: Document) -> Response:
    layers = ecr._layer_blobs.get(data.get("repositoryName", ""), {})
    listed = [{"layerDigest": digest, **_availability(layers.get(digest))} for digest in data.get("layerDigests", [])]
    return find_missing_repository(ecr, data) or answer({"layers": listed, "failures": []})


def _delete(ecr: Ecr, delete: Operation, data: Document) -> Response:
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


def _find_upload(ecr: Ecr, data: Document) -> bytearray | None:
    found: bytearray | None = ecr._uploads.get(data.get("repositoryName", ""), {}).get(data.get("uploadId"))
    return found


def _refuse_unknown(ecr: Ecr, data: Document) -> Response:
    return find_missing_repository(ecr, data) or refuse(
        "UploadNotFoundException",
        f"Upload with id '{data.get('uploadId')}' could not be found in the repository with {place(ecr, data)}",
    )


def _named(ecr: Ecr, data: Document) -> Document:
    return {
        "registryId": ecr._registry_id(),
        "repositoryName": data["repositoryName"],
        "uploadId": data["uploadId"],
    }
