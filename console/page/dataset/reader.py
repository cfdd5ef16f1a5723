"""The data set that a run has prepared: PrepareData's manifest and lists, and the leaks that the evaluation found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from starlette.requests import Request

from common.labels import LABELS
from console.errors import CommandError
from console.executions import fetch_steps, find_version, identifier, iter_summaries
from console.page import storage
from console.page.execution.reader import find_arn
from console.page.jobs import fetch_job, list_outputs
from console.page.source import Source

PREPARES, EVALUATES = "PrepareData", "EvaluateModel"
SPLITS = ("train", "validation", "test")
_LISTS, _MANIFEST = "lst", "manifest.json"
_NEWEST = 20
"""So many runs are looked at for one that has prepared its data: each takes a call."""
_IMAGES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}

Steps = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Place:
    """An image of the data set: its split, and its path below it."""

    split: str
    path: str


@dataclass(frozen=True)
class Leak:
    """Of two splits, how many images of the second are in the first: equal ones and nearly equal ones."""

    first: str
    second: str
    equal: int
    near: int
    pairs: tuple[tuple[str, Place, Place], ...] = ()
    """The first few: the kind, and both images."""


@dataclass(frozen=True)
class Dataset:
    """What a run was trained and tested on. `images` are paths by split and class, in their listed, mixed order."""

    run: str
    images: Mapping[str, Mapping[str, tuple[str, ...]]]
    places: Mapping[str, str]
    """Where the images of each split lie in S3."""
    facts: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, int], ...]
    curated: Mapping[str, int] = field(default_factory=dict)
    leaks: tuple[Leak, ...] | None = None
    """None where no evaluation has looked for them."""
    dataset_version: str = ""
    version: int | None = None

    def count(self, split: str, label: str) -> int:
        """How many images of a class are in a split."""
        return len(self.images[split].get(label, ()))


@dataclass(frozen=True)
class Absent:
    """Why there is no data set to look at; `run` is the run that should have one."""

    words: str
    run: str = ""


def fetch_newest(source: Source) -> Dataset | Absent:
    """The data set of the newest run that has prepared one."""
    sagemaker = source.client("sagemaker")
    listed = list(islice(iter_summaries(sagemaker, source.project.pipeline_name), _NEWEST))
    for summary in listed:
        arn = summary["PipelineExecutionArn"]
        steps = fetch_steps(sagemaker, arn)
        if steps.get(PREPARES, {}).get("StepStatus") == "Succeeded":
            return _read(source, identifier(arn), steps)
    if not listed:
        return Absent("No run has prepared images yet; start one, and its data set is shown here.")
    return Absent(
        f"None of the newest {len(listed)} runs has prepared its images.", identifier(listed[0]["PipelineExecutionArn"])
    )


def fetch_dataset(source: Source, run: str) -> Dataset | Absent:
    """The data set of a run."""
    arn = find_arn(source, run)
    if arn is None:
        return Absent(f"{run} is no run of this project; it may have been in a state that was wiped.")
    steps = fetch_steps(source.client("sagemaker"), arn)
    step = steps.get(PREPARES)
    if step is None:
        return Absent(f"The run has not come to {PREPARES}, which prepares its images.", run)
    if step["StepStatus"] == "Succeeded":
        return _read(source, run, steps)
    if step["StepStatus"] == "Failed":
        return Absent(f"{PREPARES} failed: {step.get('FailureReason') or 'it says no reason.'}", run)
    return Absent(f"{PREPARES} is {step['StepStatus'].lower()}; the data set is there when it has succeeded.", run)


def fetch_image(source: Source, request: Request) -> tuple[bytes, str]:
    """An image that a run's lists name, and its media type; nothing else in the bucket is answered."""
    run, split, path = (request.path_params[name] for name in ("identifier", "split", "path"))
    found = source.once(("data set", run), lambda: fetch_dataset(source, run), lambda one: isinstance(one, Dataset))
    kind = _IMAGES.get(PurePosixPath(path).suffix.lower())
    if (
        isinstance(found, Absent)
        or kind is None
        or not any(path in paths for paths in found.images.get(split, {}).values())
    ):
        raise CommandError(f"The data set has no image {path!r} in {split!r}.")
    uri = f"{found.places.get(split, '').rstrip('/')}/{path}"
    content = storage.fetch(source, uri)
    if content is None:
        raise CommandError(f"There is nothing at {uri}.")
    return content, kind


