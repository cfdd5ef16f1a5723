"""A version's model.tar.gz: copied to where this function alone writes, and held to the digest in the registry.

Jobs may write over what they have registered, so nothing is deployed from there. S3 computes the SHA-256 of the copy,
which is made in one piece, from all of its bytes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import find_resource, get_code, is_missing
from common.s3 import parse_s3_address
from deploy_model.aws import Client
from deploy_model.errors import VersionRefused
from deploy_model.versions import Version

ELSEWHERE = ("ModelDataSource", "AdditionalModelDataSources", "AdditionalS3DataSource")
"""Members of a version's container that name further artifacts, which are no single archive."""
UNUSABLE = frozenset({"403", "AccessDenied", "InvalidRequest", "InvalidObjectState"})
"""What S3 answers of an artifact that is not this role's, too large for one copy, or archived."""
SHOWN = 16


def secure(s3: Client, version: Version, bucket: str) -> None:
    """See that the approved copy of a version is there and is what the registry names; raise VersionRefused.

    The copy is made once and never written over. One that is not what the registry names is deleted: neither this
    deployment nor an instance that is added later may load it. Of a version that names no digest the first copy is what
    it is held to, as nobody else can write there.
    """
    source = _find_source(version)
    if not source:
        return
    place, remedy = f"s3://{bucket}/{version.approved_key}", f"approve the version again to copy it anew from {source}"
    digest = _digest_of_copy(s3, version, bucket)
    if digest is None:
        place, remedy = source, "put back what was evaluated and approve the version again, or reject it"
        digest = _copy(s3, version, bucket, source)
    wanted = version.sha256 or digest
    if digest and digest == wanted:
        return
    s3.delete_object(Bucket=bucket, Key=version.approved_key)
    raise VersionRefused(
        version.number,
        f"its artifact has {_shown(digest)} and the registry names {_shown(wanted)}",
        f"What lies at {place} is not what was evaluated: {remedy}.",
    )


def _find_source(version: Version) -> str:
    """Return the address of a version's one artifact, empty where its image is all that it is; refuse what has more."""
    others = [name for name in ELSEWHERE if version.containers[0].get(name)] if version.containers else []
    bare = not version.source and not version.sha256
    place = parse_s3_address(version.source)
    if len(version.containers) != 1 or others or not (bare or (place and place.key)):
        raise VersionRefused(
            version.number,
            "it does not name one artifact",
            f"It has {len(version.containers)} containers and the ModelDataUrl {version.source!r}"
            f"{' beside ' + ', '.join(others) if others else ''}; one container with the S3 address of one "
            "model.tar.gz is deployed: register the model so.",
        )
    return version.source


def _digest_of_copy(s3: Client, version: Version, bucket: str) -> str | None:
    """Return the digest of the copy that is there, empty where S3 has none of it; None where there is no copy."""
    found = find_resource(s3.head_object, Bucket=bucket, Key=version.approved_key, ChecksumMode="ENABLED")
    return None if found is None else _hexadecimal(found)


def _copy(s3: Client, version: Version, bucket: str, source: str) -> str:
    """Copy the artifact and return the copy's digest; nothing that its writer said about it comes along."""
    place = parse_s3_address(source)
    try:
        made = s3.copy_object(
            Bucket=bucket,
            Key=version.approved_key,
            CopySource={"Bucket": place.bucket, "Key": place.key} if place else source,
            ChecksumAlgorithm="SHA256",
            IfNoneMatch="*",
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            ContentType="application/gzip",
        )
    except ClientError as error:
        code = get_code(error)
        if code == "PreconditionFailed":  # a parallel call was quicker
            return _digest_of_copy(s3, version, bucket) or ""
        if is_missing(error) or code in UNUSABLE:
            raise VersionRefused(
                version.number,
                "its artifact cannot be copied",
                f"S3 answers {code} for {source} ({error.response['Error']['Message'].rstrip('.')}): put the artifact "
                "back and approve the version again, or approve another one.",
            ) from error
        raise
    return _hexadecimal(made["CopyObjectResult"])


def _shown(digest: str) -> str:
    """Return the beginning of a digest, which tells any two apart."""
    return f"the SHA-256 {digest[:SHOWN]}" if digest else "no SHA-256"


def _hexadecimal(answer: Mapping[str, Any]) -> str:
    """Return a SHA-256 that S3 answers in base64 as 64 digits; empty for none, and for one of parts (`...-7`)."""
    try:
        return base64.b64decode(answer.get("ChecksumSHA256", ""), validate=True).hex()
    except binascii.Error:
        return ""
