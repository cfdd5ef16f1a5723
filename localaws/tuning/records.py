"""A tuning job in the store. Its counters and its best trial are no part of it: they are read from the trials."""

from __future__ import annotations

from localaws.aws import Aws, now
from localaws.images.builtin import with_own_metrics
from localaws.records import defaults
from localaws.shapes import Document, project
from localaws.tuning import definitions, endings, trials
from localaws.tuning.launch import OBJECTIVE
from localaws.tuning.trials import Trial

KIND = "hyper-parameter-tuning-job"
ENDED = ("Completed", "Failed", "Stopped")
EVENT = "SageMaker HyperParameter Tuning Job State Change"


def load(aws: Aws, name: str) -> Document | None:
    """The job's document as it was stored."""
    return aws.store.get(KIND, name.lower())


def change(aws: Aws, name: str, **changes: object) -> None:
    """Commit a change together with its event."""
    with aws.store.transaction():
        document = aws.store.update(KIND, name.lower(), LastModifiedTime=now(), **changes)
        announce(aws, document)


def announce(aws: Aws, document: Document) -> None:
    """Send the job's state-change event; call it inside the change's transaction."""
    detail = project("DescribeHyperParameterTuningJob", described(aws, document))
    aws.events.send(EVENT, detail, [document["HyperParameterTuningJobArn"]])


def described(aws: Aws, document: Document) -> Document:
    """The job with what AWS adds to its definitions, and what follows from its trials."""
    own = trials.read(aws, document)
    found = {**_filled(document), **trials.counters(own), **_details(own), **_best(aws, document, own)}
    seconds = sum(trial.job.get("BillableTimeInSeconds", 0) for trial in own)
    return {**found, "ConsumedResources": {"RuntimeInSeconds": seconds}}


def _filled(document: Document) -> Document:
    """The job with its defaults, and its definitions with the objective and the metrics that their trials are given.

    The SDK takes the objective out again:
    https://github.com/aws/sagemaker-python-sdk/blob/master-v2/src/sagemaker/tuner.py
    """
    config, found = document["HyperParameterTuningJobConfig"], defaults.fill(document, defaults.TUNING)

    def filled(body: Document) -> Document:
        objective = definitions.objective_of(config, body).get("MetricName")
        static = {**body["StaticHyperParameters"], **({OBJECTIVE: objective} if objective else {})}
        return {**with_own_metrics(body), "StaticHyperParameters": static}

    if found.get("TrainingJobDefinition"):
        found["TrainingJobDefinition"] = filled(found["TrainingJobDefinition"])
    if found.get("TrainingJobDefinitions"):
        found["TrainingJobDefinitions"] = [filled(body) for body in found["TrainingJobDefinitions"]]
    return found


def _details(own: list[Trial]) -> Document:
    details: Document = {"NumberOfTrainingJobsObjectiveNotImproving": endings.not_improving(own)}
    detected = endings.convergence(own)
    if detected is not None:
        details["ConvergenceDetectedTime"] = detected
    return {"TuningJobCompletionDetails": details}


def _best(aws: Aws, document: Document, own: list[Trial]) -> Document:
    found: Document = {}
    leader = trials.best(own)
    if leader:
        found["BestTrainingJob"] = leader.summary()
    warm = document.get("WarmStartConfig") or {}
    if warm.get("WarmStartType") == "IdenticalDataAndAlgorithm":
        overall = trials.best([*former(aws, document), *own])
        if overall:
            found["OverallBestTrainingJob"] = {**overall.summary(), "TuningJobName": _job_of(overall)}
    return found


def _job_of(trial: Trial) -> str:
    return str(trial.job["TuningJobArn"].rsplit("/", 1)[-1])


def former(aws: Aws, document: Document) -> list[Trial]:
    """The trials of the jobs that a warm start names."""
    names = [item["HyperParameterTuningJobName"] for item in parents(document)]
    jobs = [load(aws, name) for name in names]
    return [trial for job in jobs if job for trial in trials.read(aws, job)]


def parents(document: Document) -> list[Document]:
    """The jobs that a warm start names."""
    found: list[Document] = (document.get("WarmStartConfig") or {}).get("ParentHyperParameterTuningJobs") or []
    return found
