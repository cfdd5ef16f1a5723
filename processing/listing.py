"""The .lst files that the algorithm reads, and the manifest that says what is in them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from common.labels import LABELS
from processing.archive import Fingerprint
from processing.image import CURATED, LabelledImage
from processing.labels import CLASSES
from processing.options import Options
from processing.split import SPLITS, TRAINING, Plan


def entries(images: list[LabelledImage], copies: int) -> Iterator[tuple[LabelledImage, str]]:
    """Each image with its relative path, followed by its augmented copies with theirs."""
    for image in images:
        for copy in range(copies + 1):
            yield image, image.path(copy)


def copies(split: str, options: Options) -> int:
    """How many augmented copies stand beside each image of a split."""
    return options.augment if split == TRAINING else 0


def write(plan: Plan, archive: Fingerprint, options: Options) -> dict[str, Any]:
    """Write `<split>.lst` and `manifest.json`, and return the manifest."""
    options.lst.mkdir(parents=True, exist_ok=True)
    lists = {}
    for split in SPLITS:
        listed = list(entries(plan.splits[split], copies(split, options)))
        text = _lst(listed)
        (options.lst / f"{split}.lst").write_text(text, encoding="utf-8")
        lists[split] = {"pictures": len(listed), "lst_sha256": _sha256(text), "files_sha256": _sha256(_files(listed))}
    manifest = _manifest(plan, lists, archive, options)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (options.lst / "manifest.json").write_text(text, encoding="utf-8")
    return manifest


def _lst(listed: list[tuple[LabelledImage, str]]) -> str:
    """Lines of `index<TAB>class<TAB>relative path`, the form of the built-in algorithm's .lst channels."""
    return "".join(f"{index}\t{image.label}\t{path}\n" for index, (image, path) in enumerate(listed))


def _files(listed: list[tuple[LabelledImage, str]]) -> str:
    """Every file with the digest of the image it was made from, sorted."""
    return "".join(sorted(f"{path}\t{image.digest}\n" for image, path in listed))


def _manifest(plan: Plan, lists: dict[str, Any], archive: Fingerprint, options: Options) -> dict[str, Any]:
    return {
        "source": options.source,
        "dataset_version": options.dataset_version,
        "archive": asdict(archive),
        "seed": options.seed,
        "validation_share": options.validation_share,
        "augmented_copies": options.augment,
        "resize": options.resize,
        "labels": {vehicle.name: vehicle.label for vehicle in CLASSES},
        "counts": {split: _counts(plan.splits[split], 1 + copies(split, options)) for split in SPLITS},
        "curated": {split: _curated(plan.splits[split]) for split in SPLITS},
        "duplicates_left_out": plan.duplicates.as_dict(),
        "lists": lists,
    }


def _counts(images: list[LabelledImage], times: int) -> dict[str, int]:
    counted = Counter(LABELS[image.label] for image in images)
    return {name: counted[name] * times for name in LABELS}


def _curated(images: list[LabelledImage]) -> int:
    return sum(image.origin == CURATED for image in images)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
