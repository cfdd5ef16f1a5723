"""Runs a batch transform job: starts the model's servers as hosting does, posts each object, keeps each answer."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localaws.aws import Aws, now
from localaws.errors import AwsError
from localaws.failures import AlgorithmFailure, ClientFailure, JobFailure
from localaws.images.environments.made import Interrupted
from localaws.jobs import staging
from localaws.jobs.data_processing import read_data_processing
from localaws.jobs.inference_pipeline import ContainerFailure, InferencePipeline
from localaws.jobs.logs import JobLog
from localaws.jobs.mini_batches import assemble, read_mini_batches
from localaws.jobs.role import acting_as
from localaws.jobs.supervise import SLOTS, instances
from localaws.records import models
from localaws.records.jobs import TRANSFORM, change_job, find_job
from localaws.serving.instance import Reply, ServerGone
from localaws.shapes import Document
from localaws.tasks import Stop

_PING_SECONDS = 120
_GRACE_SECONDS = 5.0
_ANSWER_SECONDS = 600
_RETRIES = 3
_SERVER_ERRORS = 500


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
    containers = _containers(aws, model)
    aws = acting_as(aws, model.get("ExecutionRoleArn"))
    pipeline = InferencePipeline(aws, containers, member.root)
    # Beside the server's /opt/ml, as on AWS: what it could put there in place of an object is none.
    source, target = (aws.settings.jobs / name / folder for folder in ("input", "output"))
    location = document["TransformInput"]["DataSource"]["S3DataSource"]
    logs = _open_logs(aws, name, pipeline.names)
    try:
        staging.download(aws.clients.objects, location["S3Uri"], source, location["S3DataType"])
        pipeline.bring()
        change_job(aws, TRANSFORM, name, TransformStartTime=now())
        pipeline.start(_variables(document), logs, _PING_SECONDS, lambda: stop.requested)
        stopped = _post_all(document, source, target, pipeline, stop)
    except ContainerFailure as failure:
        raise failure.failure from failure
    except Interrupted:
        return True
    finally:
        pipeline.end(_GRACE_SECONDS)
        for log in logs:
            log.close()
    staging.upload(aws.clients.objects, target, document["TransformOutput"]["S3OutputPath"])
    return stopped


def _containers(aws: Aws, model: Document) -> list[Document]:
    """A model's containers; raises ClientFailure for a model that a transform job cannot ask."""
    if models.is_direct(model):
        raise ClientFailure(
            f"The containers of the model {model['ModelName']} are invoked directly; batch transform needs the mode "
            "Serial."
        )
    try:
        return models.get_containers(aws, model)
    except AwsError as error:
        raise ClientFailure(str(error)) from error


def _variables(document: Document) -> dict[str, str]:
    """What AWS tells a container of the job that asks it, over which the job's own variables have the last word."""
    single = document.get("BatchStrategy", "MultiRecord") == "SingleRecord"
    return {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD" if single else "MULTI_RECORD",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(document.get("MaxPayloadInMB", 6)),
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(document.get("MaxConcurrentTransforms", 1)),
        **document.get("Environment", {}),
    }


def _open_logs(aws: Aws, name: str, containers: Sequence[str]) -> list[JobLog]:
    stream = f"algo-1-{int(time.time())}"
    streams = [stream] if len(containers) == 1 else [f"{stream}-{container}" for container in containers]
    folder = aws.settings.jobs / name / "logs" / TRANSFORM.log_group
    group = f"/aws/sagemaker/{TRANSFORM.log_group}"
    return [JobLog(aws.clients, folder / f"{each}.log", group, f"{name}/{each}") for each in streams]


def _post_all(document: Document, source: Path, target: Path, pipeline: InferencePipeline, stop: Stop) -> bool:
    given = {
        "Content-Type": document["TransformInput"].get("ContentType"),
        "Accept": document["TransformOutput"].get("Accept"),
    }
    headers = {name: value for name, value in given.items() if value}
    batches = read_mini_batches(document, pipeline.describe())
    client, processing = Client.of(document), read_data_processing(document)
    by_line = document["TransformOutput"].get("AssembleWith", "None") == "Line"
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        name = file.relative_to(source).as_posix()
        answers = []
        for body in batches.split(file.read_bytes(), name):
            if stop.requested:
                return True
            sent = processing.before(body, name) if processing else body
            answer = _post(pipeline, name, sent, headers, client)
            answers.append(processing.after(body, answer, name) if processing else answer)
        out = target / f"{name}.out"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(assemble(answers, by_line=by_line))
    return False


def _post(pipeline: InferencePipeline, name: str, body: bytes, headers: Mapping[str, str], client: Client) -> bytes:
    try:
        reply = client.ask(pipeline, body, headers)
    except (TimeoutError, ServerGone) as error:
        words = f"{name}: the model's server gave no answer ({error}); see the job's logs"
        raise AlgorithmFailure(words, 0) from error
    if reply.status != 200:
        words = reply.body.decode("utf-8", errors="replace")[:300]
        who = "the model's server" if len(pipeline.names) == 1 else f"the server of {reply.container}"
        raise ClientFailure(f"{name}: {who} answered {reply.status}: {words}")
    return reply.body


@dataclass(frozen=True)
class Client:
    """How long a transform job waits for an answer, and how often it asks again where there is none or an error.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelClientConfig.html
    """

    seconds: float
    retries: int

    @classmethod
    def of(cls, document: Document) -> Client:
        """The client that a job's request asks for."""
        config = document.get("ModelClientConfig") or {}
        return cls(
            config.get("InvocationsTimeoutInSeconds", _ANSWER_SECONDS), config.get("InvocationsMaxRetries", _RETRIES)
        )

    def ask(self, pipeline: InferencePipeline, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Ask the model; raises TimeoutError where the last answer does not come in time, ServerGone."""
        for _ in range(self.retries):
            with suppress(TimeoutError):
                reply = pipeline.invoke(body, headers, seconds=self.seconds)
                if reply.status < _SERVER_ERRORS:
                    return reply
        return pipeline.invoke(body, headers, seconds=self.seconds)
