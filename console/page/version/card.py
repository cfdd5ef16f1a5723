"""The panel of a version's model card, and the short form of it that the version's own panel has."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from console.card import Card, Figures, Row, Section
from console.errors import CommandError
from console.page.context import Context
from console.page.parts.elements import box, facts, heading, link, show_missing, table, text
from console.page.parts.lineage import show_lineage, trace_version
from console.page.parts.live import Live
from console.page.source import Source
from console.page.version import topic
from console.page.version.reader import Version, fetch_version
from console.page.version.standing import Standing

_JSON = "application/json"
_FIRST = ("Intended use", "Limits")
NONE = "It was registered without a model card."


def _read_card(source: Source, request: Request) -> tuple[bytes, str]:
    number = request.path_params["number"]
    card = fetch_version(source, number).card_content
    if not card:
        raise CommandError(f"Version {number} was registered without a model card.")
    return card.encode(), _JSON


FILES = {"/card/{number:int}.json": _read_card}


class CardPanel:
    """The whole card, beside the strip that leads to what it was made of."""

    def __init__(self, context: Context, number: str) -> None:
        if not number.isdecimal():
            show_missing("No such version", f"{number} is no number of a version.", "All versions", "/registry")
            return
        self._number = int(number)
        self._version: Version | None = None
        self._live: int | None = None
        self._title = heading(f"Model card of version {number}", 1)
        self._lineage = box("stack")
        Live(context.poller, topic.standing(context), self._take_standing, keeps=True, waiting=" ")
        Live(context.poller, topic.version(context, self._number), self._draw)

    def _take_standing(self, standing: Standing) -> None:
        self._live = standing.live.number if standing.live else None
        self._draw_lineage()

    def _draw_lineage(self) -> None:
        self._lineage.clear()
        if self._version:
            with self._lineage:
                show_lineage(trace_version(self._number, self._version.facts, self._live), "Model card")

    def _draw(self, version: Version | None) -> None:
        self._version = version
        self._draw_lineage()
        if version is None:
            self._title.set_text("No such version")
            text(f"The registry has no version {self._number}.", "empty", tag="p")
            link("All versions", "/registry")
            return
        if version.card is None:
            text(NONE, "empty", tag="p")
            link(f"Version {version.number}", f"/version/{version.number}")
            return
        _show_card(version.card, version.number)


def show_summary(version: Version | None) -> None:
    """What the card says first, and the way to the rest; nothing where there is no such version."""
    if version is None:
        return
    with box("sheet", "stack"):
        heading("Model card")
        if version.card is None:
            text(NONE, "faint", tag="p")
            return
        for section in version.card.sections:
            if section.title in _FIRST:
                heading(section.title, 3)
                for words in section.words:
                    text(words, "wrap", "prose", tag="p")
        link("Metrics with intervals, slices, training", f"/version/{version.number}/card")


def _show_card(card: Card, number: int) -> None:
    with box("row-of"):
        text(f"Status of the card: {card.status}", "faint")
        link("Version", f"/version/{number}")
        _download(number)
    first = [section for section in card.sections if section.title in _FIRST]
    with box("halves"):
        for section in first:
            _show_section(section)
    for section in card.sections:
        if section not in first:
            _show_section(section)


def _download(number: int) -> None:
    made = link("Download as JSON", f"/card/{number}.json")
    made.props["download"] = f"model-card-{number}.json"


def _show_section(section: Section) -> None:
    with box("sheet", "stack"):
        heading(section.title)
        for words in section.words:
            text(words, "wrap", "prose", tag="p")
        if section.facts:
            facts(section.facts)
        for figures in section.figures:
            _show_figures(section.title, figures)


def _show_figures(above: str, figures: Figures) -> None:
    heading(figures.title, 3)
    heads, rows = _fit(figures.rows)
    with box("figures"):
        table(heads, rows, f"{above}: {figures.title}")


def _fit(rows: Sequence[Row]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Without a column of notes where there are none."""
    if any(notes for _, _, notes in rows):
        return ("Name", "Value", "What it says"), [(_spell(name), value, notes) for name, value, notes in rows]
    return ("Name", "Value"), [(_spell(name), value) for name, value, _ in rows]


def _spell(name: str) -> str:
    """Names of metrics and hyperparameters break at their words, where there is little room."""
    return name.replace("_", " ")
