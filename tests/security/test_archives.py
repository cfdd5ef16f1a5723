"""Hostile archives at the readers of models and data sets: nothing leaves its folder, nothing unpacks for ever."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from console.dataset.archive import check_archive
from console.dataset.error import ArchiveError
from evaluation import artifact
from evaluation.refusal import Refusal as EvaluationRefusal
from localaws.algorithms.image_classification import artifact as algorithm
from localaws.algorithms.image_classification.errors import ClientError
from processing import archive
from processing.refusal import Refusal

PARAMS = "image-classification-0001.params"
MOST_BYTES = 48 << 20


def _tar(*members: tarfile.TarInfo, kind: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as packed:
        for member in members:
            packed.addfile(member, io.BytesIO(bytes(min(member.size, 4096))))
    return buffer.getvalue()


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", **headers: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.pax_headers = kind, link, headers
    return member


def _long_header() -> bytes:
    """A header that announces a name of 200 million bytes, which gzip packs into some hundred thousand."""
    member = _member("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    member.size = 200 << 20
    return member.tobuf(tarfile.GNU_FORMAT)


def _sparse() -> tarfile.TarInfo:
    """A file of nothing that says it has eight million million bytes."""
    return _member(PARAMS, **{"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(8 << 40)})


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a header of 200 million bytes": lambda: gzip.compress(_long_header() + bytes(200 << 20), 1),
    "zeros between the files": lambda: gzip.compress(_tar(_member("x")) + bytes(200 << 20), 1),
    "a sparse file": lambda: gzip.compress(_tar(_sparse())),
    "a link to a file": lambda: gzip.compress(_tar(_member(PARAMS, tarfile.SYMTYPE, "/etc/passwd"))),
    "a hard link": lambda: gzip.compress(_tar(_member(PARAMS, tarfile.LNKTYPE, "../../etc/passwd"))),
    "a device": lambda: gzip.compress(_tar(_member(PARAMS, tarfile.CHRTYPE))),
    "a named pipe": lambda: gzip.compress(_tar(_member(PARAMS, tarfile.FIFOTYPE))),
    "the beginning of gzip": lambda: b"\x1f\x8b\x08",
    "a size that is no number": lambda: gzip.compress(_tar(_member("x")).replace(b"00000000000", b"zzzzzzzzzzz", 1)),
}
HOSTILE |= {
    f"the name {name}": lambda name=name: gzip.compress(_tar(_member(name)))
    for name in ("../../x.params", f"/tmp/{PARAMS}", f"a/../../{PARAMS}")
}


def _evaluate(path: Path) -> None:
    with artifact.opened(path.parent):
        pass


def _prepare(path: Path) -> None:
    with archive.opened(path) as members:
        for member in members:
            member.content.read()


READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "EvaluateModel": (_evaluate, EvaluationRefusal),
    "the algorithm": (lambda path: algorithm.read_artifact(path.parent), ClientError),
    "PrepareData": (_prepare, Refusal),
    "scones dataset upload": (check_archive, ArchiveError),
}


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    """Each is packed once: the large ones take a second."""
    return {name: make() for name, make in HOSTILE.items()}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing(
    packed: dict[str, bytes], tmp_path: Path, reader: str, name: str
) -> None:
    inside = tmp_path / "outer/inside"
    inside.mkdir(parents=True)
    path = inside / "model.tar.gz"
    path.write_bytes(packed[name])
    read, refusal = READERS[reader]
    tracemalloc.start()
    try:
        with pytest.raises(refusal):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]
