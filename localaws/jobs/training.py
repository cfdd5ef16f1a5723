"""Runs a training job as AWS does: channels, configuration, metrics from its log lines, model.tar.gz into S3."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from localaws.aws import Aws, now
from localaws.failures import AlgorithmFailure, ClientFailure, JobFailure
from localaws.images.builtin import find_algorithm
from localaws.images.program import Program
from localaws.images.programs import find_program, runs_in_docker
from localaws.jobs import opt_ml, pretrained, staging
from localaws.jobs.checkpoints import DEFAULT_PATH, Checkpoints
from localaws.jobs.metrics import Metrics, Publisher
from localaws.jobs.requirements import with_packed_requirements
from localaws.jobs.role import acting_as, check_network
from localaws.jobs.script_mode.program import build_program, find_source, is_script
from localaws.jobs.supervise import SLOTS, Instance, Job, Outcome, instances, run
from localaws.records import experiments
from localaws.records.jobs import TRAINING, change_job, find_job
from localaws.shapes import Document
from localaws.tasks import Stop

_GROUP = "homogeneousCluster"  # AWS's name for the instances of a job that names no groups
_WAITING = "Downloading the training image"
_MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}


def run_job(aws: Aws, name: str, stop: Stop) -> None:
    """Take a training job from InProgress to its end."""
    document = find_job(aws, TRAINING, name) or {}
    with SLOTS:
        try:
            check_network(aws, document["RoleArn"], document.get("VpcConfig"))
            outcome = _run(acting_as(aws, document["RoleArn"]), document, stop)
        except JobFailure as failure:
            _end(aws, name, "Failed", "Failed", FailureReason=str(failure))
            return
        if outcome.stopped or outcome.timed_out:
            _end(aws, name, "Stopped", "MaxRuntimeExceeded" if outcome.timed_out else "Stopped")
        else:
            _end(aws, name, "Completed", "Completed")


def enter(aws: Aws, name: str, secondary: str, **changes: Any) -> Document:  # noqa: ANN401 - members of any type
    """Record a secondary status, closing the one before it."""
    with aws.store.transaction():
        document = find_job(aws, TRAINING, name) or {}
        transitions = document.get("SecondaryStatusTransitions", [])
        if transitions:
            transitions[-1].setdefault("EndTime", now())
        transitions.append(transition(secondary))
        return change_job(
            aws, TRAINING, name, SecondaryStatus=secondary, SecondaryStatusTransitions=transitions, **changes
        )


def transition(secondary: str) -> Document:
    """The beginning of a secondary status, in AWS's words."""
    return {"Status": secondary, "StartTime": now(), "StatusMessage": _MESSAGES[secondary]}


def _end(aws: Aws, name: str, status: str, secondary: str, **changes: Any) -> None:  # noqa: ANN401
    with aws.store.transaction():
        document = enter(aws, name, secondary, TrainingJobStatus=status, TrainingEndTime=now(), **changes)
        last = document["SecondaryStatusTransitions"]
        last[-1]["EndTime"] = now()
        seconds = max(1, round(now() - document.get("TrainingStartTime", now())))
        aws.store.update(
            TRAINING.noun,
            name.lower(),
            SecondaryStatusTransitions=last,
            TrainingTimeInSeconds=seconds,
            BillableTimeInSeconds=seconds,
        )


def _run(aws: Aws, document: Document, stop: Stop) -> Outcome:
    name = document["TrainingJobName"]
    enter(aws, name, "Downloading")
    resources = document["ResourceConfig"]
    members = instances(aws, name, resources.get("InstanceCount", 1))
    hosts = [member.host for member in members]
    for index, member in enumerate(members):
        _stage(aws, document, member, (index, len(members)), hosts)
    checkpoints = _checkpoints(aws, document, members)
    enter(aws, name, "Training", TrainingStartTime=now())
    specification = document["AlgorithmSpecification"]
    algorithm = find_algorithm(specification.get("TrainingImage", ""))
    stated = specification.get("MetricDefinitions", [])
    metrics = Metrics(stated or (list(algorithm.metrics) if algorithm else []))
    job = _job(aws, document)
    # A tuning job follows its trials; nobody else needs more than the last value.
    tuned = "TuningJobArn" in document
    publisher = Publisher(aws.clients, name, metrics)

    def on_tick() -> None:
        _describe(aws, name, metrics, tuned)
        publisher.publish_sometimes()

    with checkpoints:
        try:
            outcome = run(aws, job, members, stop, metrics.read, on_tick, lambda words: _say_waiting(aws, name, words))
        finally:
            publisher.publish()
    if outcome.failed:
        raise AlgorithmFailure(_failure(outcome.failed) or outcome.last_words, outcome.exit_code)
    enter(aws, name, "Uploading")
    _collect(aws, document, members[0])
    return outcome


def _say_waiting(aws: Aws, name: str, words: str) -> None:
    """Say in the job's status what it waits for: AWS says there that the image is downloaded."""
    with aws.store.transaction():
        transitions = (find_job(aws, TRAINING, name) or {})["SecondaryStatusTransitions"]
        last = transitions[-1]
        said = f"{_WAITING}: {words}" if words else _MESSAGES.get(last["Status"], "")
        if said != last["StatusMessage"]:
            last["StatusMessage"] = said
            aws.store.update(TRAINING.noun, name.lower(), SecondaryStatusTransitions=transitions)


