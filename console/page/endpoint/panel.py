"""The panel Endpoint: its fleets, its traffic, its alarms and its history."""

from __future__ import annotations

from nicegui import ui

from console.formats import ago, moment
from console.page.context import Context
from console.page.endpoint import topic
from console.page.endpoint.alarms import count_alarms, split_alarms
from console.page.endpoint.reader import HOURS, Alarm, Change, State, Traffic, Variant
from console.page.endpoint.update import STAGES, Update
from console.page.parts.curves import Axes, Chart, Curve
from console.page.parts.elements import Badge, Clock, box, facts, heading, link, table, text
from console.page.parts.live import Live
from console.page.version.lineage import follow_live_version

_GAP_SECONDS = 90
"""CloudWatch has a point a minute with requests, and none for a minute without."""
_TITLES = ("Invocations a minute", "Latency")
_UNITS = ("invocations a minute", "milliseconds")


class EndpointPanel:
    """Three parts, each with its own topic: state, traffic, history."""

    def __init__(self, context: Context) -> None:
        heading("Endpoint", 1)
        follow_live_version(context, "Endpoint")
        self._clock = Clock()
        self._charts: list[Chart] = []
        self._unfolds_alarms = False
        Live(context.poller, topic.endpoint(context), self._draw_state)
        Live(context.poller, topic.traffic(context), self._draw_traffic, keeps=True)
        Live(context.poller, topic.changes(context), _draw_changes)

    def _draw_state(self, state: State | None) -> None:
        if state is None:
            text("Nothing is deployed yet; approve a version, which deploys it.", "empty", tag="p")
            return
        with box("halves"):
            with box("sheet", "stack"):
                self._draw_status(state)
            with box("sheet", "stack"):
                heading("Alarms")
                self._draw_alarms(state.alarms)

    def _draw_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        """Those that are active, and the others folded under their number."""
        active, others = split_alarms(alarms)
        with box("stack", "plain", tag="ul") as shown:
            for alarm in active:
                self._draw_alarm(alarm)
        shown.set_visibility(bool(active))
        if not alarms:
            text("None are set.", "faint")
            return
        with ui.expansion(count_alarms(alarms), value=self._unfolds_alarms) as fold, box("stack", "plain", tag="ul"):
            for alarm in others:
                self._draw_alarm(alarm)
        fold.on_value_change(lambda event: setattr(self, "_unfolds_alarms", bool(event.value)))

    def _draw_status(self, state: State) -> None:
        with box("row-of"):
            Badge(state.status)
            if state.version:
                link(f"Version {state.version}", f"/version/{state.version}")
        if state.reason:
            with box("banner", "bad"):
                text(state.reason, "wrap")
        if state.update:
            _draw_update(state.update, taken_back=state.status == "RollingBack")
        for variant in state.variants:
            _draw_variant(variant)
        facts([("Autoscaling", state.scaling)])
        with box("row-of", "faint"):
            text("changed")
            self._clock.when(state.changed, "number")

    def _draw_alarm(self, alarm: Alarm) -> None:
        with box("stack", "tight", tag="li"):
            with box("row-of"):
                Badge(alarm.state)
                text(alarm.name, "wrap")
                self._clock.show(lambda: ago(alarm.since), "faint")
            if alarm.state != "OK":
                text(alarm.reason, "faint", "wrap")

    def _draw_traffic(self, traffic: Traffic) -> None:
        drawn = [[Curve(name, points) for name, points in traffic.named(counts=counts)] for counts in (True, False)]
        if not self._charts:
            with box("halves"):
                for title, unit, lines in zip(_TITLES, _UNITS, drawn, strict=True):
                    with box("sheet", "stack"):
                        heading(f"{title}, last {HOURS} hours")
                        axes = Axes("time", unit, hours=HOURS, gap_seconds=_GAP_SECONDS)
                        self._charts.append(Chart(title, lines, axes))
        for chart, lines in zip(self._charts, drawn, strict=True):
            chart.show(lines)


def _draw_update(update: Update, *, taken_back: bool) -> None:
    """The stages of an update, with the one that it is in."""
    text(f"{'Going back from' if taken_back else 'Updating to'} {update.configuration}", "wrap")
    with box("stages", "plain", tag="ol") as stages:
        stages.props["aria-label"] = "Stages of the update"
        for number, stage in enumerate(STAGES):
            reached = "done" if number < update.stage else "now" if number == update.stage else "next"
            with box(reached, tag="li") as item:
                if number == update.stage:
                    item.props["aria-current"] = "step"
                text(stage)
    if update.words:
        text(update.words, "faint", "wrap")


def _draw_variant(variant: Variant) -> None:
    version = f"version {variant.version}, " if variant.version else ""
    with box("stack", "tight"):
        words = f"{version}{variant.instances} of {variant.wanted} instances"
        text(f"{variant.name} ({variant.configuration}): {words}", "wrap")
        with box("bar") as bar:
            bar.props("role=meter aria-valuemin=0 aria-valuemax=100")
            bar.props["aria-valuenow"] = round(variant.share * 100)
            bar.props["aria-label"] = f"Traffic of {variant.configuration}"
            box().style(f"width: {variant.share:.0%}")
        text(f"{variant.share:.0%} of the traffic{f', {variant.status}' if variant.status else ''}", "faint")


def _draw_changes(changes: tuple[Change, ...]) -> None:
    with box("sheet", "stack"):
        heading("What happened")
        if not changes:
            text("Nothing that is on record.", "faint")
            return
        table(("When", "What"), [(moment(change.at), change.words) for change in changes], "What happened")
