"""One version: its metrics, where it comes from, its report, and the decision about it."""

from __future__ import annotations

from nicegui import ui

from console.output import moment
from console.page import actions, topics
from console.page.context import Context
from console.page.data.registry import Version
from console.page.parts.elements import Clock, box, facts, heading, link, table, text
from console.page.parts.live import Live
from console.page.parts.state import State

_HIDDEN = ("report", "execution_id")
_CONSTANT = "_best_constant_classifier"
_LONGEST_COMMENT = 200


def show(context: Context, number: str) -> None:
    """Build the panel."""
    if not number.isdecimal():
        heading("No such version", 1)
        return
    Panel(context, int(number))


class Panel:
    """Follows one version; the form keeps what a person types while the rest is renewed."""

    def __init__(self, context: Context, number: int) -> None:
        self._context, self._number = context, number
        heading(f"Version {number}", 1)
        self._clock = Clock()
        self._version: Version | None = None
        with box("halves"):
            with box("stack"):
                Live(context.poller, topics.version(context, number), self._draw)
                if context.may_act:
                    self._form()
            with box("stack"):
                Live(context.poller, topics.version_metrics(context, number), _draw_metrics)
        heading("Evaluation report")
        # Whoever could write to the bucket could have written it: no script, no form, no way out of the frame.
        frame = box("report", tag="iframe").props('sandbox=""')
        frame.props["src"], frame.props["title"] = f"/report/{number}", f"Evaluation report of version {number}"

    def _draw(self, version: Version) -> None:
        self._version = version
        with box("sheet", "stack"):
            with box("row-of"):
                State(version.status)
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
                ui.button("Approve", icon="check", on_click=lambda: self._judge("Approved")).props(
                    "no-caps color=green-9"
                )
                ui.button("Reject", icon="block", on_click=lambda: self._judge("Rejected")).props("no-caps color=red-9")
            text("Approving a version deploys it. Rejecting the one that serves goes back to the one before.", "faint")

    async def _judge(self, status: str) -> None:
        await actions.judge(self._context, self._number, status, self._comment.value.strip())
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
        own = {name: value for name, value in sorted(numbers.items()) if not name.endswith(_CONSTANT)}
        if not own:
            text("No evaluation was registered with it.", "faint")
            return
        rows = [(name.replace("_", " "), f"{value:.4f}", _constant(numbers, name)) for name, value in own.items()]
        table(("Metric", "Value", "Always the same answer"), rows, "Metrics")


def _constant(numbers: dict[str, float], name: str) -> str:
    """What the best classifier that looks at no picture would reach."""
    value = numbers.get(name + _CONSTANT)
    return "" if value is None else f"{value:.4f}"
