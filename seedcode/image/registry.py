"""The project's repository in ECR: what is there, what the scan found, and giving an image its tag."""

import base64
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from seedcode.errors import ImageError
from seedcode.image.findings import Finding, read_findings

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_POLL_SECONDS = 5
_SCAN_SECONDS = 600
_MISSING = frozenset({"ImageNotFoundException", "ScanNotFoundException"})
_THERE = frozenset({"ImageAlreadyExistsException", "ImageTagAlreadyExistsException", "LayerAlreadyExistsException"})
_SCANNED = frozenset({"COMPLETE", "ACTIVE"})  # basic and enhanced scanning


@dataclass(frozen=True)
class Registry:
    """One repository, such as `<account>.dkr.ecr.<region>.amazonaws.com/scones`."""

    client: Any  # boto3 makes its client classes at run time
    uri: str

    @property
    def host(self) -> str:
        """The registry's host."""
        return self.uri.partition("/")[0]

    @property
    def name(self) -> str:
        """The repository's name."""
        return self.uri.partition("/")[2]

    @property
    def is_local(self) -> bool:
        """Whether the registry is a laptop's: there a container is a process, and no image is pulled."""
        return urlsplit(self.client.meta.endpoint_url).hostname in _LOOPBACK

    def password(self) -> str:
        """Docker's password for the registry."""
        data = self.client.get_authorization_token()["authorizationData"][0]
        return base64.b64decode(data["authorizationToken"]).decode().partition(":")[2]

    def has(self, tag: str) -> bool:
        """Say whether an image with a tag is there."""
        try:
            self.client.describe_images(repositoryName=self.name, imageIds=[{"imageTag": tag}])
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MISSING:
                raise
            return False
        return True

    def wait_for_findings(self, tag: str, seconds: float = _SCAN_SECONDS) -> list[Finding]:
        """Wait for the scan that a push started; return what it found."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status, description = self._scan(tag)
            if status in _SCANNED:
                pages = self.client.get_paginator("describe_image_scan_findings")
                return read_findings(pages.paginate(repositoryName=self.name, imageId={"imageTag": tag}))
            if status not in ("IN_PROGRESS", "PENDING"):
                raise ImageError(f"ECR could not scan the image: {status}: {description}")
            time.sleep(_POLL_SECONDS)
        raise ImageError(
            f"ECR has not scanned the image within {seconds:.0f} s; see that {self.name} scans on push, build again."
        )

    def name_image(self, tag: str, new: str) -> None:
        """Give an image a second tag."""
        found = self.client.batch_get_image(repositoryName=self.name, imageIds=[{"imageTag": tag}])["images"][0]
        media = {"imageManifestMediaType": found["imageManifestMediaType"]} if "imageManifestMediaType" in found else {}
        self.client.put_image(repositoryName=self.name, imageManifest=found["imageManifest"], imageTag=new, **media)

    def upload(self, blob: bytes) -> None:
        """Upload a layer or a configuration, unless it is there."""
        digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
        known = self.client.batch_check_layer_availability(repositoryName=self.name, layerDigests=[digest])
        if any(layer["layerAvailability"] == "AVAILABLE" for layer in known["layers"]):
            return
        begun = self.client.initiate_layer_upload(repositoryName=self.name)
        upload = {"repositoryName": self.name, "uploadId": begun["uploadId"]}
        for first in range(0, len(blob), begun["partSize"]):
            part = blob[first : first + begun["partSize"]]
            self.client.upload_layer_part(
                **upload, partFirstByte=first, partLastByte=first + len(part) - 1, layerPartBlob=part
            )
        with _unless_there():
            self.client.complete_layer_upload(**upload, layerDigests=[digest])

    def put(self, manifest: str, media_type: str, tag: str) -> None:
        """Put an image whose blobs are there under a tag, unless another build has put one there meanwhile."""
        with _unless_there():
            self.client.put_image(
                repositoryName=self.name, imageManifest=manifest, imageManifestMediaType=media_type, imageTag=tag
            )

    def remove(self, tag: str) -> None:
        """Take a tag away; an image goes with its last tag. One that is not there is no error."""
        self.client.batch_delete_image(repositoryName=self.name, imageIds=[{"imageTag": tag}])

    def _scan(self, tag: str) -> tuple[str, str]:
        """How far the scan is, and in ECR's words why."""
        try:
            found = self.client.describe_image_scan_findings(repositoryName=self.name, imageId={"imageTag": tag})
        except ClientError as error:
            # A moment after the push there is no scan yet.
            if error.response["Error"]["Code"] not in _MISSING:
                raise
            return "PENDING", ""
        status = found.get("imageScanStatus", {})
        return status.get("status", "PENDING"), status.get("description", "")


@contextmanager
def _unless_there() -> Iterator[None]:
    """Pass over ECR's refusal of what it has already: builds may run at once, and the same tag is the same content."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in _THERE:
            raise
