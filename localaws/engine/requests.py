"""A step's arguments held against the API that the step calls, when its pipeline is created or updated.

AWS reads each step's arguments by the model of the API (https://github.com/aws/sagemaker-python-sdk/issues/2554 and
pull request 3472 show its answers), so that a misspelt member does not wait for its step to be found. A reference
stands for a value that is not there yet: it is held against the type of what it will be.
"""

from __future__ import annotations

from typing import Any

from botocore.model import Shape

from localaws import errors
from localaws.algorithms.model_monitor.request import SCRIPTS
from localaws.engine import quality, references, types
from localaws.engine.definition import Definition, Step
from localaws.operations import SAGEMAKER
from localaws.refusals import check_members
from localaws.shapes import Document, broken_limits, has_type, service_model

_BEGINNING = "Unable to parse pipeline definition."
_CALLED = {"Lambda": "FunctionArn", "Callback": "SqsQueueUrl"}
_NOTEBOOKS = "amazon_sagemaker_scheduler"
_JSON = {"Structure": "Json Object", "Map": "Json Object", "List": "Json Array"}


def check_arguments(definition: Definition) -> None:
    """Refuse, with AWS's ValidationException, a step whose arguments its API cannot take."""
    known = types.Types(definition)
    for step in definition.steps.values():
        for reference in references.functions_in(step.arguments):
            known.check(step.name, reference)
        api = types.APIS.get(step.type)
        if api is not None:
            shape = service_model().operation_model(api.create).input_shape
            _check_members(shape, step.request, known, api.hidden)
            _check_required(shape, step.request, api.name)
            _check_literals(api, step)
            _check_program(step)
        if step.type in _CALLED and references.is_function(step.arguments[_CALLED[step.type]]):
            known.check_fits(step.arguments[_CALLED[step.type]], service_model().shape_for("String256"))
        if step.type == quality.TYPE:
            _check_quality(step, known)


def _check(shape: Shape, value: Any, known: types.Types) -> None:  # noqa: ANN401 - JSON of any type
    if references.is_function(value):
        known.check_fits(value, shape)
        return
    _check_native(shape, value)
    if shape.type_name == "structure":
        _check_members(shape, value, known)
        _check_required(shape, value)
    elif shape.type_name == "list":
        for item in value:
            _check(shape.member, item, known)
    elif shape.type_name == "map":
        for key, item in value.items():
            _check(shape.key, key, known)
            _check(shape.value, item, known)


def _check_native(shape: Shape, value: object) -> None:
    if not has_type(shape, value):
        kind = types.OF_SHAPES[shape.type_name]
        raise _refusal(f"Expecting start of {_JSON[kind]}." if kind in _JSON else f"Expecting {kind}, not {value!r}.")
    for constraint in broken_limits(shape, value):
        given = f"Value '{str(value)[:200]}' for '{shape.name}'"
        words = constraint if constraint.startswith("satisfy ") else f"satisfy constraint: Member must {constraint}"
        raise _refusal(f"Model Validation failed:\n{given} failed to {words}")


def _check_members(shape: Shape, value: Document, known: types.Types, hidden: frozenset[str] = frozenset()) -> None:
    """Hold the members of an object against its shape; no step may have those that are `hidden`."""
    for name, item in value.items():
        if name not in shape.members or name in hidden:
            raise _refusal(f"Unknown Argument member '{name}'")
        if item is not None:
            _check(shape.members[name], item, known)


def _check_required(shape: Shape, value: Document, given: str | None = None) -> None:
    """Refuse an object without a member that its shape requires, but for the name that the pipeline has `given`."""
    for name in shape.required_members:
        if value.get(name) is None and name != given:
            raise _refusal(f"Model Validation failed:\nMember '{name}' of '{shape.name}' must not be null")


def _check_literals(api: types.Api, step: Step) -> None:
    """Refuse what the local AWS does not emulate, as far as it is written out and no reference."""
    operation = SAGEMAKER.operations[api.create]
    check_members(operation.members, operation.shape, _without_references(step.request))


def _check_quality(step: Step, known: types.Types) -> None:
    """Refuse options that are none of AWS's, and scripts, which the stand-in for AWS's image does not call."""
    for name, value in step.arguments.items():
        if name != quality.JOB:
            _check(quality.get_option_shape(name), value, known)
    kind = step.arguments.get("CheckType")
    if not isinstance(kind, str) or kind not in quality.BASELINES:
        allowed = ", ".join(quality.BASELINES)
        raise errors.validation(f"The step {step.name!r} has the CheckType {kind!r}; allowed are {allowed}.")
    for script in sorted({*SCRIPTS} & step.request.get("Environment", {}).keys()):
        raise errors.validation(
            f"The step {step.name!r} has a {script}, which the local AWS does not call: prepare the data in a "
            "Processing step before, and read the violations in one after."
        )


def _check_program(step: Step) -> None:
    """Refuse a notebook's job, as sagemaker.workflow.notebook_job_step writes it: only AWS's image has its program."""
    specification = step.arguments.get("AlgorithmSpecification")
    entry = specification.get("ContainerEntrypoint") if isinstance(specification, dict) else None
    if entry == [_NOTEBOOKS]:
        raise errors.validation(
            f"The step {step.name!r} is a notebook job, whose program {_NOTEBOOKS} lies in AWS's images; the local AWS "
            "does not run it. Run the notebook by a script in a Processing step."
        )


def _without_references(value: Any) -> Any:  # noqa: ANN401
    if references.is_function(value):
        return None
    if isinstance(value, dict):
        return {name: _without_references(item) for name, item in value.items()}
    return [_without_references(item) for item in value] if isinstance(value, list) else value


def _refusal(sentence: str) -> errors.AwsError:
    return errors.validation(f"{_BEGINNING} {sentence}")