def _job(aws: Aws, document: Document) -> Job:
    hyperparameters = document.get("HyperParameters", {})
    own = {"TRAINING_JOB_NAME": document["TrainingJobName"], "TRAINING_JOB_ARN": document["TrainingJobArn"]}
    environment = {**own, **document.get("Environment", {})}
    algorithm = find_algorithm(document["AlgorithmSpecification"].get("TrainingImage", ""))
    builtin = algorithm is not None and not algorithm.runs_scripts
    weights = pretrained.environment(aws.settings.home, hyperparameters) if builtin else {}
    program = _program(aws, document)
    return Job(
        TRAINING,
        document["TrainingJobName"],
        replace(program, readable=(*program.readable, *map(Path, weights.values()))),
        {**weights, **environment},
        document["StoppingCondition"]["MaxRuntimeInSeconds"],
    )


def _program(aws: Aws, document: Document) -> Program:
    specification = document["AlgorithmSpecification"]
    image = specification.get("TrainingImage", "")
    if is_script(document) and not runs_in_docker(aws.settings.home, image):
        return _with_requirements(aws, document, build_program(aws.settings.home, document))
    return find_program(
        aws.settings.home,
        image,
        "train",
        specification.get("ContainerEntrypoint"),
        specification.get("ContainerArguments"),
    )


def _with_requirements(aws: Aws, document: Document, program: Program) -> Program:
    """The script's program with what its source's requirements.txt asks for."""
    address = find_source(document)
    if address is None:
        return program
    archive = aws.settings.jobs / document["TrainingJobName"] / "sourcedir.tar.gz"
    try:
        staging.download_object(aws.clients.objects, address, archive)
        return with_packed_requirements(program, archive)
    except JobFailure:
        # The toolkit asks for it as well, and says why it cannot have it.
        return program
    finally:
        archive.unlink(missing_ok=True)


def _stage(aws: Aws, document: Document, member: Instance, share: tuple[int, int], hosts: list[str]) -> None:
    for channel in document.get("InputDataConfig", []):
        source = channel["DataSource"].get("S3DataSource")
        if not source or source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
            raise ClientFailure(
                f"The channel {channel['ChannelName']!r} cannot be read here; give it an S3DataSource of type "
                "S3Prefix or ManifestFile."
            )
        sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
        # AWS's pattern of channel names lets the two names through that lead out of input/data.
        if channel["ChannelName"] in (".", ".."):
            raise ClientFailure(f"The channel name {channel['ChannelName']!r} is not allowed; name it as train.")
        target = member.root / "input" / "data" / channel["ChannelName"]
        staging.download(
            aws.clients.objects, source["S3Uri"], target, source["S3DataType"], share if sharded else (0, 1)
        )
    for directory in ("model", "output/data", "input/config"):
        (member.root / directory).mkdir(parents=True, exist_ok=True)
    _configure(document, member, hosts)


def _checkpoints(aws: Aws, document: Document, members: Sequence[Instance]) -> AbstractContextManager[object]:
    config = document.get("CheckpointConfig")
    if not config:
        return nullcontext()
    checkpoints = Checkpoints(aws.clients.objects, config, members)
    checkpoints.download()
    return checkpoints


def _configure(document: Document, member: Instance, hosts: list[str]) -> None:
    channels = {
        channel["ChannelName"]: {
            "TrainingInputMode": channel.get("InputMode", document["AlgorithmSpecification"]["TrainingInputMode"]),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
        }
        for channel in document.get("InputDataConfig", [])
    }
    kind = document["ResourceConfig"].get("InstanceType")
    files = {
        "hyperparameters.json": document.get("HyperParameters", {}),
        "inputdataconfig.json": channels,
        "resourceconfig.json": {
            "current_host": member.host,
            "current_instance_type": kind,
            "current_group_name": _GROUP,
            "hosts": hosts,
            "instance_groups": [{"instance_group_name": _GROUP, "instance_type": kind, "hosts": hosts}],
            "network_interface_name": "lo",
        },
    }
    config = document.get("CheckpointConfig")
    if config:
        files["checkpointconfig.json"] = {"LocalPath": DEFAULT_PATH, **config}
    for file, content in files.items():
        (member.root / "input" / "config" / file).write_text(json.dumps(content), encoding="utf-8")


def _collect(aws: Aws, document: Document, member: Instance) -> None:
    base = f"{document['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{document['TrainingJobName']}/output"
    data = opt_ml.get_left(member.root, "output/data")
    if any(data.iterdir()):
        staging.upload_archive(aws.clients.objects, data, f"{base}/output.tar.gz")
    model = opt_ml.get_left(member.root, "model")
    artifact = document["ModelArtifacts"]["S3ModelArtifacts"]
    upload = staging.upload if artifact.endswith("/") else staging.upload_archive
    upload(aws.clients.objects, model, artifact)


def _describe(aws: Aws, name: str, metrics: Metrics, tuned: bool) -> None:
    values = metrics.take_changed()
    if values:
        history = {"MetricHistory": metrics.history()} if tuned else {}
        aws.store.update(
            TRAINING.noun, name.lower(), FinalMetricDataList=values, MetricStatistics=_statistics(metrics), **history
        )


def _statistics(metrics: Metrics) -> list[Document]:
    """Of each metric, what a trial component says of it."""
    known = {name: [value for value in values if math.isfinite(value)] for name, values in metrics.history().items()}
    return [
        {"MetricName": name, "TimeStamp": now(), **experiments.summarize(values)}
        for name, values in known.items()
        if values
    ]


def _failure(member: Instance) -> str:
    return opt_ml.read_text(member.root, "output/failure")
