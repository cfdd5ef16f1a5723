"""What the page may change on AWS, where it may at all: each action is confirmed by a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from nicegui import ui

from console.page.context import Context
from console.page.errors import format_error


async def perform(context: Context, call: Callable[[], Any], done: str, *topics: str) -> None:
    """Carry out a call off the page's loop, show how it went, and renew the topics that it changed."""
    if not context.may_act:
        ui.notify("This page is read-only; start it with --allow-actions.", type="warning")
        return
    try:
        await asyncio.to_thread(call)
    except Exception as error:
        ui.notify(format_error(error), type="negative", multi_line=True, timeout=10_000, close_button="Close")
        return
    ui.notify(done, type="positive")
    context.poller.refresh_now(*topics)


async def confirm(question: str, yes: str) -> bool:
    """Ask a person before something that cannot be undone."""
    with ui.dialog() as dialog, ui.card():
        dialog.props["aria-label"] = question
        ui.label(question)
        with ui.row():
            ui.button(yes, on_click=lambda: dialog.submit(True)).props("no-caps color=negative")
            ui.button("Cancel", on_click=lambda: dialog.submit(False)).props("flat no-caps")
    answer = await dialog
    dialog.delete()
    return bool(answer)
