"""A state as a sign, a word and a colour."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from console.page.parts.elements import text

_KINDS = {
    "good": ("Succeeded", "SUCCEEDED", "Completed", "InService", "OK", "Approved", "Scheduled", "CLASSIFIED"),
    "bad": ("Failed", "FAILED", "Rejected", "ALARM", "UpdateRollbackFailed", "TIMED_OUT", "CompletedWithViolations"),
    "busy": ("Executing", "Starting", "InProgress", "Creating", "Updating", "RUNNING", "SystemUpdating"),
    "warn": ("Stopping", "Stopped", "RollingBack", "Deleting", "ABORTED", "PendingManualApproval", "NEEDS_REVIEW"),
}
_SIGNS = {
    "good": "check_circle",
    "bad": "error",
    "busy": "autorenew",
    "warn": "warning_amber",
    "calm": "radio_button_unchecked",
}
_WORDS = {
    "PendingManualApproval": "Waits for approval",
    "InService": "In service",
    "CompletedWithViolations": "Violations",
    "INSUFFICIENT_DATA": "No data yet",
    "CLASSIFIED": "Classified",
    "RUNNING": "Running",
    "NEEDS_REVIEW": "A person decides",
}


def kind(state: str) -> str:
    """What a state amounts to: good, bad, busy, warn, or calm for all others."""
    return next((name for name, states in _KINDS.items() if state in states), "calm")


class State:
    """The element; `show` changes what it says in place."""

    def __init__(self, state: str) -> None:
        with Element("span") as self._element:
            self._icon = ui.icon(_SIGNS["calm"])
            self._icon.props["aria-hidden"] = "true"
            self._word = text("")
        self.show(state)

    def show(self, state: str) -> None:
        """Say another state."""
        self._element.classes(replace=f"state {kind(state)}")
        self._icon.set_name(_SIGNS[kind(state)])
        self._word.set_text(_WORDS.get(state, state))
