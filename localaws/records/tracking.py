"""What SageMaker writes of jobs by itself: a trial component for each, in the trial that its ExperimentConfig names.

https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html says what is tracked; the names of
components are those by which the SDK's LineageTableVisualizer finds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localaws.aws import Aws
from localaws.names import identifier
from localaws.records import experiments
from localaws.records.experiments import COMPONENT, EXPERIMENT, TRIAL
from localaws.shapes import Document

_LONGEST_MESSAGE = 1024
_MOST_PARAMETERS = 300


def check_experiment(aws: Aws, config: Document) -> None:
    """Raise ResourceNotFound where a job's ExperimentConfig names what is not there."""
    if "ExperimentName" in config:
        experiments.get(aws, EXPERIMENT, config["ExperimentName"])
    if "TrialName" in config:
        experiments.get(aws, TRIAL, config["TrialName"])
    if "RunName" in config:
        experiments.get(aws, COMPONENT, config["RunName"])


def begin_experiment(aws: Aws, experiment: str, trial: str) -> None:
    """Make the experiment and the trial of a pipeline's execution, unless they are there."""
    if not experiments.find(aws, EXPERIMENT, experiment):
        experiments.create(aws, EXPERIMENT, {"ExperimentName": experiment})
    if not experiments.find(aws, TRIAL, trial):
        experiments.create(aws, TRIAL, {"TrialName": trial, "ExperimentName": experiment})


def track_job(aws: Aws, stem: str, noun: str, job: Document) -> None:
    """Write a job's trial component as the job now stands; call it inside the transaction of the job's change."""
    source = {"SourceArn": job[f"{stem}JobArn"], "SourceType": f"SageMaker{stem}Job"}
    name = f"{job[f'{stem}JobName']}-aws-{noun}"
    before = experiments.find(aws, COMPONENT, name)
    # A later job of a deleted one's name begins anew.
    if before is None or before["JobCreated"] != job["CreationTime"]:
        if before:
            experiments.forget(aws, COMPONENT, before)
        config = job.get("ExperimentConfig", {})
        display = {"DisplayName": config["TrialComponentDisplayName"]} if "TrialComponentDisplayName" in config else {}
        made = {"TrialComponentName": name, "Source": source, "JobCreated": job["CreationTime"], **display}
        component = experiments.create(aws, COMPONENT, made)
        _place(aws, component, config)
    experiments.change(aws, COMPONENT, name, **_described(stem, job))


def _place(aws: Aws, component: Document, config: Document) -> None:
    run = experiments.find(aws, COMPONENT, config["RunName"]) if "RunName" in config else None
    if run:
        # A run takes its jobs for its sources; it is in a trial itself.
        experiments.change(
            aws, COMPONENT, run["TrialComponentName"], Sources=[*run.get("Sources", []), component["Source"]]
        )
        return
    trial = experiments.find(aws, TRIAL, config["TrialName"]) if "TrialName" in config else None
    if trial is None and experiments.find(aws, EXPERIMENT, config.get("ExperimentName", "")):
        made = {"TrialName": f"Default-Run-Group-{identifier(10)}", "ExperimentName": config["ExperimentName"]}
        trial = experiments.create(aws, TRIAL, made)
    if trial:
        experiments.place(aws, component, trial)


def _described(stem: str, job: Document) -> Document:
    started, ended = job.get(f"{stem}StartTime"), job.get(f"{stem}EndTime")
    message = job.get("FailureReason") or job.get("ExitMessage") or ""
    return {
        "Status": {"PrimaryStatus": job[f"{stem}JobStatus"], "Message": message[:_LONGEST_MESSAGE]},
        **({"StartTime": started} if started else {}),
        **({"EndTime": ended} if ended else {}),
        "Parameters": dict(list(_parameters(job))[:_MOST_PARAMETERS]),
        "InputArtifacts": {name: {"Value": uri} for name, uri, _ in list_inputs(job)},
        "OutputArtifacts": {name: {"Value": uri} for name, uri, _ in list_outputs(job)},
        "Metrics": [{"SourceArn": job[f"{stem}JobArn"], **metric} for metric in job.get("MetricStatistics", [])],
    }


def _parameters(job: Document) -> Iterator[tuple[str, Document]]:
    resources = (
        job.get("ResourceConfig")
        or job.get("TransformResources")
        or job.get("ProcessingResources", {}).get("ClusterConfig", {})
    )
    for member in ("InstanceType", "InstanceCount", "VolumeSizeInGB"):
        if member in resources:
            yield f"SageMaker.{member}", _value(resources[member])
    own = job.get("HyperParameters") or job.get("Environment") or {}
    for name, value in sorted(own.items()):
        yield name, _value(value)


def _value(value: Any) -> Document:  # noqa: ANN401 - a number, or text that may be one
    try:
        number = float(value)
    except ValueError:
        return {"StringValue": str(value)}
    return {"NumberValue": number} if number - number == 0 else {"StringValue": str(value)}


def list_inputs(job: Document) -> Iterator[tuple[str, str, str]]:
    """What a job was given, each by a name, its URI and its type of artifact."""
    image = job.get("AlgorithmSpecification", {}).get("TrainingImage") or job.get("AppSpecification", {}).get(
        "ImageUri"
    )
    if image:
        yield "SageMaker.ImageUri", image, "Image"
    for channel in job.get("InputDataConfig", []):
        data = channel.get("DataSource", {}).get("S3DataSource", {})
        if "S3Uri" in data:
            yield channel["ChannelName"], data["S3Uri"], "DataSet"
    for item in job.get("ProcessingInputs", []):
        if "S3Uri" in item.get("S3Input", {}):
            yield item["InputName"], item["S3Input"]["S3Uri"], "DataSet"
    data = job.get("TransformInput", {}).get("DataSource", {}).get("S3DataSource", {})
    if "S3Uri" in data:
        yield "SageMaker.TransformInput", data["S3Uri"], "DataSet"


def list_outputs(job: Document) -> Iterator[tuple[str, str, str]]:
    """What a job makes, each by a name, its URI and its type of artifact."""
    if "ModelArtifacts" in job:
        yield "SageMaker.ModelArtifact", job["ModelArtifacts"]["S3ModelArtifacts"], "Model"
    if "S3Uri" in job.get("CheckpointConfig", {}):
        yield "SageMaker.Checkpoint", job["CheckpointConfig"]["S3Uri"], "Checkpoint"
    for item in job.get("ProcessingOutputConfig", {}).get("Outputs", []):
        if "S3Uri" in item.get("S3Output", {}):
            yield item["OutputName"], item["S3Output"]["S3Uri"], "DataSet"
    if "S3OutputPath" in job.get("TransformOutput", {}):
        yield "SageMaker.TransformOutput", job["TransformOutput"]["S3OutputPath"], "DataSet"
