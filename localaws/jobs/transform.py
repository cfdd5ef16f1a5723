"""Runs a batch transform job: starts the model's server as hosting does, posts each object, keeps each answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from localaws.aws import Aws, now
from localaws.failures import AlgorithmFailure, ClientFailure, JobFailure
from localaws.images.environments.made import Interrupted
from localaws.images.pulling import pull
from localaws.jobs import staging
from localaws.jobs.logs import JobLog
from localaws.jobs.model_server import ModelServer, unpack_model
from localaws.jobs.role import acting_as
from localaws.jobs.supervise import SLOTS, instances
from localaws.records import models
from localaws.records.jobs import TRANSFORM, change_job, find_job
from localaws.serving.instance import ServerGone
from localaws.shapes import Document
from localaws.tasks import Stop

_PING_SECONDS = 120


def run_job(aws: Aws, name: str, stop: Stop) -> None:
    """Take a transform job from InProgress to its end."""
    document = find_job(aws, TRANSFORM, name) or {}
    with SLOTS:
        try:
            stopped = _run(aws, document, stop)
        except JobFailure as failure:
            _end(aws, name, "Failed", FailureReason=str(failure))
            return
        _end(aws, name, "Stopped" if stopped else "Completed")


def _end(aws: Aws, name: str, status: str, **changes: Any) -> None:  # noqa: ANN401 - members of any type
    change_job(aws, TRANSFORM, name, TransformJobStatus=status, TransformEndTime=now(), **changes)


def _run(aws: Aws, document: Document, stop: Stop) -> bool:
    name = document["TransformJobName"]
    member = instances(aws, name, 1)[0]
    model = models.find_model(aws, document["ModelName"])
    if model is None:
        raise ClientFailure(f"The model {document['ModelName']!r} does not exist any more.")
    definition = models.get_container(aws, model)
    aws = acting_as(aws, model.get("ExecutionRoleArn"))
    pull(aws, definition["Image"])
    source = member.root / "input" / "data"
    location = document["TransformInput"]["DataSource"]["S3DataSource"]
    staging.download(aws.clients.objects, location["S3Uri"], source, location["S3DataType"])
    unpack_model(aws, definition, member.root)
    change_job(aws, TRANSFORM, name, TransformStartTime=now())
    log = _log(aws, name, f"algo-1-{int(time.time())}")
    try:
        variables = document.get("Environment", {})
        server = ModelServer(aws, definition, member.root, variables, log.tell, lambda: stop.requested)
        try:
            server.start(log.write)
            server.wait_ready(_PING_SECONDS)
            stopped = _post_all(document, source, member.root / "output" / "data", server, stop)
        finally:
            server.end(5)
    except Interrupted:
        return True
    finally:
        log.close()
    staging.upload(aws.clients.objects, member.root / "output" / "data", document["TransformOutput"]["S3OutputPath"])
    return stopped


def _log(aws: Aws, name: str, stream: str) -> JobLog:
    file = aws.settings.jobs / name / "logs" / TRANSFORM.log_group / f"{stream}.log"
    return JobLog(aws.clients, file, f"/aws/sagemaker/{TRANSFORM.log_group}", f"{name}/{stream}")


def _post_all(document: Document, source: Path, target: Path, server: ModelServer, stop: Stop) -> bool:
    headers = {
        "Content-Type": document["TransformInput"].get("ContentType", "application/octet-stream"),
        "Accept": document["TransformOutput"].get("Accept", "application/json"),
    }
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        if stop.requested:
            return True
        try:
            reply = server.invoke(file.read_bytes(), headers)
        except (TimeoutError, ServerGone) as error:
            words = f"{file.relative_to(source)}: the model's server gave no answer ({error}); see the job's logs"
            raise AlgorithmFailure(words, 0) from error
        if reply.status != 200:
            words = reply.body.decode("utf-8", errors="replace")[:300]
            raise ClientFailure(f"{file.relative_to(source)}: the model's server answered {reply.status}: {words}")
        out = target / (file.relative_to(source).as_posix() + ".out")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(reply.body)
    return False
