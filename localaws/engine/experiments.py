"""The experiment and the trial of an execution, which a definition's PipelineExperimentConfig names.

https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-experiments.html: both are made where they are not there, and
the jobs of the execution are tracked in the trial. Of a definition without it, or with null, none is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localaws import errors
from localaws.aws import Aws
from localaws.engine import members, references, types
from localaws.records.tracking import begin_experiment
from localaws.shapes import Document, broken_limits, service_model

MEMBER = "PipelineExperimentConfig"
_MEMBERS = ("ExperimentName", "TrialName")
_VARIABLES = {*types.VARIABLES} - {*types.OF_JOBS}


def find_config(definition: str) -> Document | None:
    """The member of a definition's text, with references in it."""
    found: Document | None = json.loads(definition).get(MEMBER)
    return found


def check_config(definition: str, declared: Mapping[str, object]) -> None:
    """Raise AWS's error for a config that names no experiment and trial, or refers to what is not there."""
    config = find_config(definition)
    if config is None:
        return
    if not isinstance(config, dict) or config.keys() - set(_MEMBERS) or "ExperimentName" not in config:
        raise errors.validation(
            f"{MEMBER} is an object of {' and '.join(_MEMBERS)}; {json.dumps(config)[:200]} was given."
        )
    for member, value in config.items():
        if not members.is_text(value):
            raise errors.validation(f"{MEMBER}.{member} must be a text or a function of one.")
    unknown = references.parameters_in(config) - declared.keys()
    if unknown or references.steps_in(config):
        what = f"the parameter {sorted(unknown)[0]!r}, which is not declared" if unknown else "a step"
        raise errors.validation(f"{MEMBER} refers to {what}.")
    for name in sorted(references.variables_in(config) - _VARIABLES):
        raise errors.validation(f"{MEMBER} refers to Execution.{name}, which no execution knows when it starts.")


def begin(aws: Aws, definition: str, parameters: Mapping[str, Any], variables: Document) -> Document:
    """Make what an execution's definition names, unless it is there; answers {MEMBER: the names}, or nothing."""
    config = find_config(definition)
    if config is None:
        return {}
    scope = references.Scope(parameters, variables, {}, _refuse_files, _refuse_files)
    try:
        named = references.resolve({"TrialName": {"Get": "Execution.PipelineExecutionId"}, **config}, scope)
    except references.UnresolvedReference as error:
        raise errors.validation(f"{MEMBER}: {error}") from error
    shape = service_model().shape_for("ExperimentEntityName")
    for member, value in named.items():
        broken = next(broken_limits(shape, str(value)), None)
        if broken:
            raise errors.validation(f"{MEMBER}.{member} is {value!r}; it must {broken}.")
    begin_experiment(aws, str(named["ExperimentName"]), str(named["TrialName"]))
    return {MEMBER: named}


def _refuse_files(*_: str) -> None:
    raise references.UnresolvedReference("files cannot be read before a step has run.")
