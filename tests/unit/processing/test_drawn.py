"""PrepareData on drawn archives: every image of our classes comes out once, and what is damaged is refused."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.processing.drawn import SPLITS, Archive, archives, is_refused, prepared, seen

repeatable = settings(max_examples=40, deadline=None, derandomize=True)
OPTIONS = st.tuples(st.sampled_from(["0.01", "0.1", "0.3", "0.5"]), st.integers(0, 2**32 - 1))


def packed(archive: Archive, kind: int = tarfile.USTAR_FORMAT, level: int = 1, turned: bool = False) -> bytes:
    """The archive's bytes, in one of the forms that tar and gzip have."""
    files = archive.draft.files
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as tar:
        for name in reversed(files) if turned else files:
            info = tarfile.TarInfo(name)
            info.size = len(files[name])
            tar.addfile(info, io.BytesIO(files[name]))
    return gzip.compress(buffer.getvalue(), level, mtime=0)


def written(folder: Path) -> dict[str, bytes]:
    """Every byte of a run, but for what the manifest says of the archive's file."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}
    manifest = json.loads(found.pop("lst/manifest.json"))
    del manifest["archive"]
    return found | {"manifest": json.dumps(manifest).encode()}


@repeatable
@given(archive=archives(), options=OPTIONS)
def test_each_picture_comes_out_once_with_its_label_and_every_pixel_and_nothing_else_does(
    archive: Archive, options: tuple[str, int]
) -> None:
    share, seed = options
    with prepared(packed(archive), "--validation-share", share, "--seed", str(seed)) as (code, folder):
        if not archive.is_enough:
            assert is_refused(code, folder)
            return
        assert code == 0
        found = seen(folder)
        pool, test = archive.expected()
        assert found["test"] == test
        assert found["train"] | found["validation"] == pool
        assert not found["train"].keys() & found["validation"].keys()
        assert Counter(path.split("/")[0] for path in found["validation"]) == archive.validated(float(share))
        for split in SPLITS:
            listed = (folder / f"lst/{split}.lst").read_text().splitlines()
            assert sorted(line.split("\t")[2] for line in listed) == sorted(found[split])


@repeatable
@given(archive=archives(enough=True), options=OPTIONS, data=st.data())
def test_the_same_seed_makes_the_same_bytes_however_the_archive_is_packed(
    archive: Archive, options: tuple[str, int], data: st.DataObject
) -> None:
    words = ("--validation-share", options[0], "--seed", str(options[1]), "--augment", "1")
    kind = data.draw(st.sampled_from([tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
    again = packed(archive, kind, data.draw(st.integers(0, 9)), data.draw(st.booleans()))
    with prepared(packed(archive), *words) as (_, one), prepared(again, *words) as (code, other):
        assert code == 0
        assert written(one) == written(other)


@repeatable
@given(archive=archives(enough=True), data=st.data())
def test_the_order_of_records_decides_names_and_which_label_of_equal_pictures_wins_and_nothing_else(
    archive: Archive, data: st.DataObject
) -> None:
    label = {number: fine for fine, number in reversed(archive.train)}
    agreed = Archive([(label[number], number) for _, number in archive.train], archive.test)
    turned = Archive(*(data.draw(st.permutations(held)) for held in (agreed.train, agreed.test)))
    with prepared(packed(agreed)) as (code, one), prepared(packed(turned)) as (same, other):
        assert code == same
        if code == 0:
            first, second = (
                {
                    split: Counter((path.split("/")[0], pixels) for path, pixels in held.items())
                    for split, held in seen(folder).items()
                }
                for folder in (one, other)
            )
            assert first == second


WHOLE = packed(Archive([(8, 1), (8, 2), (48, 3), (48, 4)], [(8, 5), (48, 6)]))
# Most of the bytes are pixels: gzip's head and tail get a share of their own.
PLACES = st.integers(0, len(WHOLE) - 1) | st.integers(0, 17) | st.integers(len(WHOLE) - 12, len(WHOLE) - 1)


@repeatable
@given(place=PLACES)
def test_an_archive_that_is_cut_anywhere_is_refused(place: int) -> None:
    with prepared(WHOLE[:place]) as (code, folder):
        assert is_refused(code, folder)


@repeatable
@given(place=PLACES, bit=st.integers(0, 7))
def test_a_changed_bit_anywhere_is_refused_or_changes_nothing(place: int, bit: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] ^= 1 << bit
    with prepared(WHOLE) as (_, whole), prepared(bytes(damaged)) as (code, folder):
        assert is_refused(code, folder) or written(folder) == written(whole)


@repeatable
@given(place=st.integers(0, 511), value=st.integers(0, 255), file=st.integers(0, 3))
def test_a_changed_byte_of_a_tar_header_is_refused_or_changes_nothing(place: int, value: int, file: int) -> None:
    plain = bytearray(gzip.decompress(WHOLE))
    starts = [start for start in range(0, len(plain), 512) if plain[start : start + 5] == b"cifar"]
    plain[starts[file] + place] = value
    with prepared(WHOLE) as (_, whole), prepared(gzip.compress(bytes(plain), 1)) as (code, folder):
        assert is_refused(code, folder) or written(folder) == written(whole)
