"""S3: MiniStack's CopyObject drops checksums, PutObject does not answer them, and a template's bucket forgets its key.

CopyObject takes `x-amz-checksum-algorithm`, `If-Match` and `If-None-Match`, and answers the checksum of the copy. A
copy is made in one piece, so its checksum is one of all its bytes, also where the source came in parts and has a
composite one. An object has one checksum, and a request names one. S3 has had SHA512, MD5 and three kinds of XXHASH
since April 2026; MiniStack passes those over. The first two are computed here, the others refused.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
https://aws.amazon.com/about-aws/whats-new/2026/04/s3-five-additional-checksum-algorithms/
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from localaws.aws import Aws
from localaws.ministack.patching import Patch

Answer = tuple[int, dict[str, str], bytes]
Headers = dict[str, str]
Call = Callable[..., Any]

_HASHED = {"SHA512": hashlib.sha512, "MD5": hashlib.md5}
_NOT_COMPUTED = ("XXHASH64", "XXHASH3", "XXHASH128")
_HEADER = "x-amz-checksum-"
_NAMING = ("x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm")


def patch(_: Aws) -> Patch:
    """Compute and answer checksums, and let buckets of templates have `BucketEncryption`."""
    younger = tuple(name.lower() for name in (*_HASHED, *_NOT_COMPUTED))

    def with_encryption(configurations: tuple[Any, ...]) -> tuple[Any, ...]:
        encryption = ("BucketEncryption", encryption_xml, s3._put_bucket_encryption, s3._delete_bucket_encryption)
        return (*configurations, encryption)

    return Patch(
        replaces={
            s3: {
                "_S3_CHECKSUM_HEADERS": lambda known: (*known, *younger),
                "_compute_s3_checksum": _computing,
                "_copy_object": _copying,
                "_put_object": _putting,
                "_resolve_multipart_checksum_algorithm": _naming,
                "_resolve_object_checksums": _resolving,
            },
            provisioners: {"_S3_BUCKET_CONFIGURATIONS": with_encryption},
        },
        reads={
            s3: (
                *("_check_put_preconditions", "_delete_bucket_encryption", "_ensure_bucket", "_error"),
                *("_object_versions", "_persist_object", "_put_bucket_encryption", "_read_body", "S3_PERSIST"),
            )
        },
    )


def _computing(compute: Call) -> Call:
    def compute_more(algorithm: str, body: bytes) -> str | None:
        """The checksum in base64; None for an algorithm that is none, or that is not computed here."""
        hashed = _HASHED.get((algorithm or "").upper())
        if hashed is None:
            known: str | None = compute(algorithm, body)
            return known
        return base64.b64encode(hashed(body).digest()).decode()

    return compute_more


def _resolving(resolve: Call) -> Call:
    def resolve_one(body: bytes, headers: Headers) -> Any:  # noqa: ANN401 - checksums and an answer or None
        refused = _why_refused(headers)
        return ({}, refused) if refused else resolve(body, headers)

    return resolve_one


def _naming(resolve: Call) -> Call:
    def resolve_one(headers: Headers) -> Any:  # noqa: ANN401 - an algorithm or None, and an answer or None
        refused = _why_refused(headers)
        return (None, refused) if refused else resolve(headers)

    return resolve_one


def _putting(put: Call) -> Call:
    def put_with_checksums(bucket: str, key: str, body: bytes, headers: Headers) -> Answer:
        status, answered, content = put(bucket, key, body, headers)
        if status == 200:
            checksums = s3._ensure_bucket(bucket)["objects"][key]["checksums"]
            answered |= {f"{_HEADER}{name.lower()}": value for name, value in checksums.items()}
            answered |= {f"{_HEADER}type": "FULL_OBJECT"} if checksums else {}
        return status, answered, content

    return put_with_checksums


def _copying(copy: Call) -> Call:
    def copy_with_checksum(bucket: str, key: str, headers: Headers) -> Answer:
        standing = (s3._ensure_bucket(bucket) or {}).get("objects", {})
        refused = _why_refused(headers) or s3._check_put_preconditions(headers, standing.get(key))
        if refused:
            return refused
        status, answered, content = copy(bucket, key, headers)
        if status == 200:
            checksums = _of_the_copy(bucket, key, headers.get(_NAMING[0], "").upper())
            content = _with_checksums(content, checksums)
        return status, answered, content

    return copy_with_checksum


def _of_the_copy(bucket: str, key: str, algorithm: str) -> dict[str, str]:
    """Give the copy that was just made its one checksum, of the algorithm that was asked for or else the source's."""
    made = s3._ensure_bucket(bucket)["objects"][key]
    names = [algorithm] if algorithm else list(made["checksums"])[:1]
    body = s3._read_body(bucket, key, made)
    made["checksums"] = {name: s3._compute_s3_checksum(name, body) for name in names}
    for version in s3._object_versions.get((bucket, key), []):
        if version["version_id"] == made.get("version_id"):
            version["checksums"] = made["checksums"]
    if s3.S3_PERSIST:
        s3._persist_object(bucket, key, made)
    checksums: dict[str, str] = made["checksums"]
    return checksums


def _with_checksums(content: bytes, checksums: dict[str, str]) -> bytes:
    """CopyObjectResult with the copy's checksum in it."""
    end = b"</CopyObjectResult>"
    elements = "".join(f"<Checksum{name}>{value}</Checksum{name}>" for name, value in checksums.items())
    elements += "<ChecksumType>FULL_OBJECT</ChecksumType>" if checksums else ""
    return content.replace(end, elements.encode() + end)


def _why_refused(headers: Headers) -> Any:  # noqa: ANN401 - MiniStack's answers have no type
    """S3's answer to checksums that cannot be; None where all can."""
    given = [name.upper() for name in s3._S3_CHECKSUM_HEADERS if headers.get(_HEADER + name)]
    if len(given) > 1:
        sentence = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        return s3._error("InvalidRequest", sentence, 400)
    for name in _NAMING:
        asked = headers.get(name, "").upper()
        if asked and asked not in [known.upper() for known in s3._S3_CHECKSUM_HEADERS]:
            sentence = f"Value for {name} header is invalid."
            return s3._error("InvalidRequest", sentence, 400)
        given += [asked] if asked else []
    missing = sorted(set(given) & set(_NOT_COMPUTED))
    if missing:
        sentence = (
            f"The local AWS computes no {missing[0]}; ask for SHA256, SHA1, SHA512, MD5, CRC32, CRC32C or CRC64NVME."
        )
        return s3._error("NotImplemented", sentence, 501)
    return None


_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def encryption_xml(property_: dict[str, Any]) -> bytes:
    """CloudFormation's property as the body of PutBucketEncryption."""
    root = Element("ServerSideEncryptionConfiguration", xmlns=_NAMESPACE)
    for rule in property_.get("ServerSideEncryptionConfiguration", []):
        element = SubElement(root, "Rule")
        default = rule.get("ServerSideEncryptionByDefault", {})
        applied = SubElement(element, "ApplyServerSideEncryptionByDefault")
        for name in ("SSEAlgorithm", "KMSMasterKeyID"):
            if default.get(name):
                SubElement(applied, name).text = str(default[name])
        SubElement(element, "BucketKeyEnabled").text = str(rule.get("BucketKeyEnabled", False)).lower()
    return tostring(root)
