"""Weights for transfer learning, as the built-in algorithm would bring them: those that were made for this laptop.

They lie in the local AWS's home, `pretrained/<any name>/`: a `model.tar.gz` and a `note.json` that says for which net
it is and which digest it has. What does not fit its note is not whole, and not used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "SCONES_PRETRAINED_DIR"
# The algorithm's own, where a job names none.
_LAYERS, _SHAPE = "152", "3,224,224"


def environment(home: Path, hyperparameters: Mapping[str, str]) -> dict[str, str]:
    """What shows a job that asks for pretrained weights where they are; nothing where there are none for its net."""
    if hyperparameters.get("use_pretrained_model", "0").strip() != "1":
        return {}
    found = find(home, hyperparameters.get("num_layers", _LAYERS), hyperparameters.get("image_shape", _SHAPE))
    return {VARIABLE: str(found)} if found else {}


def find(home: Path, layers: str, shape: str) -> Path | None:
    """The folder of whole weights for a net."""
    wanted = (layers.strip(), shape.replace(" ", ""))
    for note in sorted((home / "pretrained").glob("*/note.json")):
        if _tells_of(note, wanted):
            return note.parent
    return None


def _tells_of(path: Path, wanted: tuple[str, str]) -> bool:
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        net = (str(note["num_layers"]), str(note["image_shape"]).replace(" ", ""))
        return net == wanted and _sha256(path.with_name("model.tar.gz")) == note["model_sha256"]
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
