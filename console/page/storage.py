"""S3: sizes under an address, and small files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from common.aws_errors import find_resource
from common.s3 import S3Address, parse_s3_address
from console.errors import CommandError
from console.page.source import Source

_MOST_PAGES = 3
_MOST_NAMED = 25
_LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True)
class Size:
    """Files under an address and their bytes together; `more` where there are more than were counted."""

    files: int
    bytes: int
    more: bool = False
    first: tuple[tuple[str, int], ...] = ()
    """The names of the first files, below the address, and the bytes of each; the address itself has no name."""


def fetch_size(source: Source, uri: str) -> Size:
    """Count the files under an address, 3,000 at most: each thousand takes a call."""
    address = parse_address(uri)
    files = total = 0
    names: list[tuple[str, int]] = []
    request: dict[str, Any] = {"Bucket": address.bucket, "Prefix": address.key}
    for _ in range(_MOST_PAGES):
        page = source.client("s3").list_objects_v2(**request)
        # A file's own address begins those of its neighbours as well: model.tar.gz and model.tar.gz.md5.
        found = [item for item in page.get("Contents", []) if _belongs(item["Key"], address.key)]
        files, total = files + len(found), total + sum(item["Size"] for item in found)
        names += [(item["Key"].removeprefix(address.key).lstrip("/"), item["Size"]) for item in found]
        if not page.get("IsTruncated"):
            return Size(files, total, first=tuple(names[:_MOST_NAMED]))
        request["ContinuationToken"] = page["NextContinuationToken"]
    return Size(files, total, more=True, first=tuple(names[:_MOST_NAMED]))


def fetch(source: Source, uri: str, largest: int = _LARGEST) -> bytes | None:
    """A file's content; None where there is none. Raises CommandError for one that is too large to show."""
    address = parse_address(uri)
    answer = find_resource(source.client("s3").get_object, Bucket=address.bucket, Key=address.key)
    if answer is None:
        return None
    if answer["ContentLength"] > largest:
        raise CommandError(f"{uri} has {answer['ContentLength']} bytes; the page shows {largest} at most.")
    content: bytes = answer["Body"].read(largest)
    return content


def fetch_json(source: Source, uri: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """A JSON file's content; None where there is none, or it is no JSON."""
    content = fetch(source, uri)
    try:
        return None if content is None else json.loads(content)
    except ValueError:
        return None


def parse_address(uri: str) -> S3Address:
    """Read an s3:// address; raises CommandError."""
    address = parse_s3_address(uri)
    if address is None:
        raise CommandError(f"{uri!r} is no s3:// address.")
    return address


def _belongs(key: str, prefix: str) -> bool:
    return key == prefix or not prefix or prefix.endswith("/") or key.startswith(prefix + "/")
