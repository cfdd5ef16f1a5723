"""The panel Registry: every version with its accuracy and origin, and which one is live."""

from __future__ import annotations

from console.formats import moment
from console.page.context import Context
from console.page.parts.elements import Badge, Clock, box, heading, link, text
from console.page.parts.lists import Pager, Rows
from console.page.parts.live import Live
from console.page.registry.reader import Page
from console.page.registry.topic import versions
from console.page.version.reader import Version

Item = tuple[Version, bool]


class RegistryPanel:
    """The list of versions, a page at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pager = Pager(self._turn)
        heading("Registry", 1)
        self._clock = Clock()
        self._rows: Rows[Item] | None = None
        self._live = Live(context.poller, versions(context), self._draw, keeps=True)
        self._pager.show_buttons()

    def _draw(self, page: Page) -> None:
        if self._rows is None:
            self._empty = text("No version is registered yet; an execution registers one.", "empty", tag="p")
            with box("rows", "versions", "plain", tag="ul") as container:
                container.props("aria-label=Versions")
            self._rows = Rows(container, lambda item: item[0].arn, lambda item: _Line(self._clock, item))
        self._empty.set_visibility(not page.versions)
        self._rows.show([(version, str(version.number) == page.live) for version in page.versions])
        self._pager.set_next(page.next)

    def _turn(self, token: str | None) -> None:
        self._live.follow(versions(self._context, token))


class _Line:
    def __init__(self, clock: Clock, item: Item) -> None:
        version = item[0]
        with box(tag="li") as self.element:
            with box("row-of"):
                link(f"Version {version.number}", f"/version/{version.number}")
                self._live_tag = text("live", "serves")
            self._status = Badge(version.status)
            self._accuracy = text("", "number")
            self._facts = text("", "wrap", "faint")
            clock.when(version.registered, "number", "faint")
            self._decision = text("", "wrap", "faint", "decision")
        self.show(item)

    def show(self, item: Item) -> None:
        version, live = item
        self._status.show(version.status)
        self._live_tag.set_visibility(live)
        self.element.classes(add="live") if live else self.element.classes(remove="live")
        self._decision.set_text(_write_decision(version))
        self._decision.set_visibility(bool(version.decisions))
        self._accuracy.set_text("" if version.accuracy is None else f"accuracy {version.accuracy:.3f}")
        self._facts.set_text(", ".join(_words(version)))


def _write_decision(version: Version) -> str:
    """The decision that was made last, and how many there were before it."""
    if not version.decisions:
        return ""
    at, words = version.decisions[0]
    before = len(version.decisions) - 1
    more = f", after {before} other decision{'s' if before > 1 else ''}" if before else ""
    return f"{words}, {moment(at)}{more}"


def _words(version: Version) -> list[str]:
    known = version.facts
    words = [f"{known['profile']} profile"] if "profile" in known else []
    words += [f"data {known['dataset_version'][:12]}"] if known.get("dataset_version") else []
    words += [known["start_reason"]] if known.get("start_reason") else []
    words += [f"by {known['started_by']}"] if known.get("started_by") else []
    # A decision's own words have its comment.
    return words + ([f"“{version.comment}”"] if version.comment and not version.decisions else [])
