"""Registry: every version with what decides about it, and which serves."""

from __future__ import annotations

from console.page import topics
from console.page.context import Context
from console.page.data.registry import Page, Version
from console.page.parts.elements import Clock, box, heading, link, text
from console.page.parts.keyed import Keyed
from console.page.parts.live import Live
from console.page.parts.pages import Pages
from console.page.parts.state import State

Item = tuple[Version, bool]


def show(context: Context) -> None:
    """Build the panel."""
    Panel(context)


class Panel:
    """The list of versions, a page at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pages = Pages(self._turn)
        heading("Registry", 1)
        self._clock = Clock()
        self._rows: Keyed[Item] | None = None
        self._live = Live(context.poller, topics.versions(context), self._draw, keeps=True)
        self._pages.show_buttons()

    def _draw(self, page: Page) -> None:
        if self._rows is None:
            self._empty = text("No version is registered yet; an execution registers one.", "empty", tag="p")
            with box("rows", "versions", "plain", tag="ul") as container:
                container.props("aria-label=Versions")
            self._rows = Keyed(container, lambda item: item[0].arn, lambda item: _Line(self._clock, item))
        self._empty.set_visibility(not page.versions)
        self._rows.show([(version, str(version.number) == page.live) for version in page.versions])
        self._pages.arrived(page.next)

    def _turn(self, token: str | None) -> None:
        self._live.follow(topics.versions(self._context, token))


class _Line:
    def __init__(self, clock: Clock, item: Item) -> None:
        version = item[0]
        with box(tag="li") as self.element:
            link(f"Version {version.number}", f"/version/{version.number}")
            self._state = State(version.status)
            self._accuracy = text("", "number")
            self._facts = text("", "wrap", "faint")
            clock.when(version.registered, "number", "faint")
            self._serves = text("serves now", "tag")
        self.show(item)

    def show(self, item: Item) -> None:
        version, serves = item
        self._state.show(version.status)
        self._serves.set_visibility(serves)
        self._accuracy.set_text("" if version.accuracy is None else f"accuracy {version.accuracy:.3f}")
        self._facts.set_text(", ".join(_words(version)))


def _words(version: Version) -> list[str]:
    known = version.facts
    words = [f"{known['profile']} profile"] if "profile" in known else []
    words += [f"data {known['dataset_version'][:12]}"] if known.get("dataset_version") else []
    words += [known["start_reason"]] if known.get("start_reason") else []
    words += [f"by {known['started_by']}"] if known.get("started_by") else []
    return words + ([f"“{version.comment}”"] if version.comment else [])
