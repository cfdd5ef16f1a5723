"""What SageMaker writes by itself of jobs, versions of models and endpoints, for experiments and for lineage.

A job has a trial component, in the trial that its ExperimentConfig names. Lineage leads from what a job read to what it
made, from there to the versions that were registered of it, and over their deployments to endpoints.

https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html says what is tracked; the names of
components are those by which the SDK's LineageTableVisualizer finds them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from localaws.aws import Aws
from localaws.names import identifier
from localaws.records import experiments, lineage, models
from localaws.records.experiments import COMPONENT, EXPERIMENT, TRIAL
from localaws.records.lineage import ACTION, ARTIFACT, CONTEXT
from localaws.shapes import Document

_LONGEST_MESSAGE = 1024
_MOST_PARAMETERS = 300
Tracked = tuple[str, str, str]  # what a job reads or makes: its name, URI and type of artifact


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
        _associate(aws, component, list_inputs(job), [])
    component = experiments.change(aws, COMPONENT, name, **_described(stem, job))
    if job[f"{stem}JobStatus"] == "Completed":
        _associate(aws, component, [], list_outputs(job))


def _associate(aws: Aws, component: Document, inputs: Iterable[Tracked], outputs: Iterable[Tracked]) -> None:
    arn = component["TrialComponentArn"]
    for _, uri, kind in inputs:
        lineage.associate(aws, _artifact(aws, uri, kind), arn, "ContributedTo")
    for _, uri, kind in outputs:
        lineage.associate(aws, arn, _artifact(aws, uri, kind), "Produced")


def _artifact(aws: Aws, uri: str, kind: str) -> str:
    return lineage.ensure(aws, ARTIFACT, {"Source": {"SourceUri": uri}, "ArtifactType": kind})


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


def list_inputs(job: Document) -> Iterator[Tracked]:
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


def list_outputs(job: Document) -> Iterator[Tracked]:
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


def track_package(aws: Aws, package: Document) -> None:
    """Write a version's artifact, its group's context and its approval; call it in the change's transaction."""
    own = _artifact(aws, package["ModelPackageArn"], "Model")
    for container in package.get("InferenceSpecification", {}).get("Containers", []):
        for uri, kind in _served(container):
            lineage.associate(aws, _artifact(aws, uri, kind), own, "ContributedTo")
    if "ModelPackageGroupName" not in package:
        return
    group, version = package["ModelPackageGroupName"], package["ModelPackageVersion"]
    context = _context(aws, f"{group}-aws-model-group", aws.arn("model-package-group", group), "ModelGroup")
    lineage.associate(aws, own, context, "AssociatedWith")
    status = package["ModelApprovalStatus"]
    action = {
        "ActionName": f"{group}-{version}-{status}-aws-model-package",
        "ActionType": "Approval",
        "Source": {"SourceUri": package["ModelPackageArn"], "SourceType": "ARN"},
        "Status": "Completed",
        "Properties": {"ModelApprovalStatus": status},
    }
    lineage.associate(aws, lineage.ensure(aws, ACTION, action), own, "ContributedTo")


def track_endpoint(aws: Aws, endpoint: Document) -> None:
    """Write an endpoint's context, and the deployment of the models that its configuration names."""
    name, configuration = endpoint["EndpointName"], endpoint["EndpointConfigName"]
    # A later endpoint of the name is another.
    own = f"{name}-{int(endpoint['CreationTime'])}-aws-endpoint"
    context = _context(aws, own, endpoint["EndpointArn"], "Endpoint")
    digest = hashlib.sha256(f"{configuration} {endpoint['CreationTime']}".encode()).hexdigest()[:12]
    action = {
        "ActionName": f"{name}-{digest}-aws-model-deployment",
        "ActionType": "ModelDeployment",
        "Source": {"SourceUri": endpoint["EndpointArn"], "SourceType": "ARN"},
        "Status": "Completed",
        "Properties": {"EndpointConfigName": configuration},
    }
    deployment = lineage.ensure(aws, ACTION, action)
    lineage.associate(aws, deployment, context, "AssociatedWith")
    variants = (aws.store.get("endpoint-config", configuration) or {}).get("ProductionVariants", [])
    for model in filter(None, (models.find_model(aws, variant.get("ModelName", "")) for variant in variants)):
        for container in models.list_containers(model):
            for uri, kind in _served(container):
                lineage.associate(aws, _artifact(aws, uri, kind), deployment, "ContributedTo")


def _context(aws: Aws, name: str, source: str, kind: str) -> str:
    request = {"ContextName": name, "ContextType": kind, "Source": {"SourceUri": source, "SourceType": "ARN"}}
    return lineage.ensure(aws, CONTEXT, request)


def _served(container: Document) -> Iterator[tuple[str, str]]:
    """What a container serves: a version, or an image and a model's data, by URI and type of artifact."""
    for member, kind in (("ModelPackageName", "Model"), ("Image", "Image"), ("ModelDataUrl", "Model")):
        if container.get(member):
            yield container[member], kind
