"""Bodies of arrays, by the formats of the model server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

_PACKAGES = str(Path(__file__).resolve().parents[4])
sys.path.append(_PACKAGES)
try:
    from localaws.inference_toolkit import formats
    from localaws.inference_toolkit.formats import CSV, JSON, NPY, UnsupportedFormatError
finally:
    sys.path.remove(_PACKAGES)

__all__ = ["SUPPORTED_CONTENT_TYPES", "UnsupportedFormatError", "encode"]
SUPPORTED_CONTENT_TYPES = {JSON, CSV, NPY}


def encode(array_like: Any, content_type: str) -> Any:
    """A body of an array: text, or bytes of npy."""
    body = formats.encode(array_like, content_type)
    return body if content_type == NPY else body.decode()
