"""Model servers: an endpoint of the local AWS, the stand-in's server alone, and multi-model-server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks import environments
from benchmarks.local import LocalAws, free_port
from localaws.algorithms.image_classification.artifact import parameters_path, save_description, save_parameters
from localaws.algorithms.image_classification.hyperparameters import read_hyperparameters
from localaws.algorithms.image_classification.network import build_network

IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
ROLE = "arn:aws:iam::000000000000:role/benchmark"
NAME, BUCKET = "benchmark", "benchmark"
PATIENCE = 120
NET = {"num_layers": "20", "image_shape": "3,28,28", "num_classes": "2", "num_training_samples": "1000"}


def write_model(folder: Path) -> None:
    """An artifact of the profile's network with random weights: answers take as long."""
    settings = read_hyperparameters(NET)
    network = build_network(settings, seed=1)
    save_description(folder, network.graph, settings.image_shape, network.engine)
    save_parameters(parameters_path(folder, 1), network.parameters())


@contextmanager
def endpoint(local: LocalAws, model: Path) -> Iterator[tuple[int, str]]:
    """Port and path of an endpoint with one instance that captures everything."""
    sagemaker, s3 = local.client("sagemaker"), local.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    archive = model.parent / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for path in model.iterdir():
            packed.add(path, path.name)
    s3.upload_file(str(archive), BUCKET, "model.tar.gz")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    sagemaker.create_model(ModelName=NAME, PrimaryContainer=container, ExecutionRoleArn=ROLE)
    sagemaker.create_endpoint_config(EndpointConfigName=NAME, ProductionVariants=[_variant()], DataCaptureConfig=_all())
    sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    _await_in_service(sagemaker)
    yield local.settings.port, f"/endpoints/{NAME}/invocations"


@contextmanager
def alone(model: Path) -> Iterator[tuple[int, str]]:
    """The stand-in's server without the local AWS."""
    port = free_port()
    environment = {"SAGEMAKER_BIND_TO_PORT": str(port), "OPT_ML": str(model.parent)}
    words = [sys.executable, "-m", "localaws.algorithms.image_classification", "serve"]
    with _running(words, environment, port):
        yield port, "/invocations"


@contextmanager
def multi_model_server(model: Path, work: Path) -> Iterator[tuple[int, str]]:
    """multi-model-server with the same artifact, as many workers as the stand-in has: one."""
    python, port = environments.python("mms"), free_port(below=32767)
    store = work / "store" / NAME
    shutil.copytree(model, store)
    shutil.copy(environments.PROGRAMS / "mms_service.py", store)
    (store / "MAR-INF").mkdir()
    shutil.copy(environments.PROGRAMS / "mms_manifest.json", store / "MAR-INF" / "MANIFEST.json")
    config = work / "config.properties"
    address = "http://127.0.0.1"
    config.write_text(
        f"inference_address={address}:{port}\nmanagement_address={address}:{free_port(below=32767)}\n"
        f"default_workers_per_model=1\njob_queue_size=1000\nmodel_store={store.parent}\nload_models={NAME}\n"
    )
    words = [str(python.with_name("multi-model-server")), "--start", "--foreground", "--mms-config", str(config)]
    path = [str(python.parent), os.environ["PATH"]]
    with _running(words, {"PATH": os.pathsep.join(path), "TEMP": str(work)}, port, work):
        yield port, f"/predictions/{NAME}"


@contextmanager
def _running(words: Sequence[str], more: Mapping[str, str], port: int, cwd: Path | None = None) -> Iterator[None]:
    environment = {**os.environ, **more}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        words, cwd=cwd, env=environment, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            _await_port(process, port)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(b"GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if b" 200" in connection.recv(32):
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise environments.PeerError(f"`{process.args!r}` did not answer within {PATIENCE} s.")


def _await_in_service(sagemaker: Any) -> None:  # noqa: ANN401 - boto3 makes its client classes at run time
    while (status := sagemaker.describe_endpoint(EndpointName=NAME)["EndpointStatus"]) == "Creating":
        time.sleep(0.2)
    if status != "InService":
        raise SystemExit(f"The endpoint is {status}; there is nothing to measure.")


def _variant() -> dict[str, Any]:
    return {
        "VariantName": "live",
        "ModelName": NAME,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.xlarge",
        "InitialVariantWeight": 1.0,
    }


def _all() -> dict[str, Any]:
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{BUCKET}/captures",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }
