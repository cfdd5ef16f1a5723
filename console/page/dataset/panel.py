"""The panel of a data set: counts, sample images by split and class, and images that are there twice."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from common.labels import LABELS
from console.page.context import Context
from console.page.dataset import topic
from console.page.dataset.reader import SPLITS, Absent, Dataset, Leak, Place, fetch_image
from console.page.parts.elements import box, facts, heading, link, table, text
from console.page.parts.lineage import Lineage, show_lineage
from console.page.parts.live import Live
from console.page.version import topic as versions
from console.page.version.standing import Standing

FILES = {"/dataset/{identifier}/image/{split}/{path:path}": fetch_image}
_FIRST, _MORE = 14, 28
_SHOWN_PAIRS = 12
_WORDS = {"exact": "equal", "near": "nearly equal"}


class DatasetPanel:
    """A run's data set; that of the newest run which has one where no run is named."""

    def __init__(self, context: Context, identifier: str = "") -> None:
        self._found: Dataset | None = None
        self._live: int | None = None
        heading("Data set", 1)
        self._lineage = box("stack")
        Live(context.poller, versions.standing(context), self._take_standing, keeps=True, waiting=" ")
        wanted = topic.dataset(context, identifier) if identifier else topic.newest(context)
        Live(context.poller, wanted, self._draw)

    def _take_standing(self, standing: Standing) -> None:
        self._live = standing.live.number if standing.live else None
        self._draw_lineage()

    def _draw_lineage(self) -> None:
        self._lineage.clear()
        found = self._found
        if found:
            with self._lineage:
                show_lineage(Lineage(found.dataset_version, found.run, found.version, self._live), "Data set")

    def _draw(self, found: Dataset | Absent) -> None:
        self._found = found if isinstance(found, Dataset) else None
        self._draw_lineage()
        if isinstance(found, Absent):
            text(found.words, "empty", "wrap", tag="p")
            link(f"Run {found.run}", f"/execution/{found.run}") if found.run else link("All runs", "/runs")
            return
        with box("halves"):
            with box("sheet", "stack"):
                heading("Images by split and class")
                _draw_counts(found)
            with box("sheet", "stack"):
                heading("Where it comes from")
                facts(found.facts)
        for split in SPLITS:
            if split in found.images:
                _draw_split(found, split)
        _draw_duplicates(found)


def _draw_counts(found: Dataset) -> None:
    rows = []
    for split in SPLITS:
        if split in found.images:
            counts = [found.count(split, label) for label in LABELS]
            curated = found.curated.get(split, 0)
            rows.append((split, *(f"{count:,}" for count in counts), f"{sum(counts):,}", f"{curated:,}"))
    table(("Split", *LABELS, "Together", "Curated"), rows, "Images by split and class")


def _draw_split(found: Dataset, split: str) -> None:
    with box("sheet", "stack"):
        heading(f"Samples: {split}")
        with box("halves"):
            for label in LABELS:
                with box("stack"):
                    _draw_class(found, split, label)


def _draw_class(found: Dataset, split: str, label: str) -> None:
    paths = found.images[split].get(label, ())
    heading(f"{label}, {len(paths):,} images", 3)
    if paths:
        _Samples(found.run, split, label, paths)
    else:
        text("The split has none of this class.", "empty", tag="p")


class _Samples:
    """The first images of a class in their mixed order, which is a sample, and more of them on demand."""

    def __init__(self, run: str, split: str, label: str, paths: tuple[str, ...]) -> None:
        self._run, self._split, self._paths, self._shown = run, split, paths, 0
        with box("samples", "plain", tag="ul") as self._list:
            self._list.props["aria-label"] = f"{label} images of {split}"
        with box("row-of"):
            self._more = ui.button("More images", on_click=lambda: self._show(_MORE)).props("flat dense no-caps")
        self._more.props["aria-label"] = f"More {label} images of {split}"
        self._show(_FIRST)

    def _show(self, count: int) -> None:
        with self._list:
            for path in self._paths[self._shown : self._shown + count]:
                with box(tag="li"):
                    _draw_image(self._run, Place(self._split, path))
        self._shown += count
        self._more.set_visibility(self._shown < len(self._paths))


def _draw_image(run: str, place: Place) -> None:
    made = box(tag="img").props("loading=lazy")
    made.props["src"] = f"/dataset/{quote(run, safe='')}/image/{place.split}/{quote(place.path)}"
    made.props["alt"] = made.props["title"] = place.path


def _draw_duplicates(found: Dataset) -> None:
    with box("sheet", "stack"):
        heading("Duplicates")
        with box("halves"):
            with box("stack"):
                text("Left out when the data was prepared, as their pixels were there already:", "faint", tag="p")
                table(
                    ("Why", "Images"),
                    [(name, f"{count:,}") for name, count in found.left_out],
                    "Left out as duplicates",
                )
            with box("stack"):
                _draw_leaks(found.leaks)
        if found.leaks:
            _draw_pairs(found.run, found.leaks)


def _draw_leaks(leaks: tuple[Leak, ...] | None) -> None:
    if leaks is None:
        words = "Whether images are in two splits is looked for by the evaluation, which has not succeeded."
        text(words, "faint", tag="p")
        return
    text("In two splits, as the evaluation found:", "faint", tag="p")
    rows = [(f"{leak.second} in {leak.first}", f"{leak.equal:,}", f"{leak.near:,}") for leak in leaks]
    table(("Splits", "Equal", "Nearly equal"), rows, "Images in two splits")


def _draw_pairs(run: str, leaks: tuple[Leak, ...]) -> None:
    pairs = [pair for leak in leaks for pair in leak.pairs]
    if not pairs:
        return
    with box("samples", "pairs", "plain", tag="ul") as made:
        made.props["aria-label"] = "Pairs of images in two splits"
        for kind, one, other in pairs[:_SHOWN_PAIRS]:
            with box("stack", "tight", tag="li"):
                with box("row-of"):
                    _draw_image(run, one)
                    _draw_image(run, other)
                text(f"{_WORDS.get(kind, kind)}: {one.split} and {other.split}", "faint")
    hidden = len(pairs) - _SHOWN_PAIRS
    if hidden > 0:
        text(f"{hidden} more pairs are named in evaluation.json.", "faint", tag="p")
