"""What the page may do to AWS, where it may at all: each action says in words how it went."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from nicegui import ui

from console import executions, registry
from console.intake.review import CHOICES
from console.page.context import Context
from console.page.data import execution, review
from console.page.trouble import tell

__all__ = ["CHOICES", "confirmed", "judge", "label", "perform", "retry", "stop"]


async def perform(context: Context, call: Callable[[], Any], done: str, *topics: str) -> bool:
    """Carry out a call off the page's loop, say how it went, and have what it changed read anew."""
    if not context.may_act:
        ui.notify("This page is read-only; start it with --allow-actions.", type="warning")
        return False
    try:
        await asyncio.to_thread(call)
    except Exception as error:
        ui.notify(tell(error), type="negative", multi_line=True, timeout=10_000, close_button="Close")
        return False
    ui.notify(done, type="positive")
    context.poller.hurry(*topics)
    return True


async def stop(context: Context, identifier: str) -> None:
    """Ask an execution to stop."""
    await perform(
        context,
        lambda: context.source.client("sagemaker").stop_pipeline_execution(**_request(context, identifier)),
        f"{identifier} is stopping.",
        "executions",
        "execution",
    )


async def retry(context: Context, identifier: str) -> None:
    """Go on with a failed or stopped execution from the step where it ended."""
    await perform(
        context,
        lambda: executions.retry(context.source, execution.arn(context.source, identifier)),
        f"{identifier} goes on from where it ended.",
        "executions",
        "execution",
    )


async def judge(context: Context, version: int, status: str, comment: str) -> None:
    """Approve or reject a version, with a comment."""
    await perform(
        context,
        lambda: registry.judge(context.source, version, status, comment or None),
        f"Version {version} is {status.lower()}.",
        "versions",
        "version",
        "endpoint",
    )


async def label(context: Context, key: str, choice: str) -> None:
    """Say what a picture shows that the model was not sure of."""
    await perform(
        context,
        lambda: review.label(context.source, key, choice),
        f"Labelled as {choice}; `scones ingest --close` closes the batch.",
        "review",
    )


async def confirmed(question: str, yes: str) -> bool:
    """Ask a person before something that cannot be undone."""
    with ui.dialog() as dialog, ui.card():
        dialog.props["aria-label"] = question
        ui.label(question)
        with ui.row():
            ui.button(yes, on_click=lambda: dialog.submit(True)).props("no-caps color=negative")
            ui.button("Leave it", on_click=lambda: dialog.submit(False)).props("flat no-caps")
    answer = await dialog
    dialog.delete()
    return bool(answer)


def _request(context: Context, identifier: str) -> dict[str, str]:
    return {
        "PipelineExecutionArn": execution.arn(context.source, identifier),
        "ClientRequestToken": secrets.token_hex(16),
    }
