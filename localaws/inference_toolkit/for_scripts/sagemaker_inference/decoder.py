"""Arrays of bodies, by the formats of the model server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

_PACKAGES = str(Path(__file__).resolve().parents[4])
sys.path.append(_PACKAGES)
try:
    from localaws.inference_toolkit import formats
finally:
    sys.path.remove(_PACKAGES)


def decode(obj: Any, content_type: str) -> Any:
    """An array of a body."""
    return formats.decode(obj, content_type)
