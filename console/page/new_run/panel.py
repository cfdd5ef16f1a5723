"""The panel New run: choose a profile or take a past run's values, change some, and start."""

from __future__ import annotations

import asyncio
from functools import partial

from nicegui import ui

from console.executions import identifier
from console.page import runbook
from console.page.context import Context
from console.page.errors import format_error
from console.page.execution.reader import fetch_execution
from console.page.new_run.form import Field, choose_values, list_assignments, list_fields, write_command
from console.page.parts.elements import box, heading, link, text
from console.page.run import Run
from pipelines.profiles import DEFAULT_PROFILE, PROFILES
from pipelines.search_space import tuning_overrides

_TUNED = "MaxTrainingJobs"
"""A parameter that only searches have."""
_LIVE = "live"


class NewRunPanel:
    """A form; `like` is the identifier of a past run whose values it is filled with."""

    def __init__(self, context: Context, profile: str = DEFAULT_PROFILE, like: str = "") -> None:
        self._context = context
        self._values: dict[str, str] = {}
        self._fields: list[Field] = []
        self._inputs: list[ui.input | ui.select] = []
        heading(f"New run like {like}" if like else "New run", 1)
        if not context.may_act or context.start_run is None:
            text("This page is read-only; start it with --allow-actions to start runs.", "empty", tag="p")
            return
        if like:
            link(f"The run {like}", f"/execution/{like}")
        self._profile = ui.select(list(PROFILES), label="Profile")
        self._profile.value = profile if profile in PROFILES else DEFAULT_PROFILE
        self._profile.props("outlined dense").classes("narrow")
        with box("row-of"):
            self._tuned = ui.switch("Search hyperparameters", on_change=self._draw_fields)
            self._onward = ui.switch("Start from the live version", on_change=self._check)
        self._summary = text("", "faint", "wrap")
        self._form = box("form")
        with box("sheet", "stack"):
            self._command = text("", "mono", "wrap")
            with box("row-of"):
                self._start_button = ui.button("Start", icon="play_arrow", on_click=self._start)
                self._start_button.props("no-caps unelevated color=blue-10")
                self._progress = text("", "faint")
            self._problem = box("stack").props("aria-live=polite")
        self._draw_fields()
        self._profile.on_value_change(self._draw_fields)
        if like:
            ui.timer(0, partial(self._fill_from, like), once=True)

    async def _fill_from(self, like: str) -> None:
        try:
            run = await asyncio.to_thread(_fetch_past, self._context, like)
        except Exception as error:
            self._complain(format_error(error))
            return
        if run is None or run.details is None:
            self._complain(f"There is no run {like}; the form has the profile's own values.")
            return
        self._values = dict(run.details.parameters)
        self._tuned.value = _TUNED in run.details.parameters
        if run.details.profile in PROFILES:
            self._profile.value = run.details.profile
        self._draw_fields()

    def _draw_fields(self) -> None:
        chosen = PROFILES[self._profile.value]
        self._fields = list_fields(self._context.source.project, chosen, tuned=self._tuned.value)
        self._values = choose_values(self._values, self._fields)
        epochs = chosen.hyperparameters.get("epochs", "")
        self._summary.set_text(f"{epochs} epochs on {chosen.instance_count} x {chosen.instance_type}")
        self._form.clear()
        with self._form:
            self._inputs = [self._build_input(field) for field in self._fields]
        self._check()

    def _build_input(self, field: Field) -> ui.input | ui.select:
        value = self._values.get(field.name, "")
        if field.allowed:
            made: ui.input | ui.select = ui.select(list(field.allowed), label=field.name, value=value or field.default)
        else:
            made = ui.input(field.name, value=value, placeholder=field.default, validation=field.find_error)
            made.props["stack-label"] = True
        made.props("outlined dense bottom-slots").props["hint"] = field.hint
        made.on_value_change(lambda event: self._change(field.name, event.value))
        return made

    def _change(self, name: str, value: object) -> None:
        self._values[name] = str(value or "").strip()
        self._check()

    def _check(self) -> None:
        """Say what would be started, and let only what can be started."""
        wrong = [error for field in self._fields if (error := field.find_error(self._values.get(field.name, "")))]
        self._start_button.set_enabled(not wrong)
        self._progress.set_text(wrong[0] if wrong else "")
        self._command.set_text(
            write_command(self._profile.value, self._assignments, self._from_version or "", tuned=self._tuned.value)
        )

    @property
    def _assignments(self) -> list[str]:
        return list_assignments(self._values, self._fields)

    @property
    def _from_version(self) -> str | None:
        return _LIVE if self._onward.value else None

    async def _start(self) -> None:
        start, source = self._context.start_run, self._context.source
        search = tuning_overrides(None, None) if self._tuned.value else None
        given = (self._profile.value, self._assignments, self._from_version, search)
        self._problem.clear()
        self._start_button.set_enabled(False)
        self._progress.set_text("Checking, uploading the code and updating the pipeline …")
        try:
            arn = await asyncio.to_thread(lambda: start(source, *given) if start else "")
        except Exception as error:
            self._complain(format_error(error))
            self._check()
            return
        self._context.poller.refresh_now("runs")
        ui.navigate.to(f"/execution/{identifier(arn)}")

    def _complain(self, words: str) -> None:
        with self._problem, box("banner", "bad"):
            text(words, "wrap")


def _fetch_past(context: Context, like: str) -> Run | None:
    read = fetch_execution(context.source, context.tails, like)
    if read is None:
        return None
    snapshot = read.snapshot
    return runbook.fetch_run(context.source, Run(snapshot.arn, like, "", snapshot.status, snapshot.start))
