"""A pipeline definition (version 2020-12-01), parsed and checked when the pipeline is created.

Steps inside a Condition are kept in one flat table; `guard` says which condition, with which outcome, lets one run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from localaws import errors
from localaws.engine import members, quality, references
from localaws.shapes import Document

VERSION = "2020-12-01"
STEP_TYPES = (
    "Processing",
    "Training",
    "Condition",
    "RegisterModel",
    "Model",
    "Lambda",
    "Callback",
    "Transform",
    "Tuning",
    "Fail",
    quality.TYPE,
)
_MOST_STEPS = 5_000


@dataclass(frozen=True)
class Guard:
    """A step runs only where the condition step `condition` ended with `outcome` ("True" or "False")."""

    condition: str
    outcome: str


@dataclass(frozen=True)
class Step:
    """One step of a definition. `body` is the step's own JSON."""

    name: str
    type: str
    body: Document
    depends_on: frozenset[str]
    guard: Guard | None = None

    @property
    def arguments(self) -> Document:
        """What the step asks for, with references in it: what a condition compares, and whom a step calls or tells."""
        arguments: Document = self.body.get("Arguments", {})
        if self.type == "Condition":
            return {"Conditions": arguments.get("Conditions") or []}
        if self.type == "Lambda":
            return {"FunctionArn": self.body.get("FunctionArn"), "Payload": arguments}
        if self.type == "Callback":
            return {"SqsQueueUrl": self.body.get("SqsQueueUrl"), "Payload": arguments}
        return quality.build_arguments(self.body) if self.type == quality.TYPE else arguments

    @property
    def request(self) -> Document:
        """Of the arguments, those that the step's API is called with."""
        request: Document = self.arguments[quality.JOB] if self.type == quality.TYPE else self.arguments
        return request

    @property
    def waits_for(self) -> frozenset[str]:
        """Every step that must have ended before this one: dependencies, and the condition that guards it."""
        return self.depends_on | ({self.guard.condition} if self.guard else frozenset())


@dataclass(frozen=True)
class Definition:
    """Parameters and steps of a pipeline, in the order of the definition."""

    parameters: list[Document] = field(default_factory=list)
    steps: Mapping[str, Step] = field(default_factory=dict)


def parse(text: str) -> Definition:
    """Read a definition, or refuse it with a ValidationException that says what is wrong and where."""
    try:
        body = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise errors.validation(f"Unable to parse pipeline definition: it is not JSON ({error}).") from error
    except RecursionError:
        raise errors.validation("Unable to parse pipeline definition: it is nested too deeply.") from None
    members.check_depth(body)
    if not isinstance(body, dict) or body.get("Version") != VERSION:
        given = body.get("Version") if isinstance(body, dict) else body
        raise errors.validation(f"Unable to parse pipeline definition: Version is {given!r}; {VERSION!r} is allowed.")
    members.check_body(body)
    parameters = body.get("Parameters") or []
    members.check_parameters(parameters)
    # A parameter is text unless it says otherwise: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-experiments.html
    parameters = [{"Type": "String", **parameter} for parameter in parameters]
    steps: dict[str, Step] = {}
    if not isinstance(body.get("Steps") or [], list):
        raise errors.validation("Steps must be a list.")
    for step in _steps(body.get("Steps") or [], None):
        if step.name in steps:
            raise errors.validation(f"Step names must be unique; {step.name!r} stands twice.")
        steps[step.name] = step
    if not 0 < len(steps) <= _MOST_STEPS:
        raise errors.validation(f"A pipeline has 1 to {_MOST_STEPS} steps; {len(steps)} were given.")
    _check_references(steps, parameters)
    _check_order(steps)
    return Definition(parameters=parameters, steps=steps)


def _steps(bodies: list[Document], guard: Guard | None) -> Iterator[Step]:
    for body in bodies:
        members.check_step(body)
        name, kind = body["Name"], body["Type"]
        if kind not in STEP_TYPES:
            raise errors.validation(
                f"The step {name!r} has the type {kind!r}, which the local AWS does not run; it runs "
                f"{', '.join(STEP_TYPES)}."
            )
        _check_expiry(body)
        step = Step(name, kind, body, frozenset(), guard)
        members.check_references(name, step.arguments)
        depends_on = references.steps_in(step.arguments) | set(body.get("DependsOn", []))
        yield replace(step, depends_on=frozenset(depends_on))
        if kind == "Condition":
            branches = body.get("Arguments", {})
            yield from _steps(branches.get("IfSteps") or [], Guard(name, "True"))
            yield from _steps(branches.get("ElseSteps") or [], Guard(name, "False"))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _check_expiry(body: Document) -> None:
    expire_after = body.get("CacheConfig", {}).get("ExpireAfter")
    try:
        if expire_after is not None:
            seconds(expire_after)
    except (TypeError, ValueError) as error:
        raise errors.validation(f"The step {body['Name']!r}: {error}") from error


def _check_references(steps: Mapping[str, Step], parameters: list[Document]) -> None:
    declared = {parameter["Name"] for parameter in parameters}
    for step in steps.values():
        for wanted in sorted(step.depends_on - steps.keys()):
            raise errors.validation(
                f"The step {step.name!r} depends on {wanted!r}, which the definition does not have."
            )
        for wanted in sorted(name for name in step.depends_on if steps[name].type == "Fail"):
            raise errors.validation(
                f"The step {step.name!r} depends on {wanted!r}, a Fail step, after which nothing runs."
            )
        for wanted in sorted(name for name in step.body.get("DependsOn", []) if steps[name].type == "Condition"):
            raise errors.validation(
                f"The step {step.name!r} depends on {wanted!r}, a Condition step; put the step into one of its "
                f"branches, or read Steps.{wanted}.Outcome."
            )
        for wanted in sorted(references.parameters_in(step.arguments) - declared):
            raise errors.validation(f"The step {step.name!r} uses the parameter {wanted!r}, which is not declared.")
        for owner, file in sorted(references.property_files_in(step.arguments)):
            known = {item["PropertyFileName"] for item in steps[owner].body.get("PropertyFiles", [])}
            if file not in known:
                raise errors.validation(f"The step {step.name!r} reads {file!r}, which {owner!r} does not declare.")


def _check_order(steps: Mapping[str, Step]) -> None:
    done: set[str] = set()
    left = dict(steps)
    while left:
        ready = [name for name, step in left.items() if step.waits_for <= done]
        if not ready:
            raise errors.validation(f"The steps {', '.join(sorted(left))} wait for each other in a circle.")
        done.update(ready)
        for name in ready:
            del left[name]


_DURATION = re.compile(
    r"P?(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)
_UNITS = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)


def seconds(duration: str) -> int:
    """An ISO 8601 duration such as P30D, PT12H or (as the SDK's examples write) 30d."""
    match = _DURATION.fullmatch(duration)
    if not match or not any(match.groups()):
        raise ValueError(f"ExpireAfter is {duration!r}; it must be an ISO 8601 duration such as P30D or PT12H.")
    return sum(int(number) * unit for number, unit in zip(match.groups(), _UNITS, strict=True) if number)
