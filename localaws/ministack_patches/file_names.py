"""S3 keeps an object in a file of its key's name; on most Macs' disks `a` and `A` would be one file.

There, a key that another one could be mistaken for gets a file that is named by a digest. MiniStack has files of such
names for keys that no path can hold.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable

from ministack.services import s3

from localaws.aws import Aws
from localaws.ministack.patching import Patch
from localaws.platforms import is_case_sensitive


def patch(aws: Aws) -> Patch:
    """Name files by digests where the home's disk asks for it; nothing is changed elsewhere."""
    home = aws.settings.home
    if not home.is_dir() or is_case_sensitive(home):
        return Patch()
    return Patch(replaces={s3: {"_plain_path_key": _only_unmistakable, "_encoded_key_name": _by_digest}})


def _is_mistakable(key: str) -> bool:
    return key != unicodedata.normalize("NFC", key).casefold()


def _only_unmistakable(is_plain: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda key: is_plain(key) and not _is_mistakable(key)


def _by_digest(encode: Callable[[str], str]) -> Callable[[str], str]:
    return lambda key: f"sha256-{hashlib.sha256(key.encode()).hexdigest()}" if _is_mistakable(key) else encode(key)
