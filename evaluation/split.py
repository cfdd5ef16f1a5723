"""A split of the data set (train, validation or test) as PrepareData listed it."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from PIL import Image

from common.images import BadImage, Limits, load
from common.jobs import Refusal

LIMITS = Limits(most_bytes=20_000_000, most_pixels=4096 * 4096)


@dataclass(frozen=True)
class Split:
    """Images with their classes, and the manifest of the data set ({} where there is none)."""

    name: str
    folder: Path
    paths: list[str]
    labels: list[int]
    manifest: dict[str, Any] = field(default_factory=dict)

    def open(self, path: str) -> Image.Image:
        """Decode one image to RGB, refusing what is missing, broken or too large."""
        try:
            return load(self.folder / path, LIMITS)
        except FileNotFoundError:
            raise Refusal(
                f"{self.name}.lst names {path}, which is not in {self.folder}: give the images and the list of one "
                "PrepareData run."
            ) from None
        except BadImage as error:
            raise Refusal(f"{path} cannot be used ({str(error).rstrip('.')}): prepare the data again.") from error


def read(name: str, folder: Path, lists: Path) -> Split:
    """Read `<name>.lst` and, where it is there, `manifest.json`, which must agree with it."""
    path = lists / f"{name}.lst"
    if not path.is_file():
        raise Refusal(f"{lists} holds no {path.name}: point --lst at the lists that PrepareData wrote.")
    content = path.read_bytes()
    rows = [_row(line, number, path.name) for number, line in enumerate(content.decode().splitlines(), start=1)]
    if not rows:
        raise Refusal(f"{path} names no image: prepare the data again.")
    manifest = _manifest(lists / "manifest.json")
    _agree(manifest, content, name)
    return Split(name, folder, [path for path, _ in rows], [label for _, label in rows], manifest)


def _row(line: str, number: int, file: str) -> tuple[str, int]:
    """The path and class of a line `index<TAB>class<TAB>relative path`."""
    parts = line.split("\t")
    if len(parts) != 3 or parts[1] not in ("0", "1"):
        raise Refusal(
            f"line {number} of {file} is {line!r}, where index, class (0 or 1) and path, parted by tabs, are "
            "allowed: prepare the data again."
        )
    path = PurePosixPath(parts[2])
    if path.is_absolute() or ".." in path.parts:
        raise Refusal(f"line {number} of {file} leads outside of its folder: prepare the data again.")
    return parts[2], int(parts[1])


def _manifest(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refusal(f"{path} is not JSON ({error}): prepare the data again.") from error
    return manifest if isinstance(manifest, dict) else {}


def _agree(manifest: dict[str, Any], content: bytes, name: str) -> None:
    expected = manifest.get("lists", {}).get(name, {}).get("lst_sha256")
    if expected is not None and expected != hashlib.sha256(content).hexdigest():
        raise Refusal(
            f"{name}.lst is not the one that manifest.json describes (their SHA-256 differ): give the list and the "
            "manifest of one PrepareData run."
        )
