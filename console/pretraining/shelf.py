"""Where finished weights are kept, and how: `<net>/model.tar.gz` with a note beside it.

A note holds the archive's digest, so a half-made pair is recognised and never used: whoever reads compares first.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NOTE: Final = "note.json"
MODEL: Final = "model.tar.gz"


@dataclass(frozen=True)
class Weights:
    """Whole weights: the folder, the file for the model channel, and what the note says of them."""

    folder: Path
    note: Mapping[str, Any]

    @property
    def model(self) -> Path:
        return self.folder / MODEL

    @property
    def sha256(self) -> str:
        return str(self.note["model_sha256"])


def find(folder: Path) -> Weights | None:
    """Return the whole weights in a folder; None where there are none, or where they are not what the note says."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        whole = _sha256(folder / MODEL) == note["model_sha256"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return Weights(folder, note) if whole else None


def keep(files: Path, folder: Path, note: Mapping[str, Any]) -> Weights:
    """Pack an artifact's files, put them into place and then the note that makes them count."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{MODEL}.part"
    with tarfile.open(draft, "w:gz") as packed:
        for path in sorted(files.iterdir()):
            packed.add(path, arcname=path.name)
    _settle(draft)
    complete = {**note, "model_sha256": _sha256(draft), "model_bytes": draft.stat().st_size}
    draft.replace(folder / MODEL)
    write_json(folder / NOTE, complete)
    return Weights(folder, complete)


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document so that a reader finds the old one or the whole new one."""
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    _settle(draft)
    draft.replace(path)


def _settle(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
