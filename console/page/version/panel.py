"""The panel of a version: its metrics, its origin, its report, and the decision about it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from nicegui import ui
from starlette.requests import Request

from console import endpoint, registry
from console.formats import moment
from console.page.context import Context
from console.page.files import HTML
from console.page.parts.elements import Badge, Clock, box, confirm, facts, heading, link, show_missing, table, text
from console.page.parts.live import Live
from console.page.source import Source
from console.page.version import topic
from console.page.version.reader import Version, fetch_report

_HIDDEN = ("report", "execution_id")
_BASELINE = "_best_constant_classifier"
_LONGEST_COMMENT = 200


def _read_report(source: Source, request: Request) -> tuple[bytes, str]:
    return fetch_report(source, request.path_params["number"]), HTML


FILES = {"/report/{number:int}": _read_report}


class VersionPanel:
    """Follows one version; the form keeps what a person types while the rest is renewed."""

    def __init__(self, context: Context, number: str) -> None:
        if not number.isdecimal():
            show_missing("No such version", f"{number} is no number of a version.", "All versions", "/registry")
            return
        self._context, self._number = context, int(number)
        title = heading(f"Version {number}", 1)
        self._title, self._missing = title, box("stack")
        self._clock = Clock()
        self._version: Version | None = None
        with box("stack") as self._all:
            self._build()

    def _build(self) -> None:
        context, number = self._context, self._number
        with box("halves"):
            with box("stack"):
                Live(context.poller, topic.version(context, self._number), self._draw)
                if context.may_act:
                    self._form()
            with box("stack"):
                Live(context.poller, topic.metrics(context, self._number), _draw_metrics)
        heading("Evaluation report")
        # Whoever could write to the bucket could have written it: no script, no form, no way out of the frame.
        frame = box("report", tag="iframe").props('sandbox=""')
        frame.props["src"], frame.props["title"] = f"/report/{number}", f"Evaluation report of version {number}"

    def _draw(self, version: Version | None) -> None:
        self._all.set_visibility(version is not None)
        self._missing.clear()
        if version is None:
            self._title.set_text("No such version")
            with self._missing:
                text(f"The registry has no version {self._number}.", "empty", tag="p")
                link("All versions", "/registry")
            return
        self._title.set_text(f"Version {version.number}")
        self._version = version
        with box("sheet", "stack"):
            with box("row-of"):
                Badge(version.status)
                if version.comment:
                    text(f"“{version.comment}”", "wrap")
            with box("row-of"):
                text("registered", "faint")
                self._clock.when(version.registered, "number")
            identifier = version.facts.get("execution_id", "")
            if identifier:
                with box("row-of"):
                    text("by execution", "faint")
                    link(identifier, f"/execution/{identifier}", "mono")
            facts((name.replace("_", " "), value) for name, value in version.facts.items() if name not in _HIDDEN)
        with box("sheet", "stack"):
            heading("Decisions", 2)
            _history(version)

    def _form(self) -> None:
        with box("sheet", "stack"):
            heading("Decide", 2)
            self._comment = ui.input("Why (kept with the version)").props(
                f"outlined dense maxlength={_LONGEST_COMMENT}"
            )
            with box("row-of"):
                ui.button("Approve", icon="check", on_click=lambda: self._decide("Approved")).props(
                    "no-caps color=green-9"
                )
                ui.button("Reject", icon="block", on_click=lambda: self._decide("Rejected")).props(
                    "no-caps color=red-9"
                )
            text("Approving a version deploys it. Rejecting the live version returns to the one before.", "faint")

    async def _decide(self, status: str) -> None:
        source, number, comment = self._context.source, self._number, self._comment.value.strip() or None
        live = await asyncio.to_thread(_find_live, source)
        yes, colour = ("Approve it", "green-9") if status == "Approved" else ("Reject it", "red-9")
        if not await confirm(describe_decision(status, number, live), yes, colour):
            return
        await self._context.perform(
            lambda: registry.set_approval(source, number, status, comment),
            f"Version {number} is {status.lower()}.",
            "versions",
            "version",
            "endpoint",
        )
        self._comment.set_value("")


def _find_live(source: Source) -> str | None:
    """The number of the version that is live; None where none is, or AWS does not say."""
    with suppress(Exception):
        found = endpoint.fetch(source)
        return found.version if found else None
    return None


def describe_decision(status: str, number: int, live: str | None) -> str:
    """What a decision about a version will do, as a question."""
    if status == "Approved":
        place = f" in place of version {live}" if live not in (None, str(number)) else ""
        return f"Approve version {number}? It is deployed and serves{place}."
    if live == str(number):
        return f"Reject version {number}? It is live: the version that was approved before it is deployed again."
    return f"Reject version {number}? It is not live; nothing is deployed."


def _history(version: Version) -> None:
    rows = [(moment(at), words) for at, words in version.decisions]
    # A decision made elsewhere, in Studio or with the AWS CLI, leaves only its time, and a comment.
    if not rows and version.status != "PendingManualApproval":
        words = version.status + (f" by {version.changed_by}" if version.changed_by else "")
        rows = [(moment(version.changed), words + (f": {version.comment}" if version.comment else ""))]
    rows.append((moment(version.registered), "Registered"))
    table(("When", "What"), rows, "Decisions")


def _draw_metrics(numbers: dict[str, float]) -> None:
    with box("sheet", "stack"):
        heading("Metrics")
        own = {name: value for name, value in sorted(numbers.items()) if not name.endswith(_BASELINE)}
        if not own:
            text("No evaluation was registered with it.", "faint")
            return
        rows = [(name.replace("_", " "), f"{value:.4f}", _baseline(numbers, name)) for name, value in own.items()]
        table(("Metric", "Value", "Baseline (one class)"), rows, "Metrics")


def _baseline(numbers: dict[str, float], name: str) -> str:
    """The value of the baseline, which answers one class for every image."""
    value = numbers.get(name + _BASELINE)
    return "" if value is None else f"{value:.4f}"
