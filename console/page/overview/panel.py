"""The panel Overview: what serves, the last run, drift, what waits, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from console.page.context import Context
from console.page.endpoint import topic as endpoint
from console.page.endpoint.reader import State, Traffic
from console.page.monitoring import topic as monitoring
from console.page.monitoring.reader import Drift, Queue
from console.page.monitoring.sentence import summarize_drift
from console.page.overview.advice import Advice, Known, list_advice, write_address
from console.page.parts.elements import Badge, Clock, box, heading, link, text
from console.page.parts.live import Live
from console.page.run import Runs
from console.page.runs.query import ACCURACY
from console.page.runs.topic import all_runs
from console.page.version import topic
from console.page.version.standing import Standing


class OverviewPanel:
    """A card a subject, each with its own topic; what to do next follows from all of them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = Clock()
        self._known = Known()
        self._read: set[str] = set()
        self._shown: tuple[list[Advice], bool] | None = None
        heading("Overview", 1)
        with box("sheet", "stack", tag="section") as section:
            section.props["aria-label"] = "What to do next"
            heading("What to do next")
            self._next = box("stack", "plain", "next", tag="ul")
        with box("cards", "quarters"):
            with box("sheet", "stack"):
                heading("What serves")
                Live(context.poller, topic.standing(context), self._draw_standing)
                Live(context.poller, endpoint.endpoint(context), self._draw_state, waiting=" ")
                Live(context.poller, endpoint.traffic(context), _draw_traffic, waiting=" ")
            with box("sheet", "stack"):
                heading("Last run")
                Live(context.poller, all_runs(context), self._draw_runs)
            with box("sheet", "stack"):
                heading("Drift")
                Live(context.poller, monitoring.drift(context), self._draw_drift)
            with box("sheet", "stack"):
                heading("Waits for a person")
                Live(context.poller, topic.standing(context), _draw_waiting)
                Live(context.poller, monitoring.review(context), self._draw_queue)

    def _learn(self, **read: Any) -> None:  # noqa: ANN401 - a member of Known each
        """Take what was read, and say anew what follows from it."""
        self._read |= read.keys()
        self._known = replace(self._known, **read)
        shown = list_advice(self._known), self._read >= _ALL
        if shown != self._shown:
            self._shown = shown
            self._draw_advice(*shown)

    def _draw_advice(self, advice: list[Advice], is_all: bool) -> None:
        self._next.clear()
        with self._next:
            for item in advice:
                with box("row-of", "between", item.level, tag="li"):
                    text(item.why, "wrap")
                    link(item.action, item.address, "action")
            if not advice and is_all:
                with box("row-of", "between", tag="li"):
                    text("Nothing waits for you.")
                    link("New run", "/new", "action")
            elif not advice:
                text("Asking AWS …", "faint", tag="li")

    def _draw_standing(self, standing: Standing) -> None:
        live = standing.live
        if live is None:
            text("Nothing is live yet; approving a version deploys it.", "faint", tag="p")
        else:
            with box("row-of"):
                link(f"Version {live.number}", f"/version/{live.number}", "loud")
                text("" if live.accuracy is None else f"accuracy {live.accuracy:.3f}", "number")
            with box("row-of"):
                text("live since", "faint")
                self._clock.when(standing.since, "number")
        self._learn(standing=standing)

    def _draw_state(self, state: State | None) -> None:
        if state:
            active = sum(alarm.state == "ALARM" for alarm in state.alarms)
            with box("row-of"):
                Badge(state.status)
                link(f"{active} of {len(state.alarms)} alarms active" if active else "No alarm is active", "/endpoint")
        self._learn(state=state)

    def _draw_runs(self, runs: Runs) -> None:
        if runs.rows:
            last = runs.rows[0]
            with box("row-of"):
                Badge(last.status)
                link(last.id, write_address(last), "mono")
            accuracy = last.details.metrics.get(ACCURACY) if last.details else None
            if accuracy is not None:
                text(f"accuracy {accuracy:.3f}", "number")
            with box("row-of"):
                text("started", "faint")
                self._clock.when(last.start, "number")
            link("All runs", "/runs")
        elif runs.listed:
            text("No runs yet; start one here or with `scones run`.", "faint", tag="p")
        self._learn(runs=runs)

    def _draw_drift(self, drift: Drift | None) -> None:
        text(summarize_drift(drift), "wrap", tag="p")
        if drift and drift.runs:
            last = drift.runs[0]
            with box("row-of"):
                Badge(last.status)
                self._clock.when(last.at, "number", "faint")
        link("All checks", "/monitoring")
        self._learn(drift=drift)

    def _draw_queue(self, queue: Queue) -> None:
        count = queue.waiting or "No"
        plural = "image waits" if count in (1, "No") else "images wait"
        with box("row-of"):
            text(f"{count} {plural} for a label.", "" if queue.images else "faint")
            if queue.images:
                link("Label", "/monitoring")
        self._learn(queue=queue)


_ALL = {"standing", "state", "runs", "drift", "queue"}


def _draw_waiting(standing: Standing) -> None:
    with box("stack", "tight"):
        for version in standing.waiting:
            with box("row-of"):
                link(f"Version {version.number}", f"/version/{version.number}")
                text("waits for approval", "faint")
                text("" if version.accuracy is None else f"accuracy {version.accuracy:.3f}", "number")
        if not standing.waiting:
            text("No version waits for approval.", "faint")


def _draw_traffic(traffic: Traffic) -> None:
    if traffic.named(counts=True):
        text(traffic.sentence, "faint", "number")
