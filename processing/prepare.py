"""PrepareData from end to end: check everything, decide, write the images, then list them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common.jobs import Refusal
from processing import archive, cluster, curated, listing, parts, split, store
from processing.archive import Fingerprint
from processing.cluster import Cluster
from processing.image import LabelledImage, Pixels
from processing.options import Options
from processing.scan import scan
from processing.split import SPLITS, Plan
from processing.spool import Spool

if TYPE_CHECKING:
    from processing.rendezvous import Rendezvous


def prepare(options: Options, meeting: "Rendezvous | None" = None) -> None:
    """Prepare this instance's share; the first instance also lists everybody's.

    `meeting` is where several instances exchange their parts; by default the job's own output in S3.
    """
    options.check()
    host = cluster.read(options.config_dir)
    with _uncollected():
        if host.alone:
            share = _write_share(host, options)
            _list(share.plan, share.archive, options)
        else:
            _prepare_together(host, options, meeting or _meeting(options))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles: images make none, and it goes through all of them again as they grow more."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _prepare_together(host: Cluster, options: Options, meeting: "Rendezvous") -> None:
    """Write this instance's share and tell the others, a failure included; the first one waits and lists."""
    try:
        share = _write_share(host, options)
    except Refusal as refusal:
        meeting.put(host.host, parts.failure(str(refusal)))
        raise
    meeting.put(host.host, parts.dump(share.own))
    if host.first:
        arrived = meeting.collect(host.hosts)
        everyone = [each for name, text in arrived.items() for each in parts.load(text, name)]
        _list(_plan(everyone, options), share.archive, options)


def _meeting(options: Options) -> "Rendezvous":
    from processing.rendezvous import Rendezvous  # noqa: PLC0415 - one instance alone has no use for boto3

    return Rendezvous.at(cluster.meeting_place(options.config_dir), options.timeout)


@dataclass(frozen=True)
class Share:
    """What an instance has written: the plan of all that it knows of, its own images, and what archive they are of."""

    plan: Plan
    own: list[LabelledImage]
    archive: Fingerprint


def _write_share(host: Cluster, options: Options) -> Share:
    """Write the images of this instance."""
    files = curated.find(options.curated)
    with Spool() as spool:
        scanned = scan(archive.find(options.archive), host, spool)
        gathered = [image for image, _ in curated.load_images(files)]
        known = scanned.found + gathered
        plan = _plan(known, options)
        places = plan.places()
        output = store.Store(options)
        output.write_encoded(scanned.kept, spool.chunks(), places)
        output.write(_planned(files, places), places)
    own = scanned.kept + gathered
    if options.record_io:
        _pack(plan, set(own), host, options.record_io, options)
    return Share(plan, own, scanned.fingerprint)


def _planned(files: list[Path], places: dict[tuple[str, int], str]) -> Iterator[tuple[LabelledImage, Pixels]]:
    """Curated images once more, each place given once: equal images share a name."""
    written: set[LabelledImage] = set()
    for image, pixels in curated.load_images(files):
        if image not in written and (image.name, image.label) in places:
            written.add(image)
            yield image, pixels


def _plan(images: list[LabelledImage], options: Options) -> Plan:
    return split.plan(images, options.validation_share, options.seed)


def _list(plan: Plan, of: Fingerprint, options: Options) -> None:
    manifest = listing.write(plan, of, options)
    for name, counts in manifest["counts"].items():
        told = ", ".join(f"{count} {label}" for label, count in counts.items())
        print(f"{name}: {told}")
    print(f"left out as duplicates: {manifest['duplicates_left_out']}")


def _pack(plan: Plan, own: set[LabelledImage], host: Cluster, folder: Path, options: Options) -> None:
    """Pack this instance's images in their listed order; one of several marks its files with its name."""
    mark = "" if host.alone else f"_{host.host}"
    for name in SPLITS:
        chosen = [image for image in plan.splits[name] if image in own]
        listed = listing.entries(chosen, listing.copies(name, options))
        records = ((image.label, path) for image, path in listed)
        store.pack(records, options.outputs[name], folder / f"{name}{mark}.rec")
