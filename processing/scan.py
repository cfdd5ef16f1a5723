"""Take in the archive: one pass that checks all of it, before a single image is written."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from common.archives import Member
from common.jobs import Refusal
from processing import archive, labels, records
from processing.ahead import work_ahead
from processing.archive import Fingerprint, Pass
from processing.cluster import Cluster
from processing.image import TEST, TRAIN, LabelledImage, digests
from processing.labels import CLASSES
from processing.records import Records, Wanted
from processing.spool import Spool

ROOT = "cifar-100-binary"
ORIGINS = {f"{ROOT}/train.bin": TRAIN, f"{ROOT}/test.bin": TEST}
FINE_NAMES = f"{ROOT}/fine_label_names.txt"
COARSE_NAMES = f"{ROOT}/coarse_label_names.txt"
NEEDED = (*ORIGINS, FINE_NAMES, COARSE_NAMES)
NAMES_LIMIT = 1 << 16


@dataclass(frozen=True)
class Scanned:
    """All images of our classes, those of them that are in the spool, in its order, and what archive they are of."""

    found: list[LabelledImage]
    kept: list[LabelledImage]
    fingerprint: Fingerprint


def scan(path: Path, cluster: Cluster, spool: Spool) -> Scanned:
    """Find every image of our classes, and keep the pixels of this instance's share in the spool.

    The archive is unpacked by a thread of its own while this one sorts out, takes digests and encodes.
    """
    found: list[LabelledImage] = []
    kept: list[LabelledImage] = []
    seen: set[str] = set()
    with archive.opened(path) as opened, closing(work_ahead(_read(opened, seen))) as chunks:
        for chunk in chunks:
            _take(ORIGINS[chunk.name], records.select(chunk), cluster, spool, found, kept)
            opened.digest()
        fingerprint = opened.fingerprint()
    _refuse_gaps(path, seen, found)
    return Scanned(found, kept, fingerprint)


def _read(members: Pass, seen: set[str]) -> Iterator[Records]:
    """The records of both files, a chunk at a time; takes down what else the archive holds."""
    for member in members:
        seen.add(member.name)
        if member.name in ORIGINS:
            yield from records.read_records(member)
        elif member.name == FINE_NAMES:
            labels.verify(_names(member))


def _take(
    origin: str,
    chunk: Wanted,
    cluster: Cluster,
    spool: Spool,
    found: list[LabelledImage],
    kept: list[LabelledImage],
) -> None:
    images = [
        LabelledImage(origin, f"{origin}_{index:05d}", label, digest)
        for index, label, digest in zip(chunk.index.tolist(), chunk.label.tolist(), digests(chunk.pixels), strict=True)
    ]
    found += images
    if cluster.alone:
        kept += images
        spool.append(chunk.pixels)
        return
    mine = [cluster.owns(index) for index in chunk.index.tolist()]
    kept += [image for image, own in zip(images, mine, strict=True) if own]
    spool.append(chunk.pixels[mine])


def _names(member: Member) -> list[str]:
    """The label names, one a line; the published file ends with empty lines."""
    text = member.content.read(NAMES_LIMIT)
    return text.decode("utf-8", errors="replace").split()


def _refuse_gaps(path: Path, seen: set[str], found: list[LabelledImage]) -> None:
    missing = [name for name in NEEDED if name not in seen]
    if missing:
        raise Refusal(
            f"{path.name} holds no {', '.join(missing)}, where {', '.join(NEEDED)} are needed: "
            "give an archive in CIFAR-100's binary layout."
        )
    counts = Counter((image.origin, image.label) for image in found)
    for name, origin in ORIGINS.items():
        for vehicle in CLASSES:
            if not counts[origin, vehicle.label]:
                raise Refusal(
                    f"{name} holds no {vehicle.name} (fine label {vehicle.fine}), where both classes are "
                    "needed in train.bin and test.bin: give an archive with images of both."
                )
