"""Experiments and their trials: Create, Describe, List, Update and Delete.

A trial is of one experiment; what is in a trial are trial components, which jobs and the SDK's `Run` make.
"""

from __future__ import annotations

from functools import partial

from localaws import errors, listing
from localaws.aws import Aws
from localaws.operations import SAGEMAKER, Named
from localaws.records import experiments
from localaws.records.experiments import COMPONENT, EXPERIMENT, KINDS, TRIAL, ExperimentKind
from localaws.refusals import members
from localaws.shapes import Document, project_as

NAMED = {kind.noun: Named(kind.name, kind.noun) for kind in KINDS}
_ALSO = {EXPERIMENT.noun: "", TRIAL.noun: "ExperimentName"}
_KEPT = {EXPERIMENT.noun: "Description", TRIAL.noun: "MetadataProperties"}
_UPDATED = {EXPERIMENT.noun: "Description", TRIAL.noun: ""}


def create(kind: ExperimentKind, aws: Aws, request: Document) -> Document:
    """Store an experiment, or a trial of one that is there."""
    with aws.store.transaction():
        own = dict(request)
        if kind is TRIAL:
            own["ExperimentName"] = experiments.get(aws, EXPERIMENT, request["ExperimentName"])["ExperimentName"]
        return experiments.create(aws, kind, own)


def describe(kind: ExperimentKind, aws: Aws, request: Document) -> Document:
    """It as it stands."""
    return experiments.get(aws, kind, request[kind.name])


def update(kind: ExperimentKind, aws: Aws, request: Document) -> Document:
    """Change what it is called and described by."""
    with aws.store.transaction():
        experiments.get(aws, kind, request[kind.name])
        changes = {member: value for member, value in request.items() if member != kind.name}
        return experiments.change(aws, kind, request[kind.name], **changes)


def delete(kind: ExperimentKind, aws: Aws, request: Document) -> Document:
    """Remove an experiment without trials, or a trial without components."""
    with aws.store.transaction():
        document = experiments.get(aws, kind, request[kind.name])
        name = document[kind.name]
        inner = experiments.list_trials(aws, name) if kind is EXPERIMENT else experiments.list_places(aws, trial=name)
        if inner:
            what = "trials" if kind is EXPERIMENT else "trial components"
            raise errors.validation(f"{kind.words} '{name}' cannot be deleted: it still has {len(inner)} {what}.")
        experiments.forget(aws, kind, document)
    return document


@SAGEMAKER.operation("ListExperiments")
def list_experiments(aws: Aws, request: Document) -> Document:
    """Experiments, newest first."""
    return list_summaries(EXPERIMENT, "ExperimentSummaries", request, aws.store.all(EXPERIMENT.noun))


@SAGEMAKER.operation("ListTrials")
def list_trials(aws: Aws, request: Document) -> Document:
    """Trials, of an experiment or with a component in them where the request names one, newest first."""
    found = aws.store.all(TRIAL.noun)
    if "ExperimentName" in request:
        found = experiments.list_trials(
            aws, experiments.get(aws, EXPERIMENT, request["ExperimentName"])[EXPERIMENT.name]
        )
    if "TrialComponentName" in request:
        component = experiments.get(aws, COMPONENT, request["TrialComponentName"])
        found = [item for item in found if experiments.is_placed(aws, component, item)]
    return list_summaries(TRIAL, "TrialSummaries", request, found)


def list_summaries(kind: ExperimentKind, member: str, request: Document, found: list[Document]) -> Document:
    """A page of what was found, as a list's summaries have it."""
    order = listing.Order({"Name": kind.name, "CreationTime": "CreationTime"})
    chosen, more = listing.page(request, found, order, kind.name)
    # A summary calls its own source by another name than a description does.
    whole = [{**item, f"{kind.stem}Source": item.get("Source")} for item in chosen]
    return {member: [project_as(f"{kind.stem}Summary", item) for item in whole], **more}


for _kind in (EXPERIMENT, TRIAL):
    _named = NAMED[_kind.noun]
    SAGEMAKER.operation(
        f"Create{_kind.stem}",
        on=(_named, NAMED[EXPERIMENT.noun]) if _kind is TRIAL else (_named,),
        members=members(f"{_kind.name} {_ALSO[_kind.noun]}", kept=f"DisplayName Tags {_KEPT[_kind.noun]}"),
    )(partial(create, _kind))
    SAGEMAKER.operation(f"Describe{_kind.stem}", on=(_named,))(partial(describe, _kind))
    SAGEMAKER.operation(
        f"Update{_kind.stem}", on=(_named,), members=members(_kind.name, kept=f"DisplayName {_UPDATED[_kind.noun]}")
    )(partial(update, _kind))
    SAGEMAKER.operation(f"Delete{_kind.stem}", on=(_named,))(partial(delete, _kind))
