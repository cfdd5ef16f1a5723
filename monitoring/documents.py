"""Files of JSON, each there whole or not at all."""

import json
from pathlib import Path
from typing import Any


def write(folder: Path, documents: dict[str, Any]) -> None:
    """Write documents by file name; equal contents give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        part = folder / f".{name}.part"
        part.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        part.replace(folder / name)
