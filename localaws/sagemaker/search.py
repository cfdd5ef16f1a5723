"""Search: resources of a type that satisfy an expression; and the properties that one may search by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from botocore.model import Shape

from localaws import listing
from localaws.aws import Aws
from localaws.engine import parameters
from localaws.engine import records as executions
from localaws.operations import SAGEMAKER
from localaws.records import endpoints, experiments, models, tags
from localaws.records.catalogue import RESOURCES, find_resource
from localaws.records.experiments import COMPONENT, EXPERIMENT, TRIAL
from localaws.records.jobs import KINDS as JOBS
from localaws.refusals import members
from localaws.sagemaker import pipeline_versions, projects, trial_components
from localaws.search.expressions import build_expression
from localaws.search.properties import find_property, list_paths, sort_place
from localaws.shapes import Document, project_as, service_model
from localaws.tuning import records as tuning_jobs

_MOST_SUGGESTIONS = 100
_PLACE, _ARN, _RECORD = "Place", "Arn", "Record"  # of what is put in order
_ORDER = listing.Order({_PLACE: _PLACE}, by=_PLACE)


@dataclass(frozen=True)
class _Searched:
    """A type of resource that Search knows: its member of SearchRecord, its ARN, and all that there are."""

    member: str
    arn: str
    list_all: Callable[[Aws], list[Document]]

    @property
    def shape(self) -> Shape:
        """The structure that its properties are members of."""
        return service_model().shape_for("SearchRecord").members[self.member]

    def list_records(self, aws: Aws) -> Iterator[Document]:
        """Every resource as Search answers it, beside its ARN."""
        for document in self.list_all(aws):
            tagged = {**document, "Tags": tags.list_tags(aws, document[self.arn])}
            yield {_ARN: document[self.arn], _RECORD: project_as(self.shape.name, self._whole(aws, tagged))}

    def _whole(self, aws: Aws, document: Document) -> Document:
        return _dashboard(aws, document) if self.member == "Model" else document


def _kept(member: str, noun: str) -> _Searched:
    return _Searched(member, RESOURCES[noun].arn, RESOURCES[noun].list_all)


def _list_executions(aws: Aws) -> list[Document]:
    return [
        {**item, "PipelineParameters": parameters.listed(item["Parameters"])}
        for item in aws.store.all(executions.EXECUTION)
    ]


def _list_tuning_jobs(aws: Aws) -> list[Document]:
    return [tuning_jobs.described(aws, job) for job in aws.store.all(tuning_jobs.KIND)]


def _list_trials(aws: Aws) -> list[Document]:
    return [{**trial, "TrialComponentSummaries": list(_list_placed(aws, trial))} for trial in aws.store.all(TRIAL.noun)]


def _list_placed(aws: Aws, trial: Document) -> Iterator[Document]:
    for item in experiments.list_places(aws, trial=trial["TrialName"]):
        component = experiments.get(aws, COMPONENT, item["TrialComponentName"])
        yield {**component, "TrialComponentSource": component.get("Source")}


def _list_components(aws: Aws) -> list[Document]:
    return [
        {
            **trial_components.with_metrics(aws, item),
            "Parents": list(experiments.list_parents(aws, item["TrialComponentName"])),
            "SourceDetail": _describe_source(aws, item),
        }
        for item in aws.store.all(COMPONENT.noun)
    ]


def _describe_source(aws: Aws, component: Document) -> Document | None:
    """The job that a component is of, as long as it is there."""
    source = component.get("Source")
    job = find_resource(aws, source["SourceArn"]) if source else None
    kind = next((kind for kind in JOBS if job and kind.arn in job), None)
    return {"SourceArn": source["SourceArn"], f"{kind.stem}Job": job} if source and kind else None


def _dashboard(aws: Aws, model: Document) -> Document:
    """A model as AWS's dashboard has it: with the endpoints that serve it and its last transform job."""
    name = model["ModelName"]
    serving = [item for item in aws.store.all(endpoints.KIND) if name in _served_models(aws, item)]
    jobs = [job for job in RESOURCES["transform-job"].list_all(aws) if job["ModelName"] == name]
    last = max(jobs, key=lambda job: job["CreationTime"], default=None)
    return {"Model": model, "Endpoints": serving, **({"LastBatchTransformJob": last} if last else {})}


