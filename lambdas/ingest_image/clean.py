"""A picture as it is kept: pixels and nothing else, in one encoding, so that equal pictures are equal files."""

from __future__ import annotations

import hashlib

from common.images import encode_png, scale_down
from ingest_image.picture import read
from ingest_image.settings import Limits

COMPRESSION = 9


def clean(data: bytes, limits: Limits) -> bytes:
    """The picture as a PNG without metadata, scaled down where it is larger than what is kept; raises Refusal."""
    return encode_png(scale_down(read(data, limits), limits.most_kept_pixels), COMPRESSION)


def name(png: bytes) -> str:
    """What a cleaned picture is called. Another build of zlib may pack it otherwise: PrepareData compares pixels."""
    return hashlib.sha256(png).hexdigest()
