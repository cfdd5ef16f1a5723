"""Plain elements that the library has none for. All text goes through Vue's text nodes, never as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console.formats import ago, moment

_LEVELS = {
    "good": ("Succeeded", "SUCCEEDED", "Completed", "InService", "OK", "Approved", "Scheduled", "CLASSIFIED"),
    "bad": ("Failed", "FAILED", "Rejected", "ALARM", "UpdateRollbackFailed", "TIMED_OUT", "CompletedWithViolations"),
    "busy": ("Executing", "Starting", "InProgress", "Creating", "Updating", "RUNNING", "SystemUpdating"),
    "warn": ("Stopping", "Stopped", "RollingBack", "Deleting", "ABORTED", "PendingManualApproval", "NEEDS_REVIEW"),
}
_ICONS = {
    "good": "check_circle",
    "bad": "error",
    "busy": "autorenew",
    "warn": "warning_amber",
    "calm": "radio_button_unchecked",
}
_FEW_COLUMNS = 4
_WORDS = {
    "PendingManualApproval": "Waits for approval",
    "InService": "In service",
    "CompletedWithViolations": "Violations",
    "INSUFFICIENT_DATA": "No data yet",
    "CLASSIFIED": "Classified",
    "RUNNING": "Running",
    "NEEDS_REVIEW": "A person decides",
}


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


def show_missing(title: str, words: str, onward: str = "All runs", address: str = "/runs") -> None:
    """Say that something is not there, and lead on."""
    heading(title, 1)
    text(words, "empty", "wrap", tag="p")
    link(onward, address)


def facts(pairs: Iterable[tuple[str, str]]) -> Element:
    """Names and values; empty values are left out."""
    with Element("dl").classes("facts") as made:
        for name, value in pairs:
            if value:
                text(name, tag="dt")
                text(value, tag="dd")
    return made


def table(heads: Iterable[str], rows: Iterable[Sequence[str]], label: str) -> Element:
    """A small table."""
    names = list(heads)
    # Many columns are scrolled, also where there is little room: broken over lines they cannot be read.
    kind = "plain many" if len(names) > _FEW_COLUMNS else "plain"
    with box("scrolls") as outer, Element("table").classes(kind) as made:
        # A box that scrolls must be reachable by keyboard.
        outer.props["tabindex"], outer.props["role"], outer.props["aria-label"] = "0", "region", label
        with Element("thead"), Element("tr"):
            for head in names:
                text(head, tag="th").props("scope=col")
        with Element("tbody"):
            for row in rows:
                with Element("tr"):
                    for cell in row:
                        text(cell, tag="td")
    return made


class Clock:
    """Updates texts that change with time, once a second."""

    def __init__(self) -> None:
        self._texts: list[tuple[TextElement, Callable[[], str]]] = []
        ui.timer(1.0, self._tick)

    def show(self, write: Callable[[], str], *classes: str) -> TextElement:
        made = text(write(), *classes)
        self._texts.append((made, write))
        return made

    def when(self, at: datetime | None, *classes: str) -> TextElement:
        return self.show(lambda: f"{moment(at)} ({ago(at)})" if at else "", *classes)

    def _tick(self) -> None:
        self._texts = [(made, write) for made, write in self._texts if not made.is_deleted]
        for made, write in self._texts:
            made.set_text(write())


def find_level(state: str) -> str:
    """The level of a state: good, bad, busy, warn, or calm for all others."""
    return next((name for name, states in _LEVELS.items() if state in states), "calm")


def describe_state(state: str) -> tuple[str, str, str]:
    """A state's level, icon and word."""
    level = find_level(state)
    return level, _ICONS[level], _WORDS.get(state, state)


class Badge:
    """A state as an icon, a word and a colour; `show` changes it in place."""

    def __init__(self, state: str) -> None:
        with Element("span") as self._element:
            self._icon = ui.icon(_ICONS["calm"])
            self._icon.props["aria-hidden"] = "true"
            self._word = text("")
        self.show(state)

    def show(self, state: str) -> None:
        level, icon, word = describe_state(state)
        self._element.classes(replace=f"state {level}")
        self._icon.set_name(icon)
        self._word.set_text(word)


async def confirm(question: str, yes: str, colour: str = "negative") -> bool:
    """Ask a person before something that cannot be undone, or that others will notice."""
    with ui.dialog() as dialog, ui.card():
        dialog.props["aria-label"] = question
        ui.label(question)
        with ui.row():
            ui.button(yes, on_click=lambda: dialog.submit(True)).props(f"no-caps color={colour}")
            ui.button("Cancel", on_click=lambda: dialog.submit(False)).props("flat no-caps")
    answer = await dialog
    dialog.delete()
    return bool(answer)
