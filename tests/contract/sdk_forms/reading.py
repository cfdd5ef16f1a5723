"""Holds a definition that an SDK wrote against what is done with it when a pipeline is created."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import localaws.services  # noqa: F401 - declares the operations that steps' arguments are held against
from localaws.engine.attempt import RUNS
from localaws.engine.definition import STEP_TYPES, Definition, parse
from localaws.engine.parameters import check_declarations
from localaws.engine.requests import check_arguments
from localaws.errors import AwsError


def read(text: str) -> Definition:
    """Check a definition as CreatePipeline does."""
    definition = parse(text)
    check_declarations(definition.parameters)
    check_arguments(definition)
    return definition


def check_run_or_refused(text: str) -> None:
    """Hold that a definition is taken where all its types of steps run, and is refused with the first that does not."""
    unknown = [step for step in _steps(json.loads(text)["Steps"]) if step["Type"] not in STEP_TYPES]
    if not unknown:
        assert {step.type for step in read(text).steps.values()} <= RUNS.keys()
        return
    words = f"The step {unknown[0]['Name']!r} has the type {unknown[0]['Type']!r}, which the local AWS does not run; "
    with pytest.raises(AwsError, match=re.escape(words)):
        read(text)


def _steps(bodies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for body in bodies:
        yield body
        if body["Type"] == "Condition":
            yield from _steps(body["Arguments"]["IfSteps"])
            yield from _steps(body["Arguments"]["ElseSteps"])
