"""A pipeline definition, as CreatePipeline takes it and as an execution resolves it."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import Any

from localaws.engine import logic, parameters, references, retries
from localaws.engine.definition import Definition, parse
from localaws.errors import AwsError
from tests.fuzz.corpus import definition

SEEDS = [
    definition(),
    b'{"Version": "2020-12-01", "Steps": [{"Name": "a", "Type": "Fail"}]}',
    b'{"Version": "2020-12-01", "Steps": [{"Name": "a", "Type": "Fail", "DependsOn": ["a"]}]}',
]
_FAILURE = retries.Failure("slow", retries.THROTTLING)
_EXECUTION = {"PipelineName": "p", "StartDateTime": "2026-01-01T00:00:00Z"}


def one_input(data: bytes) -> None:
    """A definition is accepted, or refused by AWS's exception; an accepted one resolves, or fails with a reason."""
    try:
        read = parse(data.decode("utf-8", "replace"))
        parameters.check_declarations(read.parameters)
        values = parameters.bind(read.parameters, [])
    except AwsError:
        return
    _resolve(read, values)


def _resolve(read: Definition, values: dict[str, Any]) -> None:
    outputs = {name: {"ModelArtifacts": {"S3ModelArtifacts": "s3://b/k"}} for name in read.steps}
    file: dict[str, Any] = defaultdict(list, a=[{"b": 1}])
    scope = references.Scope(values, _EXECUTION, outputs, lambda _step, _file: file, lambda _uri: file)
    for step in read.steps.values():
        with suppress(references.UnresolvedReference, ValueError):
            retries.delay(step.body.get("RetryPolicies", []), _FAILURE, 1, 1.0)
            resolved = references.resolve(step.arguments, scope)
            if step.type == "Condition":
                logic.holds(resolved["Conditions"])
