"""A bucket's encryption in a template: MiniStack passes `BucketEncryption` over, so a bucket forgets its own key."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from localaws import ministack

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def apply() -> None:
    """Close the gap; raises MiniStackError where MiniStack has not the names that it leans on."""
    from ministack.services import s3  # noqa: PLC0415 - after configure()
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    encryption = ("BucketEncryption", as_xml, s3._put_bucket_encryption, s3._delete_bucket_encryption)
    ministack.replace(provisioners, "_S3_BUCKET_CONFIGURATIONS", lambda known: (*known, encryption))


def as_xml(property_: dict[str, Any]) -> bytes:
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
