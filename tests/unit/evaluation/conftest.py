"""A net that knows bright from dark, and images to ask it about."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from evaluation.__main__ import main
from tests.artifacts import write_artifact

GREYS = {0: (30, 60, 90), 1: (160, 190, 220)}
"""Bicycles are dark here and motorcycles bright."""


def pack(folder: Path, target: Path) -> Path:
    """Pack a folder's files as the algorithm does, at the top of model.tar.gz; the same files are the same bytes."""
    target.mkdir(parents=True, exist_ok=True)
    path = target / "model.tar.gz"
    with gzip.GzipFile(path, "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, arcname=file.name, filter=_undated)
    return path


def _undated(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = 0
    return member


def save_images(root: Path, per_class: int, mistakes: int = 0) -> None:
    """Write images and lists of all splits and manifest.json; the first `mistakes` test bicycles are bright."""
    save_split(root, "test", per_class, mistakes)
    save_split(root, "validation", 3, shade=5)
    save_split(root, "train", 3, shade=10)
    manifest = {"source": "a <drawn> set", "counts": {"test": {"bicycle": per_class, "motorcycle": per_class}}}
    (root / "lst/manifest.json").write_text(json.dumps(manifest))


def save_split(root: Path, split: str, per_class: int, mistakes: int = 0, shade: int = 0) -> None:
    """Write one split's images and list; `shade` makes its greys differ from the other splits'."""
    lines = []
    for label, name in enumerate(("bicycle", "motorcycle")):
        (root / split / name).mkdir(parents=True, exist_ok=True)
        for index in range(per_class):
            shown = 1 if label == 0 and index < mistakes else label
            grey = GREYS[shown][index % 3] + shade
            (root / split / name / f"{index}.png").write_bytes(encode(grey))
            lines.append(f"{len(lines)}\t{label}\t{name}/{index}.png\n")
    (root / "lst").mkdir(exist_ok=True)
    (root / f"lst/{split}.lst").write_text("".join(lines))


@cache
def encode(grey: int) -> bytes:
    """A PNG image of one grey."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (grey, grey, grey)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """The folder of an unpacked artifact; pack it with the fixture `packed`."""
    if not (tmp_path / "net").exists():
        write_artifact(tmp_path / "net")
    return tmp_path / "net"


@pytest.fixture
def packed(tmp_path: Path) -> Callable[[Path], Path]:
    """Pack an artifact's folder into tmp_path/model."""
    return lambda folder: pack(folder, tmp_path / "model")


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """An artifact, and a test set of 12 images with two mistakes."""
    return make_ready(tmp_path)


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """A command line whose folders all lie under `tmp_path`."""
    return command_line(tmp_path)


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots are composed and saved unpainted: painting them takes most of an evaluation's time."""
    monkeypatch.setattr(Figure, "savefig", lambda _, file, **__: file.write(b"unpainted"))


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one evaluation wrote; for reading only."""
    root = make_ready(tmp_path_factory.mktemp("evaluated"))
    assert main([*command_line(root), "--threshold", "0.8"]) == 0
    return root / "output"


def make_ready(root: Path) -> Path:
    """Put an artifact and a test set into a folder."""
    write_artifact(root / "net")
    pack(root / "net", root / "model")
    save_images(root, per_class=6, mistakes=2)
    return root


def command_line(root: Path) -> list[str]:
    """The options that name all of a folder's places."""
    names = ("model", "train", "validation", "test", "lst", "output", "message")
    return [text for name in names for text in (f"--{name}", str(root / name))]
