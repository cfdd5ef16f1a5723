"""Hostile archives at every reader of the product: nothing leaves its folder, nothing unpacks without end."""

from __future__ import annotations

import ast
import re
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.archives import BadArchive, Limits, read_tar, read_zip, unpack
from common.jobs import Refusal
from common.jobs import Refusal as EvaluationRefusal
from console.dataset.archive import check_archive
from console.errors import CommandError
from console.pretraining.selection import select
from evaluation.artifact import load_artifact
from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification import artifact as algorithm
from localaws.failures import ClientFailure
from localaws.jobs.model_server import unpack_model
from localaws.push.git import PushError
from localaws.push.repository import unpack as unpack_seed
from processing import archive
from seedcode.packaging import PackagingError
from seedcode.packaging.layer import read_wheels
from tests.security.hostile_archives import TARS, VICTIM, ZIPS, packed

CHECKOUT = Path(__file__).parents[2]
MOST_BYTES = 48 << 20
LIMITS = Limits(members=5_000, file_bytes=1 << 30, total_bytes=1 << 30)


def _unpack_tar(path: Path) -> None:
    with path.open("rb") as file:
        unpack(read_tar(file, LIMITS), path.parent / "target")


def _unpack_zip(path: Path) -> None:
    with path.open("rb") as file:
        unpack(read_zip(file, LIMITS), path.parent / "target")


def _evaluate(path: Path) -> None:
    load_artifact(path.parent)


def _prepare(path: Path) -> None:
    with archive.opened(path) as members:
        for member in members:
            for _ in member.blocks():
                pass


def _objects(path: Path) -> Any:
    return SimpleNamespace(read=lambda *_: path.read_bytes())


def _host(path: Path) -> None:
    """What CreateEndpoint and CreateTransformJob do with a model, within the local AWS's own process."""
    aws: Any = SimpleNamespace(clients=SimpleNamespace(objects=_objects(path)))
    unpack_model(aws, {"ModelDataUrl": "s3://bucket/model.tar.gz"}, path.parent / "root")


TAR_READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "common": (_unpack_tar, BadArchive),
    "EvaluateModel": (_evaluate, EvaluationRefusal),
    "the algorithm": (lambda path: algorithm.read_artifact(path.parent), ClientError),
    "PrepareData": (_prepare, Refusal),
    "scones dataset upload": (check_archive, CommandError),
    "scones pretrain": (lambda path: select(path, path.parent / "channels"), CommandError),
    "an endpoint's model": (_host, ClientFailure),
}
ZIP_READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "common": (_unpack_zip, BadArchive),
    "a repository's seed": (lambda path: unpack_seed(path.read_bytes(), path.parent / "seed"), PushError),
    "the layer's wheels": (lambda path: read_wheels(path.parent), PackagingError),
}


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """Where an archive is read; what lies above may not be touched."""
    (tmp_path / "outer/inside").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "outer", tmp_path / "outer/inside"):
        (folder / VICTIM).write_text("as it was")
    return tmp_path / "outer/inside"


def _refused(path: Path, read: Callable[[Path], object], refusal: type[Exception]) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(refusal) as caught:
            read(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700
    left = [file for file in path.parents[2].rglob("*") if file.is_file() and file != path]
    assert {(file.name, file.read_text()) for file in left} == {(VICTIM, "as it was")}


@pytest.mark.parametrize("reader", TAR_READERS)
@pytest.mark.parametrize("name", TARS)
def test_a_hostile_archive_is_refused_and_leaves_nothing(inside: Path, reader: str, name: str) -> None:
    path = inside / "model.tar.gz"
    path.write_bytes(packed("tar", name))
    _refused(path, *TAR_READERS[reader])


@pytest.mark.parametrize("reader", ZIP_READERS)
@pytest.mark.parametrize("name", ZIPS)
def test_a_hostile_zip_is_refused_and_leaves_nothing(inside: Path, reader: str, name: str) -> None:
    path = inside / "model-1.0-py3-none-any.whl"
    content = packed("zip", name)
    if reader == "a repository's seed":
        _refused(path, lambda _: unpack_seed(content, inside / "seed"), PushError)
        return
    path.write_bytes(content)
    _refused(path, *ZIP_READERS[reader])


PACKAGES = (
    "pipelines",
    "processing",
    "evaluation",
    "monitoring",
    "lambdas",
    "workflow",
    "seedcode",
    "localaws",
    "console",
)
OPENING = {"tarfile": {"open", "TarFile"}, "zipfile": {"ZipFile", "PyZipFile"}, "gzip": {"open", "GzipFile"}}
READING = {"gzip": {"decompress"}, "zlib": {"decompress", "decompressobj"}, "bz2": {"open"}, "lzma": {"open"}}
EXTRACTING = {"extract", "extractall", "unpack_archive"}
MODE = re.compile(r"[wx][bt]?([:|]\w*)?")


def _openings(source: str) -> Iterator[int]:
    """The lines where an archive is opened other than for writing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module in {*OPENING, *READING}:
            yield node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _opens(node, node.func):
            yield node.lineno


def _opens(call: ast.Call, called: ast.Attribute) -> bool:
    owner = called.value.id if isinstance(called.value, ast.Name) else ""
    if called.attr in EXTRACTING or called.attr in READING.get(owner, ()):
        return True
    given = [
        value.value
        for value in (*call.args, *(word.value for word in call.keywords))
        if isinstance(value, ast.Constant)
    ]
    writes = any(isinstance(word, str) and MODE.fullmatch(word) for word in given)
    return called.attr in OPENING.get(owner, ()) and not writes


def test_no_package_opens_an_archive_but_by_the_one_reader() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{line}"
        for package in PACKAGES
        for path in (CHECKOUT / package).rglob("*.py")
        for line in _openings(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "tarfile.open(path)",
        "tarfile.open(fileobj=stream, mode='r|')",
        "packed.extractall(folder, filter='data')",
        "packed.extract(member, folder)",
        "zipfile.ZipFile(path)",
        "zipfile.ZipFile(path, mode='r')",
        "shutil.unpack_archive(path, folder)",
        "gzip.open(path)",
        "gzip.decompress(data)",
        "zlib.decompressobj(31)",
        "lzma.open(path)",
        "from tarfile import open as untar",
    ],
)
def test_a_new_way_of_opening_an_archive_is_found(line: str) -> None:
    assert list(_openings(line)) == [1]


def test_what_only_writes_archives_is_left_alone() -> None:
    assert not list(_openings("tarfile.open(draft, 'w:gz')\nzipfile.ZipFile(buffer, 'w', method)\nzlib.compress(data)"))
