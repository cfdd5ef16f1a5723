"""A folder of labelled images, checked before anything is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.labels import LABELS
from console.errors import CommandError

INCOMING = "incoming/"
LARGEST = 20 * 1024 * 1024
FORMATS = "PNG, JPEG and WebP"
_NAMED = 5


@dataclass(frozen=True)
class Image:
    """A file and its label; `key` carries its content's digest, so that sending it again sends the same object."""

    path: Path
    label: str
    key: str


def collect(folder: Path) -> list[Image]:
    """The images of `<folder>/<label>/`; raises CommandError for what ingest_image would put aside unread."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder; give one that holds {' and '.join(LABELS)}.")
    _check_labels(folder)
    files = [(path, label) for label in LABELS for path in _files(folder / label)]
    if not files:
        raise CommandError(f"{folder} holds no images; put them into {' and '.join(f'{x}/' for x in LABELS)}.")
    _check_files([path for path, _ in files])
    return [Image(path, label, _key(path, label)) for path, label in files]


def _check_labels(folder: Path) -> None:
    unknown = sorted(path.name for path in folder.iterdir() if path.name not in LABELS and _is_relevant(path))
    if unknown:
        raise CommandError(
            f"{folder} holds {_some(unknown)}, and only the labels {' and '.join(LABELS)} are known: "
            "sort the images into folders of these names."
        )


def _check_files(paths: list[Path]) -> None:
    large = [str(path) for path in paths if path.stat().st_size > LARGEST]
    if large:
        raise CommandError(f"At most {LARGEST:,} bytes are allowed, and {_some(large)} have more: make them smaller.")
    others = [str(path) for path in paths if not _is_image(path)]
    if others:
        raise CommandError(f"{FORMATS} images are allowed, and {_some(others)} are none: take them out.")


def _files(folder: Path) -> Iterator[Path]:
    paths = sorted(folder.rglob("*")) if folder.is_dir() else []
    yield from (path for path in paths if path.is_file() and _is_relevant(path))


def _is_relevant(path: Path) -> bool:
    """What systems leave in folders (.DS_Store, .keep) is no image."""
    return not path.name.startswith(".") and path.name != "Thumbs.db"


def _is_image(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(12)
    webp = start[:4] == b"RIFF" and start[8:] == b"WEBP"
    return start.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or webp


def _key(path: Path, label: str) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return f"{INCOMING}{label}/{digest}-{path.name[-100:]}"


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"