def _served_models(aws: Aws, endpoint: Document) -> list[str]:
    configuration = aws.store.get("endpoint-config", endpoint.get("EndpointConfigName", "")) or {}
    return [variant["ModelName"] for variant in configuration.get("ProductionVariants", [])]


SEARCHED = {
    "TrainingJob": _kept("TrainingJob", "training-job"),
    "Project": _Searched("Project", RESOURCES["project"].arn, projects.list_all),
    "Experiment": _kept("Experiment", EXPERIMENT.noun),
    "ExperimentTrial": _Searched("Trial", TRIAL.arn, _list_trials),
    "ExperimentTrialComponent": _Searched("TrialComponent", COMPONENT.arn, _list_components),
    "Endpoint": _kept("Endpoint", "endpoint"),
    "Model": _kept("Model", models.MODEL),
    "ModelPackage": _kept("ModelPackage", models.PACKAGE),
    "ModelPackageGroup": _kept("ModelPackageGroup", models.GROUP),
    "Pipeline": _kept("Pipeline", "pipeline"),
    "PipelineExecution": _Searched("PipelineExecution", "PipelineExecutionArn", _list_executions),
    "PipelineVersion": _Searched("PipelineVersion", "Key", pipeline_versions.list_searched),
    "HyperParameterTuningJob": _Searched("HyperParameterTuningJob", "HyperParameterTuningJobArn", _list_tuning_jobs),
}
"""By the word of the request's Resource; of other types, the local AWS keeps none."""
_ONLY = {"Resource": tuple(SEARCHED)}


@SAGEMAKER.operation(
    "Search",
    members=members(
        "SearchExpression SortBy SortOrder NextToken MaxResults",
        only={**_ONLY, "CrossAccountFilterOption": ("SameAccount",)},
    ),
)
def search(aws: Aws, request: Document) -> Document:
    """The resources that an expression finds, those that were changed last first."""
    resource = request["Resource"]
    searched = SEARCHED[resource]
    satisfies = (
        build_expression(resource, searched.shape, request["SearchExpression"])
        if "SearchExpression" in request
        else lambda _: True
    )
    place = find_property(resource, searched.shape, request.get("SortBy") or _default_order(searched))
    found = [
        {**item, _PLACE: sort_place(place, item[_RECORD])}
        for item in searched.list_records(aws)
        if satisfies(item[_RECORD])
    ]
    paged: Document = {name: request[name] for name in ("SortOrder", "NextToken", "MaxResults") if name in request}
    chosen, more = listing.page(paged, found, _ORDER, _ARN)
    return {
        "Results": [{searched.member: item[_RECORD]} for item in chosen],
        "TotalHits": {"Value": len(found), "Relation": "EqualTo"},
        **more,
    }


def _default_order(searched: _Searched) -> str:
    if searched.member == "Model":
        return "Model.CreationTime"
    return "LastModifiedTime" if "LastModifiedTime" in searched.shape.members else "CreationTime"


@SAGEMAKER.operation(
    "GetSearchSuggestions", members=members("SuggestionQuery.PropertyNameQuery.PropertyNameHint", only=_ONLY)
)
def get_search_suggestions(_: Aws, request: Document) -> Document:
    """The properties of a type of resource whose names contain a hint."""
    hint = request.get("SuggestionQuery", {}).get("PropertyNameQuery", {}).get("PropertyNameHint", "").lower()
    paths = [path for path in list_paths(SEARCHED[request["Resource"]].shape) if hint in path.lower()]
    return {"PropertyNameSuggestions": [{"PropertyName": path} for path in paths[:_MOST_SUGGESTIONS]]}
