"""Runs a processing job as AWS does: inputs below /opt/ml/processing, its configuration, its outputs into S3."""

from __future__ import annotations

import json
from typing import Any

from localaws.aws import Aws, now
from localaws.failures import AlgorithmFailure, ClientFailure, JobFailure
from localaws.images.programs import find_program
from localaws.images.pulling import pull
from localaws.jobs import opt_ml, staging
from localaws.jobs.requirements import with_packed_requirements
from localaws.jobs.role import acting_as, check_network
from localaws.jobs.supervise import SLOTS, Instance, Job, Outcome, instances, run
from localaws.records.jobs import PROCESSING, change_job, find_job
from localaws.shapes import Document
from localaws.tasks import Stop

_DEFAULT_SECONDS = 24 * 3600
_MESSAGE_LENGTH = 1024


def run_job(aws: Aws, name: str, stop: Stop) -> None:
    """Take a processing job from InProgress to its end."""
    document = find_job(aws, PROCESSING, name) or {}
    with SLOTS:
        try:
            check_network(aws, document["RoleArn"], document.get("NetworkConfig", {}).get("VpcConfig"))
            outcome, message = _run(acting_as(aws, document["RoleArn"]), document, stop)
        except JobFailure as failure:
            _end(aws, name, "Failed", FailureReason=str(failure))
            return
        if outcome.failed:
            failed = AlgorithmFailure(message or outcome.last_words, outcome.exit_code)
            _end(aws, name, "Failed", ExitMessage=message, FailureReason=str(failed))
        elif outcome.stopped or outcome.timed_out:
            reason = None if outcome.stopped else "MaxRuntimeExceeded: the job ran longer than its stopping condition"
            _end(aws, name, "Stopped", ExitMessage=message, FailureReason=reason)
        else:
            _end(aws, name, "Completed", ExitMessage=message)


def _end(aws: Aws, name: str, status: str, **changes: Any) -> None:  # noqa: ANN401 - members of any type
    changes = {member: value for member, value in changes.items() if value is not None}
    change_job(aws, PROCESSING, name, ProcessingJobStatus=status, ProcessingEndTime=now(), **changes)


def _run(aws: Aws, document: Document, stop: Stop) -> tuple[Outcome, str | None]:
    name = document["ProcessingJobName"]
    specification = document["AppSpecification"]
    pull(aws, specification["ImageUri"])
    program = find_program(
        aws.settings.home,
        specification["ImageUri"],
        "process",
        specification.get("ContainerEntrypoint"),
        specification.get("ContainerArguments"),
    )
    members = instances(aws, name, document["ProcessingResources"]["ClusterConfig"]["InstanceCount"])
    for index, member in enumerate(members):
        _stage(aws, document, member, (index, len(members)), [other.host for other in members])
    # Where the SDK's FrameworkProcessor puts its source.
    program = with_packed_requirements(program, members[0].root / "processing" / "input" / "code" / "sourcedir.tar.gz")
    seconds = document.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _DEFAULT_SECONDS)
    job = Job(PROCESSING, name, program, document.get("Environment", {}), seconds)
    started = now()

    def note_start() -> None:
        change_job(aws, PROCESSING, name, ProcessingStartTime=started)

    # It reaches the disk while the program starts.
    outcome = run(aws, job, members, stop, on_start=note_start)
    message = _message(outcome.failed or members[0])
    for member in () if outcome.failed else members:
        _collect(aws, document, member)
    return outcome, message


def _stage(aws: Aws, document: Document, member: Instance, share: tuple[int, int], hosts: list[str]) -> None:
    for item in document.get("ProcessingInputs", []):
        source = item.get("S3Input")
        if not source:
            raise ClientFailure(f"The input {item['InputName']!r} has no S3Input; dataset definitions cannot run here.")
        target = opt_ml.inside(member.root, source["LocalPath"])
        sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
        staging.download(
            aws.clients.objects,
            source["S3Uri"],
            target,
            source.get("S3DataType", "S3Prefix"),
            share if sharded else (0, 1),
        )
    for output in _outputs(document):
        opt_ml.inside(member.root, output["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)
    config = member.root / "config"
    config.mkdir(exist_ok=True)
    (config / "processingjobconfig.json").write_text(json.dumps(document), encoding="utf-8")
    resources = {"current_host": member.host, "hosts": hosts}
    (config / "resourceconfig.json").write_text(json.dumps(resources), encoding="utf-8")


def _collect(aws: Aws, document: Document, member: Instance) -> None:
    for output in _outputs(document):
        source = opt_ml.get_left(member.root, output["S3Output"]["LocalPath"].removeprefix(f"{opt_ml.OPT_ML}/"))
        staging.upload(aws.clients.objects, source, output["S3Output"]["S3Uri"])


def _outputs(document: Document) -> list[Document]:
    return [item for item in document.get("ProcessingOutputConfig", {}).get("Outputs", []) if "S3Output" in item]


def _message(member: Instance) -> str | None:
    return opt_ml.read_text(member.root, "output/message")[:_MESSAGE_LENGTH] or None