def _read(source: Source, run: str, steps: Steps) -> Dataset | Absent:
    places = _list_outputs(source, steps, PREPARES)
    root = places.get(_LISTS, "").rstrip("/")
    manifest = storage.fetch_json(source, f"{root}/{_MANIFEST}") if root else None
    if not isinstance(manifest, dict):
        return Absent(f"The run's {_MANIFEST} is no longer at {root or 'the output of ' + PREPARES}.", run)
    lists = {split: storage.fetch(source, f"{root}/{split}.lst") for split in SPLITS}
    images = {split: parse_list(content.decode()) for split, content in lists.items() if content is not None}
    if not images:
        return Absent(f"The run's lists of images are no longer at {root}.", run)
    return Dataset(
        run=run,
        images=images,
        places=places,
        facts=tuple(_tell(manifest)),
        left_out=tuple(
            (name.replace("_", " "), int(count)) for name, count in _counts(manifest, "duplicates_left_out")
        ),
        curated={split: int(count) for split, count in _counts(manifest, "curated")},
        leaks=_fetch_leaks(source, steps),
        dataset_version=str(manifest.get("dataset_version") or ""),
        version=find_version(step.get("Metadata", {}) for step in steps.values()),
    )


def parse_list(text: str) -> dict[str, tuple[str, ...]]:
    """Paths by class, of lines `index<TAB>class<TAB>relative path`; what is no such line is left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in text.splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[1].isdecimal() and int(parts[1]) < len(LABELS):
            found[LABELS[int(parts[1])]].append(parts[2])
    return {label: tuple(paths) for label, paths in found.items()}


def parse_leaks(section: object) -> tuple[Leak, ...]:
    """The evaluation's section `leakage`, whose names are `<second>_<first>` of the splits."""
    if not isinstance(section, dict):
        return ()
    return tuple(_leak(name, found) for name, found in section.items() if isinstance(found, dict))


def _leak(name: str, found: Mapping[str, Any]) -> Leak:
    second, _, first = name.partition("_")
    pairs = [
        (str(pair["kind"]), Place(first, pair[first]), Place(second, pair[second]))
        for pair in found.get("pairs", [])
        if {"kind", first, second} <= pair.keys()
    ]
    return Leak(first, second, int(found.get("exact", 0)), int(found.get("near", 0)), tuple(pairs))


def _fetch_leaks(source: Source, steps: Steps) -> tuple[Leak, ...] | None:
    if steps.get(EVALUATES, {}).get("StepStatus") != "Succeeded":
        return None
    root = _list_outputs(source, steps, EVALUATES).get("evaluation", "").rstrip("/")
    report = storage.fetch_json(source, f"{root}/evaluation.json") if root else None
    return parse_leaks(report["leakage"]) if isinstance(report, dict) and "leakage" in report else None


def _list_outputs(source: Source, steps: Steps, name: str) -> dict[str, str]:
    _, job = fetch_job(source, steps.get(name, {}).get("Metadata", {}))
    return dict(list_outputs(job or {}))


def _tell(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    archive = manifest.get("archive") or {}
    size = archive.get("bytes")
    yield "source", str(manifest.get("source") or "")
    yield "data version", str(manifest.get("dataset_version") or "")
    yield (
        "archive",
        f"{archive.get('name', '')}, {size:,} bytes" if isinstance(size, int) else str(archive.get("name", "")),
    )
    yield "SHA-256 of the archive", str(archive.get("sha256") or "")
    share = manifest.get("validation_share")
    yield "validation", f"{share:.0%} of the images that are not for the test" if isinstance(share, float) else ""
    yield "random seed", str(manifest.get("seed", ""))
    copies = manifest.get("augmented_copies")
    yield "augmented copies", f"{copies} beside each training image" if copies else ""


def _counts(manifest: Mapping[str, Any], name: str) -> Sequence[tuple[str, int]]:
    found = manifest.get(name)
    return list(found.items()) if isinstance(found, dict) else []
