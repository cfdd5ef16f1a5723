"""Trial components: Create, Describe, List, Update and Delete, and which trials they are in.

Jobs have components of their own, which localaws.records.tracking writes; the SDK's `Run` makes one for itself.
"""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.operations import SAGEMAKER
from localaws.records import experiments
from localaws.records.experiments import COMPONENT, EXPERIMENT, TRIAL
from localaws.refusals import members
from localaws.sagemaker.experiments import NAMED, list_summaries
from localaws.shapes import Document

_COMPONENT = NAMED[COMPONENT.noun]
_TRIAL = NAMED[TRIAL.noun]
_DESCRIBED = "DisplayName Status StartTime EndTime Parameters InputArtifacts OutputArtifacts"
_MAPS = ("Parameters", "InputArtifacts", "OutputArtifacts")
_FILTERS = ("ExperimentName", "TrialName", "SourceArn")


@SAGEMAKER.operation(
    "CreateTrialComponent",
    on=(_COMPONENT,),
    members=members("TrialComponentName", kept=f"{_DESCRIBED} MetadataProperties Tags"),
)
def create_trial_component(aws: Aws, request: Document) -> Document:
    """Store a component, which is in no trial yet."""
    with aws.store.transaction():
        return experiments.create(aws, COMPONENT, request)


@SAGEMAKER.operation("DescribeTrialComponent", on=(_COMPONENT,))
def describe_trial_component(aws: Aws, request: Document) -> Document:
    """A component with the statistics of its metrics."""
    return with_metrics(aws, experiments.get(aws, COMPONENT, request["TrialComponentName"]))


def with_metrics(aws: Aws, component: Document) -> Document:
    """A component with the statistics of those of its metrics that were put, and of its job's."""
    return {**component, "Metrics": [*component.get("Metrics", []), *experiments.summarize_metrics(aws, component)]}


@SAGEMAKER.operation(
    "UpdateTrialComponent",
    on=(_COMPONENT,),
    members=members(
        "TrialComponentName ParametersToRemove InputArtifactsToRemove OutputArtifactsToRemove", kept=_DESCRIBED
    ),
)
def update_trial_component(aws: Aws, request: Document) -> Document:
    """Change members; of parameters and artifacts those that are given or removed."""
    with aws.store.transaction():
        document = experiments.get(aws, COMPONENT, request["TrialComponentName"])
        changes = {name: request[name] for name in _DESCRIBED.split() if name in request}
        for name in _MAPS:
            removed = request.get(f"{name}ToRemove", [])
            merged = {**document.get(name, {}), **request.get(name, {})}
            changes[name] = {key: value for key, value in merged.items() if key not in removed}
        return experiments.change(aws, COMPONENT, document["TrialComponentName"], **changes)


@SAGEMAKER.operation("DeleteTrialComponent", on=(_COMPONENT,))
def delete_trial_component(aws: Aws, request: Document) -> Document:
    """Remove a component that is in no trial."""
    with aws.store.transaction():
        document = experiments.get(aws, COMPONENT, request["TrialComponentName"])
        name = document["TrialComponentName"]
        trials = [item["TrialName"] for item in experiments.list_places(aws, name)]
        if trials:
            raise errors.validation(
                f"Trial Component '{name}' cannot be deleted: it is associated with the trials {', '.join(trials)}; "
                "disassociate it first."
            )
        experiments.forget(aws, COMPONENT, document)
    return document


@SAGEMAKER.operation("ListTrialComponents")
def list_trial_components(aws: Aws, request: Document) -> Document:
    """Components, of an experiment, a trial or a source where the request names one of these, newest first."""
    given = [name for name in _FILTERS if name in request]
    if len(given) > 1:
        raise errors.validation(f"Filter by one of {', '.join(_FILTERS)}; {' and '.join(given)} were given.")
    return list_summaries(COMPONENT, "TrialComponentSummaries", request, _list_filtered(aws, request))


def _list_filtered(aws: Aws, request: Document) -> list[Document]:
    found = aws.store.all(COMPONENT.noun)
    if "SourceArn" in request:
        wanted = request["SourceArn"].lower()
        return [item for item in found if wanted in [source["SourceArn"].lower() for source in _sources(item)]]
    if "TrialName" in request:
        trials = [experiments.get(aws, TRIAL, request["TrialName"])]
    elif "ExperimentName" in request:
        experiment = experiments.get(aws, EXPERIMENT, request["ExperimentName"])
        trials = experiments.list_trials(aws, experiment["ExperimentName"])
    else:
        return found
    return [item for item in found if any(experiments.is_placed(aws, item, trial) for trial in trials)]


def _sources(component: Document) -> list[Document]:
    own = [component["Source"]] if "Source" in component else []
    return [*own, *component.get("Sources", [])]


@SAGEMAKER.operation("AssociateTrialComponent", on=(_TRIAL, _COMPONENT))
def associate_trial_component(aws: Aws, request: Document) -> Document:
    """Put a component into a trial."""
    with aws.store.transaction():
        component, trial = _pair(aws, request)
        experiments.place(aws, component, trial)
    return {**component, **trial}


@SAGEMAKER.operation("DisassociateTrialComponent", on=(_TRIAL, _COMPONENT))
def disassociate_trial_component(aws: Aws, request: Document) -> Document:
    """Take a component out of a trial."""
    with aws.store.transaction():
        component, trial = _pair(aws, request)
        if not experiments.is_placed(aws, component, trial):
            raise errors.not_found(
                f"Trial Component '{component['TrialComponentName']}' is not associated with the trial "
                f"'{trial['TrialName']}'."
            )
        experiments.take_out(aws, component, trial)
    return {**component, **trial}


def _pair(aws: Aws, request: Document) -> tuple[Document, Document]:
    component = experiments.get(aws, COMPONENT, request["TrialComponentName"])
    return component, experiments.get(aws, TRIAL, request["TrialName"])
