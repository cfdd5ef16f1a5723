"""Condition and Fail steps: which branch runs, and an end with a message."""

from __future__ import annotations

from localaws.engine.context import Run, StepContext
from localaws.engine.logic import holds
from localaws.engine.retries import Failure
from localaws.shapes import Document


def condition(context: StepContext) -> Document:
    """Evaluate the conditions; the outcome "True" or "False" chooses the branch."""
    try:
        outcome = str(holds(context.arguments["Conditions"]))
    except ValueError as error:
        raise Failure(f"ClientError: {error}") from error
    context.record({"Condition": {"Outcome": outcome}})
    return {"Outcome": outcome}


def fail(context: StepContext) -> Document:
    """End the execution as Failed with the message of the definition."""
    message = str(context.arguments.get("ErrorMessage", ""))
    context.record({"Fail": {"ErrorMessage": message}})
    raise Failure(message)


RUNS: dict[str, Run] = {"Condition": condition, "Fail": fail}
