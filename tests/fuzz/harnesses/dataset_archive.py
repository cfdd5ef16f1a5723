"""The data set archive, as PrepareData and `scones dataset upload` read it."""

from __future__ import annotations

import tarfile
from contextlib import suppress

from common.jobs import Refusal
from console.dataset.archive import check_archive
from console.dataset.layout import FINE_NAMES, FINE_NAMES_FILE, MEMBERS, RECORD_BYTES, TEST, TRAIN
from console.errors import CommandError
from processing.archive import opened
from tests.fuzz.corpus import archive, compressed
from tests.fuzz.scratch import file

_RECORDS = b"".join(bytes([0, label]) + bytes(RECORD_BYTES - 2) for label in (8, 48))
_FILES = dict.fromkeys(MEMBERS, b"x\n") | {FINE_NAMES_FILE: "\n".join(FINE_NAMES).encode()}
_WHOLE = {**_FILES, TRAIN: _RECORDS, TEST: _RECORDS}
SEEDS = [archive(_WHOLE, kind) for kind in (tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)]
SEEDS += [compressed(SEEDS[0]), archive({"a" * 200: b"long", "é": b"pax"}), archive({"b" * 200: b"x"}, 1)]


def one_input(data: bytes) -> None:
    """Both read an archive to its end, or refuse it."""
    with file("cifar.tar.gz", compressed(data)) as path:
        with suppress(CommandError):
            check_archive(path)
        with suppress(Refusal), opened(path) as members:
            for member in members:
                sum(map(len, member.blocks()))
