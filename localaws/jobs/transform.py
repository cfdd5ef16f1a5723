"""Runs a batch transform job: starts the model's server as hosting does, posts each object, keeps each answer."""

from __future__ import annotations

import http.client
import socket
import tarfile
import time
from pathlib import Path
from typing import Any

from localaws.aws import Aws, now
from localaws.jobs import images, opt_ml, staging
from localaws.jobs.container import Container, base_environment
from localaws.jobs.failures import AlgorithmFailure, ClientFailure, JobFailure
from localaws.jobs.kinds import TRANSFORM, change, load
from localaws.jobs.logs import JobLog
from localaws.jobs.slots import SLOTS
from localaws.jobs.supervise import Instance, instances
from localaws.settings import HOST
from localaws.shapes import Document
from localaws.tasks import Stop

_PING_SECONDS = 120
_ANSWER_SECONDS = 60
_LARGEST_MODEL = 4 * 1024**3


def run_job(aws: Aws, name: str, stop: Stop) -> None:
    """Take a transform job from InProgress to its end."""
    document = load(aws, TRANSFORM, name) or {}
    with SLOTS:
        try:
            stopped = _run(aws, document, stop)
        except JobFailure as failure:
            _end(aws, name, "Failed", FailureReason=str(failure))
            return
        _end(aws, name, "Stopped" if stopped else "Completed")


def _end(aws: Aws, name: str, status: str, **changes: Any) -> None:  # noqa: ANN401 - members of any type
    change(aws, TRANSFORM, name, TransformJobStatus=status, TransformEndTime=now(), **changes)


def _run(aws: Aws, document: Document, stop: Stop) -> bool:
    name = document["TransformJobName"]
    member = instances(aws, name, 1)[0]
    model = aws.store.get("model", document["ModelName"])
    if model is None:
        raise ClientFailure(f"The model {document['ModelName']!r} does not exist any more.")
    definition = model.get("PrimaryContainer") or model["Containers"][0]
    source = member.root / "input" / "data"
    location = document["TransformInput"]["DataSource"]["S3DataSource"]
    staging.download(aws.clients.s3, location["S3Uri"], source, location["S3DataType"])
    _unpack_model(aws, definition, member)
    change(aws, TRANSFORM, name, TransformStartTime=now())
    port = _free_port()
    server = _server(aws, definition, member, port, document.get("Environment", {}))
    log = JobLog(
        aws.clients,
        aws.settings.jobs / name / "logs" / TRANSFORM.log_group / f"algo-1-{int(time.time())}.log",
        f"/aws/sagemaker/{TRANSFORM.log_group}",
        f"{name}/algo-1-{int(time.time())}",
    )
    server.start(log.write)
    try:
        _wait_ready(server, port)
        stopped = _post_all(document, source, member.root / "output" / "data", port, stop)
    finally:
        server.terminate(5)
        server.finish()
        log.close()
    staging.upload(aws.clients.s3, member.root / "output" / "data", document["TransformOutput"]["S3OutputPath"])
    return stopped


def _unpack_model(aws: Aws, definition: Document, member: Instance) -> None:
    target = member.root / "model"
    target.mkdir(exist_ok=True)
    if "ModelDataUrl" not in definition:
        return
    work = member.root / "artifact"
    staging.download(aws.clients.s3, definition["ModelDataUrl"], work, "S3Prefix")
    archive = next(work.iterdir())
    try:
        with tarfile.open(archive) as packed:
            if sum(item.size for item in packed.getmembers()) > _LARGEST_MODEL:
                raise ClientFailure(f"The model archive unpacks to more than {_LARGEST_MODEL} bytes.")
            packed.extractall(target, filter="data")
    except tarfile.TarError as error:
        raise ClientFailure(f"The model {definition['ModelDataUrl']} is not a .tar.gz archive: {error}.") from error


def _server(aws: Aws, definition: Document, member: Instance, port: int, environment: dict[str, str]) -> Container:
    argv = images.command(aws.settings.home, definition["Image"], "serve", None, None)
    variables = {
        **base_environment(aws.settings),
        **definition.get("Environment", {}),
        **environment,
        "OPT_ML": opt_ml.OPT_ML,
        "SAGEMAKER_BIND_TO_PORT": str(port),
    }
    rewritten = {key: opt_ml.rewrite(value, member.root) for key, value in variables.items()}
    return Container(member.root, opt_ml.rewrite_all(argv, member.root), rewritten)


def _wait_ready(server: Container, port: int) -> None:
    deadline = time.monotonic() + _PING_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AlgorithmFailure(
                "the model's server ended before it answered /ping; see its logs", server.poll() or 0
            )
        try:
            if _ask(port, "GET", "/ping", b"", {})[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AlgorithmFailure(f"the model's server did not answer /ping within {_PING_SECONDS} s", 0)


def _post_all(document: Document, source: Path, target: Path, port: int, stop: Stop) -> bool:
    headers = {
        "Content-Type": document["TransformInput"].get("ContentType", "application/octet-stream"),
        "Accept": document["TransformOutput"].get("Accept", "application/json"),
    }
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        if stop.requested:
            return True
        status, answer = _ask(port, "POST", "/invocations", file.read_bytes(), headers)
        if status != 200:
            words = answer.decode("utf-8", errors="replace")[:300]
            raise ClientFailure(f"{file.relative_to(source)}: the model's server answered {status}: {words}")
        out = target / (file.relative_to(source).as_posix() + ".out")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(answer)
    return False


def _ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request(method, path, body=body or None, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
