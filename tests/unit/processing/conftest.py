"""Archives in CIFAR-100's binary layout, small enough to draw for every test."""

import gzip
import io
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

FINE = {0: 8, 1: 48}
NAMES = [f"class{index}" for index in range(100)]
NAMES[8], NAMES[48] = "bicycle", "motorcycle"


def record(fine: int, pixels: np.ndarray, coarse: int = 18) -> bytes:
    """One record of 3,074 bytes from pixels (32, 32, 3)."""
    return bytes([coarse, fine]) + pixels.transpose(2, 0, 1).tobytes()


def image(number: int) -> np.ndarray:
    """An image (32, 32, 3) that no other number has."""
    return np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype=np.uint8)


def records(per_class: int, start: int, others: int = 2) -> list[bytes]:
    """Records of both classes and of others, in turn."""
    made = []
    for index in range(per_class):
        made += [record(fine, image(start + 2 * index + label)) for label, fine in FINE.items()]
        made += [record(3, image(start + 5000 + index * others + other)) for other in range(others)]
    return made


@dataclass
class Draft:
    """An archive to be: change its files, then `save` it."""

    files: dict[str, bytes] = field(default_factory=dict)

    def tar(self, extra: Sequence[tarfile.TarInfo] = ()) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for info in extra:
                tar.addfile(info, io.BytesIO(bytes(info.size)))
            for name, content in self.files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return buffer.getvalue()

    def save(self, folder: Path, extra: Sequence[tarfile.TarInfo] = ()) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "cifar.tar.gz"
        path.write_bytes(gzip.compress(self.tar(extra), compresslevel=1, mtime=0))
        return path


@pytest.fixture
def draft() -> Draft:
    """Twenty training and five test images of each class, among others."""
    return Draft(
        {
            "cifar-100-binary/fine_label_names.txt": ("\n".join(NAMES) + "\n\n").encode(),
            "cifar-100-binary/coarse_label_names.txt": b"vehicles_1\n",
            "cifar-100-binary/train.bin": b"".join(records(20, start=0)),
            "cifar-100-binary/test.bin": b"".join(records(5, start=1000)),
        }
    )


@pytest.fixture
def arguments(tmp_path: Path) -> Callable[..., list[str]]:
    """The command line of a run whose folders all lie under `tmp_path / run`."""

    def build(run: str = "run", *more: str, archive: Path | None = None) -> list[str]:
        root = tmp_path / run
        places = {name: root / name for name in ("train", "validation", "test", "lst", "message")}
        places |= {"archive": archive or tmp_path / "archive", "curated": tmp_path / "curated"}
        places |= {"config-dir": root / "config"}
        return [text for name, path in places.items() for text in (f"--{name}", str(path))] + list(more)

    return build
