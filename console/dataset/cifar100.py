"""Fetch the published CIFAR-100 binary archive, again from where a broken download stopped."""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Final

from console.errors import CommandError
from console.output import Progress, silent

PUBLISHED_URL: Final = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"
PUBLISHED_MD5: Final = "03b5dce01913d631647c71ecec9e9cb8"
"""MD5 because it is the sum that the publisher states; it finds damage, and the address is https besides."""

MAX_BYTES: Final = 1 << 30
CHUNK_BYTES: Final = 1 << 18
TIMEOUT_SECONDS: Final = 30
PAUSES_SECONDS: Final = (1, 2, 4, 8)
"""How long to wait before each further try."""


def fetch_cifar100(
    path: Path, url: str = PUBLISHED_URL, progress: Progress | None = None, md5: str = PUBLISHED_MD5
) -> None:
    """Download the archive to path, unless it is there already; path appears only when its sum is right.

    What has come so far lies in `<path>.part`, from which the next call goes on. Raises CommandError with one
    sentence when the address is not https, the server keeps failing, or the sum is wrong.
    """
    _require_safe(url)
    if _has_sum(path, md5):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    if not _has_sum(part, md5):
        _download(url, part, progress or silent)
        _require_sum(part, md5, url)
    part.replace(path)


def _require_safe(url: str) -> None:
    """Refuse an address that others on the way could answer for; this machine itself is no way."""
    address = urllib.parse.urlsplit(url)
    if address.scheme != "https" and (address.scheme, address.hostname) != ("http", "127.0.0.1"):
        raise CommandError(f"{url} is not an https address; only https is fetched from")


def _download(url: str, part: Path, progress: Progress) -> None:
    """Download until the file is whole, with pauses between tries; client errors end it at once."""
    for pause in (*PAUSES_SECONDS, None):
        try:
            _download_rest(url, part, progress)
            return
        except (OSError, http.client.HTTPException) as error:
            if pause is None or _is_final(error):
                raise CommandError(
                    f"{url} cannot be fetched ({error}); run the command again to go on from "
                    f"{_size(part):,} bytes, or give the archive with `scones dataset upload PATH`"
                ) from error
            time.sleep(pause)


def _is_final(error: Exception) -> bool:
    return isinstance(error, urllib.error.HTTPError) and error.code < 500 and error.code not in (408, 416, 429)


def _download_rest(url: str, part: Path, progress: Progress) -> None:
    """Fetch what the part file lacks, or all of it if the server does not go on from there."""
    have = _size(part)
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 - see _require_safe
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310 - see _require_safe
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)  # it is longer than the server's file, so the next try starts over
        raise
    with response:
        _require_safe(response.geturl())
        _save(response, part, have if _goes_on(response, have) else 0, progress)


def _goes_on(response: http.client.HTTPResponse, have: int) -> bool:
    """Whether the answer begins where the part file ends; a server may ignore Range."""
    begins_there = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    return response.status == HTTPStatus.PARTIAL_CONTENT and begins_there


def _save(response: http.client.HTTPResponse, part: Path, have: int, progress: Progress) -> None:
    """Write the answer behind the part file's first `have` bytes; raise ConnectionError at an early end."""
    total = have + response.length if response.length else 0
    with part.open("r+b" if have else "wb") as file:
        file.seek(have)
        while block := response.read(CHUNK_BYTES):
            file.write(block)
            have += len(block)
            if have > MAX_BYTES:
                part.unlink()
                raise CommandError(f"{response.geturl()} sends more than {MAX_BYTES:,} bytes: it is no CIFAR-100")
            progress(have, total)
    if have < total:
        raise ConnectionError(f"the connection ended after {have:,} of {total:,} bytes")


def _require_sum(part: Path, md5: str, url: str) -> None:
    if not _has_sum(part, md5):
        part.unlink()
        raise CommandError(
            f"what {url} sent has not the published MD5 {md5} and was removed; run the command again to fetch it anew"
        )


def _has_sum(path: Path, md5: str) -> bool:
    """Whether the file is there with this MD5, which finds damage and is not for security."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return found.hexdigest() == md5


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
