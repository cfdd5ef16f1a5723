"""ECR's images: MiniStack takes a manifest whose layers are not there, and answers an empty list for a missing tag.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html#API_PutImage_Errors
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html#API_DescribeImages_Errors
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from localaws.ministack import replace
from localaws.ministack_patches.ecr_answers import (
    Document,
    Ecr,
    Operation,
    Response,
    find_missing_repository,
    place,
    refuse,
)

# A list of images has manifests where an image has a configuration and layers.
_LISTS = ("application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json")


def apply() -> None:
    """Refuse what AWS refuses; MiniStack does the rest."""
    from ministack.services import ecr  # noqa: PLC0415 - after configure()

    replace(ecr, "_describe_images", lambda describe: partial(_describe, ecr, describe))
    replace(ecr, "_put_image", lambda put: partial(_put, ecr, put))


def _describe(ecr: Ecr, describe: Operation, data: Document) -> Response:
    missing = find_missing_repository(ecr, data)
    for wanted in data.get("imageIds") or []:
        if missing is None and ecr._find_image(data["repositoryName"], wanted) is None:
            digest, tag = wanted.get("imageDigest", "null"), wanted.get("imageTag", "null")
            missing = refuse(
                "ImageNotFoundException",
                f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the "
                f"repository with {place(ecr, data)}",
            )
    return missing or describe(data)


def _put(ecr: Ecr, put: Operation, data: Document) -> Response:
    return find_missing_repository(ecr, data) or _find_fault(ecr, data) or put(data)


def _find_fault(ecr: Ecr, data: Document) -> Response | None:
    """What AWS holds against a manifest: its form, its digest, that it is there already, layers that are not."""
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
            f"Image with digest '{digest}'{tag} already exists in the repository with {place(ecr, data)}",
        )
    kept = {*ecr._layer_blobs.get(name, {}), *(image["imageDigest"] for image in ecr._images.get(name, []))}
    missing = [one for one in needed if one not in kept]
    if missing:
        return refuse(
            "LayersNotFoundException",
            f"Layers with digests '[{', '.join(missing)}]' required for pushing image into repository with "
            f"{place(ecr, data)} do not exist",
        )
    return None


def _digests(manifest: Document, media_type: str | None) -> Iterator[str]:
    """What must be in the repository before a manifest is."""
    if (media_type or manifest.get("mediaType")) in _LISTS:
        yield from (entry["digest"] for entry in manifest["manifests"])
    else:
        yield from (blob["digest"] for blob in (manifest["config"], *manifest["layers"]))
