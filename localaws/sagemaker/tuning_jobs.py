"""Hyperparameter tuning jobs: Create, Describe, List, Stop and Delete, and the training jobs of one."""

from __future__ import annotations

import secrets

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.operations import SAGEMAKER, Named
from localaws.records import tags
from localaws.refusals import members
from localaws.sagemaker import jobs, tuning_checks, tuning_parents
from localaws.sagemaker.rules import inputs, pulling
from localaws.shapes import Document, project_as
from localaws.tuning import definitions, records, runner, trials

_JOBS = listing.Order(
    {"Name": "HyperParameterTuningJobName", "CreationTime": "CreationTime", "Status": "HyperParameterTuningJobStatus"}
)
_TRIALS = listing.Order(
    {
        "Name": "TrainingJobName",
        "CreationTime": "CreationTime",
        "Status": "TrainingJobStatus",
        "FinalObjectiveMetricValue": "Value",
    },
    by="Name",
    direction="Ascending",
)
JOB = Named("HyperParameterTuningJobName", records.KIND)


_CONFIG = members(
    """Strategy StrategyConfig HyperParameterTuningJobObjective ParameterRanges TrainingJobEarlyStoppingType
    ResourceLimits TuningJobCompletionCriteria RandomSeed""",
    refused="ParameterRanges.AutoParameters",
)
_DEFINITION = jobs.TRAINED | members(
    """DefinitionName TuningObjective HyperParameterRanges StaticHyperParameters
    HyperParameterTuningResourceConfig.InstanceType HyperParameterTuningResourceConfig.InstanceCount
    HyperParameterTuningResourceConfig.InstanceConfigs HyperParameterTuningResourceConfig.AllocationStrategy""",
    kept="HyperParameterTuningResourceConfig",
    refused="HyperParameterRanges.AutoParameters",
)
_MEMBERS = (
    members("HyperParameterTuningJobName WarmStartConfig", kept="Tags")
    | _CONFIG.below("HyperParameterTuningJobConfig")
    | _DEFINITION.below("TrainingJobDefinition")
    | _DEFINITION.below("TrainingJobDefinitions")
)


@SAGEMAKER.operation("CreateHyperParameterTuningJob", on=(JOB,), emits=records.EVENT, members=_MEMBERS)
def create_tuning_job(aws: Aws, request: Document) -> Document:
    """Store the tuning job and start it."""
    name = request["HyperParameterTuningJobName"]
    arn = aws.arn(records.KIND, name.lower())
    tuning_checks.check(aws, request)
    tuning_parents.check(aws, request)
    for definition in definitions.bodies(request):
        pulling.check_training(aws, definition)
        inputs.check_channels(aws, definition)
    with aws.store.transaction():
        if records.load(aws, name):
            raise errors.in_use(f"Hyperparameter tuning job names must be unique; {arn} exists already.")
        seed = request["HyperParameterTuningJobConfig"].get("RandomSeed")
        document = {
            **request,
            "HyperParameterTuningJobArn": arn,
            "HyperParameterTuningJobStatus": "InProgress",
            "CreationTime": now(),
            "LastModifiedTime": now(),
            "Seed": secrets.randbelow(2**31) if seed is None else seed,
        }
        aws.store.put(records.KIND, name.lower(), document)
        tags.tag_new(aws, arn, request)
        records.announce(aws, document)
    runner.start(aws, document)
    return {"HyperParameterTuningJobArn": arn}


@SAGEMAKER.operation("DescribeHyperParameterTuningJob", on=(JOB,))
def describe_tuning_job(aws: Aws, request: Document) -> Document:
    """The tuning job as it stands, with its counters and its best training job."""
    return records.described(aws, find(aws, request))


@SAGEMAKER.operation("ListHyperParameterTuningJobs")
def list_tuning_jobs(aws: Aws, request: Document) -> Document:
    """Tuning jobs, newest first."""
    chosen, more = listing.page(
        request,
        aws.store.all(records.KIND),
        _JOBS,
        "HyperParameterTuningJobName",
        {"StatusEquals": "HyperParameterTuningJobStatus"},
    )
    return {"HyperParameterTuningJobSummaries": [_summary(aws, item) for item in chosen], **more}


@SAGEMAKER.operation("ListTrainingJobsForHyperParameterTuningJob", on=(JOB,))
def list_trials(aws: Aws, request: Document) -> Document:
    """The training jobs of a tuning job; sorted by their objective, those without one are left out, as on AWS."""
    found = [trial.summary() for trial in trials.read(aws, find(aws, request))]
    if request.get("SortBy") == "FinalObjectiveMetricValue":
        metric = "FinalHyperParameterTuningJobObjectiveMetric"
        found = [{**item, "Value": item[metric]["Value"]} for item in found if metric in item]
    chosen, more = listing.page(request, found, _TRIALS, "TrainingJobName", {"StatusEquals": "TrainingJobStatus"})
    return {"TrainingJobSummaries": chosen, **more}


@SAGEMAKER.operation("StopHyperParameterTuningJob", on=(JOB,), emits=records.EVENT)
def stop_tuning_job(aws: Aws, request: Document) -> Document:
    """Ask a running tuning job to stop; its running training jobs are stopped with it."""
    with aws.store.transaction():
        document = find(aws, request)
        status = document["HyperParameterTuningJobStatus"]
        if status in records.ENDED:
            raise errors.validation(
                f"The tuning job {document['HyperParameterTuningJobName']} is {status}; only one that is InProgress "
                "can be stopped."
            )
        records.change(aws, document["HyperParameterTuningJobName"], HyperParameterTuningJobStatus="Stopping")
    return {}


@SAGEMAKER.operation("DeleteHyperParameterTuningJob", on=(JOB,))
def delete_tuning_job(aws: Aws, request: Document) -> Document:
    """Forget a tuning job that has ended; its training jobs stay."""
    with aws.store.transaction():
        document = records.load(aws, request["HyperParameterTuningJobName"])
        if document is None:
            return {}
        status = document["HyperParameterTuningJobStatus"]
        if status not in records.ENDED:
            raise errors.validation(
                f"The tuning job {document['HyperParameterTuningJobName']} is {status}; stop it before it is deleted."
            )
        aws.store.delete(records.KIND, document["HyperParameterTuningJobName"].lower())
        tags.forget(aws, document["HyperParameterTuningJobArn"])
    return {}


def _summary(aws: Aws, document: Document) -> Document:
    config = document["HyperParameterTuningJobConfig"]
    own = {"Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}
    return project_as("HyperParameterTuningJobSummary", {**records.described(aws, document), **own})


def find(aws: Aws, request: Document) -> Document:
    """The tuning job as it is stored, or the error that AWS answers."""
    document = records.load(aws, request["HyperParameterTuningJobName"])
    if document is None:
        arn = aws.arn(records.KIND, request["HyperParameterTuningJobName"].lower())
        raise errors.not_found(f"Amazon SageMaker can't find a tuning job with ARN: {arn}")
    return document
