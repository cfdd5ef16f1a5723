"""The panel of a version: its metrics, its origin, its report, and the decision about it."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request

from console import registry
from console.consequence import (
    Situation,
    explain_approval,
    explain_rejection,
    find_settled_approval,
    find_settled_rejection,
)
from console.formats import moment
from console.page.context import Context
from console.page.files import HTML
from console.page.parts.elements import Badge, Clock, box, confirm, facts, heading, link, show_missing, table, text
from console.page.parts.lineage import show_lineage, trace_version
from console.page.parts.live import Live
from console.page.source import Source
from console.page.version import topic
from console.page.version.card import show_summary
from console.page.version.reader import Version, fetch_report
from console.page.version.standing import Standing

_HIDDEN = ("report", "execution_id")
_BASELINE = "_best_constant_classifier"
_LONGEST_COMMENT = 200
_TESTED_ON = (
    "Its accuracy is on the archive's test images alone: images that were labelled since are trained on and not in it, "
    "so it need not show what they have taught. `scones demo --drift` compares two versions on images at dusk."
)


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
        self._live: int | None = None
        with box("stack") as self._all:
            self._build()

    def _build(self) -> None:
        context, number = self._context, self._number
        self._lineage = box("stack")
        Live(context.poller, topic.standing(context), self._take_standing, keeps=True, waiting=" ")
        with box("halves"):
            with box("stack"):
                Live(context.poller, topic.version(context, self._number), self._draw)
                if context.may_act:
                    self._form()
            with box("stack"):
                Live(context.poller, topic.metrics(context, self._number), _draw_metrics)
                Live(context.poller, topic.version(context, self._number), show_summary, waiting=" ")
        heading("Evaluation report")
        # Whoever could write to the bucket could have written it: no script, no form, no way out of the frame.
        frame = box("report", tag="iframe").props('sandbox=""')
        frame.props["src"], frame.props["title"] = f"/report/{number}", f"Evaluation report of version {number}"

    def _draw_lineage(self) -> None:
        self._lineage.clear()
        if self._version:
            with self._lineage:
                show_lineage(trace_version(self._number, self._version.facts, self._live), "Version")

    def _take_standing(self, standing: Standing) -> None:
        self._live = standing.live.number if standing.live else None
        self._draw_lineage()

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
        self._draw_lineage()
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
            text(_TESTED_ON, "faint", "wrap", tag="p")
            self._comment = ui.input("Why (kept with the version)").props(
                f"outlined dense maxlength={_LONGEST_COMMENT}"
            )
            Live(self._context.poller, topic.situation(self._context, self._number), self._draw_choices)

    def _draw_choices(self, met: Situation) -> None:
        approved, rejected = find_settled_approval(self._number, met), find_settled_rejection(self._number, met)
        for settled in filter(None, (approved, rejected)):
            text(settled, "wrap", tag="p")
        if not approved:
            self._draw_choice("Approve", "check", "green-9", explain_approval(self._number, met), "Approved")
        if not rejected:
            self._draw_choice("Reject", "block", "red-9", explain_rejection(self._number, met), "Rejected")

    def _draw_choice(self, verb: str, icon: str, colour: str, words: str, status: str) -> None:
        with box("choice"):
            button = ui.button(verb, icon=icon, on_click=lambda: self._decide(status, words, f"{verb} it", colour))
            button.props(f"no-caps color={colour}")
            text(words, "faint", "wrap")

    async def _decide(self, status: str, words: str, yes: str, colour: str) -> None:
        source, number, comment = self._context.source, self._number, self._comment.value.strip() or None
        if not await confirm(words, yes, colour):
            return
        await self._context.perform(
            lambda: registry.set_approval(source, number, status, comment),
            f"Version {number} is {status.lower()}.",
            "versions",
            "version",
            "endpoint",
        )
        self._comment.set_value("")


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
