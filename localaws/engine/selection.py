"""Selective execution: some steps of a pipeline run, and what they need of the others comes from an execution before.

https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-selective-ex.html: the selected steps include all that lies
between them, what they depend on must have succeeded in the reference, and what follows them does not run. A step
whose result is reused is listed as Succeeded with SelectiveExecutionResult, as the SDK's integration tests have it
(tests/integ/sagemaker/workflow/test_selective_execution.py of aws/sagemaker-python-sdk).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from localaws import errors
from localaws.aws import Aws, now
from localaws.engine import records
from localaws.engine.definition import Definition, Step
from localaws.shapes import Document

_REFERENCES = ("Succeeded", "Failed")  # botocore: SelectiveExecutionConfig.SourcePipelineExecutionArn


def select_steps(definition: Definition, execution: Document) -> Mapping[str, Step]:
    """The steps that an execution runs: those that it was started for, or all."""
    config = execution.get("SelectiveExecutionConfig")
    return definition.steps if config is None else _selected(definition, config)


def list_reused(aws: Aws, pipeline: str, definition: Definition, config: Document) -> list[Document]:
    """What the selected steps find as done: the reference's records of all that they wait for.

    Raises AWS's ValidationException for steps that cannot be selected, or a reference that lacks what they need.
    """
    selected = _selected(definition, config)
    _check_connected(definition, selected)
    needed = _needed(selected)
    source = config.get("SourcePipelineExecutionArn")
    if source is None:
        if needed:
            # https://github.com/aws/sagemaker-python-sdk/issues/4444
            raise errors.validation(
                f"Invalid SourcePipelineExecutionArn: null. The selected steps [{', '.join(selected)}] have "
                f"dependencies on [{', '.join(sorted(needed))}]"
            )
        return []
    found = _reference(aws, pipeline, source)
    for name in sorted(needed):
        _check_usable(source, definition.steps[name], found.get(name), selected)
    before = _before(definition, selected) - selected.keys()
    done = [found[name] for name in definition.steps if name in before and name in found]
    return [item for item in done if item["StepStatus"] == "Succeeded"]


def keep_reused(aws: Aws, execution: str, source: str, reused: Iterable[Document]) -> None:
    """Record steps of a reference as done in an execution that begins; call it inside the start's transaction."""
    # Times are told to the millisecond, in which a step may begin to run: what was done before it is listed before it.
    time = round(now() - 0.001, 3)
    for item in reused:
        document = {name: value for name, value in item.items() if name != "CacheHitResult"}
        document |= {
            "PipelineExecutionArn": execution,
            "StartTime": time,
            "EndTime": time,
            "SelectiveExecutionResult": {"SourcePipelineExecutionArn": source},
        }
        records.keep_step(aws, document)


def _selected(definition: Definition, config: Document) -> dict[str, Step]:
    names = [item["StepName"] for item in config["SelectedSteps"]]
    unknown = sorted(set(names) - definition.steps.keys())
    if unknown:
        raise errors.validation(
            f"Invalid SelectedSteps: the pipeline has no steps [{', '.join(unknown)}]; it has "
            f"[{', '.join(definition.steps)}]"
        )
    return {name: step for name, step in definition.steps.items() if name in names}


def _check_connected(definition: Definition, selected: Mapping[str, Step]) -> None:
    after = _after(definition, selected)
    between = sorted((_before(definition, selected) & after) - selected.keys())
    if between:
        raise errors.validation(
            f"Invalid SelectedSteps: [{', '.join(between)}] lie between the selected steps "
            f"[{', '.join(selected)}]; select them as well"
        )


def _needed(selected: Mapping[str, Step]) -> set[str]:
    return {name for step in selected.values() for name in step.waits_for} - selected.keys()


def _before(definition: Definition, selected: Mapping[str, Step]) -> set[str]:
    """All that must have ended before one of the selected steps."""
    found: set[str] = set()
    left = [name for step in selected.values() for name in step.waits_for]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(definition.steps[name].waits_for)
    return found


def _after(definition: Definition, selected: Mapping[str, Step]) -> set[str]:
    """All that waits for one of the selected steps."""
    found: set[str] = set()
    left = set(selected)
    while left:
        left = {name for name, step in definition.steps.items() if step.waits_for & left} - found
        found |= left
    return found


def _reference(aws: Aws, pipeline: str, source: str) -> dict[str, Document]:
    """The steps of a reference execution, by name."""
    document = aws.store.get(records.EXECUTION, source)
    if document is None or document["PipelineArn"] != pipeline:
        raise errors.validation(
            f"Invalid SourcePipelineExecutionArn: {source}. It must be an execution of the pipeline {pipeline}"
        )
    if document["PipelineExecutionStatus"] not in _REFERENCES:
        raise errors.validation(
            f"Invalid SourcePipelineExecutionArn: {source}. Its status is {document['PipelineExecutionStatus']}; "
            f"it must be {' or '.join(_REFERENCES)}"
        )
    return records.steps(aws, source)


def _check_usable(source: str, step: Step, found: Document | None, selected: Mapping[str, Step]) -> None:
    """Refuse a reference that has not the result of a step that selected ones need, or chose the other branch."""
    status = found["StepStatus"] if found else "not started"
    if found is None or status != "Succeeded" or found["StepType"] != step.type:
        kind = f" of the type {found['StepType']}" if found and found["StepType"] != step.type else ""
        raise errors.validation(
            f"Invalid SourcePipelineExecutionArn: {source}. The selected steps need the {step.type} step "
            f"[{step.name}], which is {status}{kind} there"
        )
    outcome = found.get("Outputs", {}).get("Outcome")
    other = sorted(
        each.name
        for each in selected.values()
        if each.guard and each.guard.condition == step.name and each.guard.outcome != outcome
    )
    if other:
        raise errors.validation(
            f"Invalid SourcePipelineExecutionArn: {source}. The condition [{step.name}] was {outcome} there, after "
            f"which [{', '.join(other)}] do not run"
        )
