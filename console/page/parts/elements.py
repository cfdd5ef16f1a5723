"""The few plain elements that the library has no name for. All text goes through Vue's text nodes, never as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console.output import moment
from console.page.words import ago


def text(content: str, *classes: str, tag: str = "span") -> TextElement:
    """A piece of text."""
    return TextElement(tag=tag, text=content).classes(" ".join(classes))


def box(*classes: str, tag: str = "div") -> Element:
    """A box for others."""
    return Element(tag).classes(" ".join(classes))


def heading(content: str, level: int = 2) -> TextElement:
    """A heading; every panel has one of level 1."""
    return TextElement(tag=f"h{level}", text=content)


def link(content: str, target: str, *classes: str) -> TextElement:
    """A link within the page."""
    made = TextElement(tag="a", text=content).classes(" ".join(classes))
    # Set as a property and not parsed from text: what AWS names may hold anything.
    made.props["href"] = target
    return made


def facts(pairs: Iterable[tuple[str, str]]) -> Element:
    """Names and values; empty values are left out."""
    with Element("dl").classes("facts") as made:
        for name, value in pairs:
            if value:
                text(name, tag="dt")
                text(value, tag="dd")
    return made


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], label: str) -> Element:
    """A small table."""
    with box("scrolls") as outer, Element("table").classes("plain") as made:
        # A box that scrolls must be reachable by keyboard.
        outer.props["tabindex"], outer.props["role"], outer.props["aria-label"] = "0", "region", label
        with Element("thead"), Element("tr"):
            for head in heads:
                text(head, tag="th").props("scope=col")
        with Element("tbody"):
            for row in rows:
                with Element("tr"):
                    for cell in row:
                        text(cell, tag="td")
    return made


class Clock:
    """Keeps the words that change with time right, once a second."""

    def __init__(self) -> None:
        self._words: list[tuple[TextElement, Callable[[], str]]] = []
        ui.timer(1.0, self._tick)

    def show(self, words: Callable[[], str], *classes: str) -> TextElement:
        """A text that is asked for anew each second."""
        made = text(words(), *classes)
        self._words.append((made, words))
        return made

    def when(self, at: datetime | None, *classes: str) -> TextElement:
        """A time, absolute and relative."""
        return self.show(lambda: f"{moment(at)} ({ago(at)})" if at else "", *classes)

    def _tick(self) -> None:
        self._words = [(made, words) for made, words in self._words if not made.is_deleted]
        for made, words in self._words:
            made.set_text(words())
