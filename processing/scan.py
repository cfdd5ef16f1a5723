"""Take in the archive: one pass that checks all of it, before a single image is written."""

from collections import Counter
from pathlib import Path

from common.archives import Member
from common.jobs import Refusal
from processing import archive, labels, records
from processing.cluster import Cluster
from processing.image import TEST, TRAIN, LabelledImage, digest
from processing.labels import CLASSES
from processing.spool import Spool

ROOT = "cifar-100-binary"
ORIGINS = {f"{ROOT}/train.bin": TRAIN, f"{ROOT}/test.bin": TEST}
FINE_NAMES = f"{ROOT}/fine_label_names.txt"
COARSE_NAMES = f"{ROOT}/coarse_label_names.txt"
NEEDED = (*ORIGINS, FINE_NAMES, COARSE_NAMES)
NAMES_LIMIT = 1 << 16


def scan(path: Path, cluster: Cluster, spool: Spool) -> tuple[list[LabelledImage], list[LabelledImage]]:
    """Find every image of our classes, and keep the pixels of this instance's share in the spool.

    Returns all images, and those of them that are in the spool, in its order.
    """
    found: list[LabelledImage] = []
    kept: list[LabelledImage] = []
    seen: set[str] = set()
    with archive.opened(path) as members:
        for member in members:
            seen.add(member.name)
            if member.name in ORIGINS:
                _take(member, cluster, spool, found, kept)
            elif member.name == FINE_NAMES:
                labels.verify(_names(member))
    _refuse_gaps(path, seen, found)
    return found, kept


def _take(
    member: Member, cluster: Cluster, spool: Spool, found: list[LabelledImage], kept: list[LabelledImage]
) -> None:
    origin = ORIGINS[member.name]
    for chunk in records.wanted(member):
        mine = [cluster.owns(int(index)) for index in chunk.index]
        images = [
            LabelledImage(origin, f"{origin}_{index:05d}", int(label), digest(pixels))
            for index, label, pixels in zip(chunk.index, chunk.label, chunk.pixels, strict=True)
        ]
        found += images
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
