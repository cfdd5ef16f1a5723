"""Each function answers an invocation under Lambda's own runtime client, with boto3 and its layer and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from seedcode.packaging import build_function, list_functions

CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:x"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:x"
# An event that each function can judge without a call to AWS, and what its answer must show.
EVENTS: dict[str, tuple[dict[str, Any], str]] = {
    "deploy_model": ({"account": "111111111111"}, "ignore"),
    "refresh_workflow": (
        {"account": "111111111111", "detail-type": "SageMaker Endpoint State Change", "detail": {}},
        "111111111111",
    ),
    "serialize_image": ({"request": {"image_uri": "not an address"}, "image_size": "28"}, "BadRequest"),
    "classify_image": ({"serialized_uri": 7}, "BadRequest"),
    "filter_confidence": ({"confidence": "high"}, "BadRequest"),
    "ingest_image": ({"detail-type": "Object Deleted"}, "Object Deleted"),
    "start_training": ({"account": "111111111111"}, "111111111111"),
}
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_LAMBDA_FUNCTION_NAME": "x",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "POWERTOOLS_METRICS_NAMESPACE": "Scones",
    "BUCKET": "bucket",
    "ENDPOINT_NAME": "scones-vehicles",
    "MODEL_PACKAGE_GROUP": "scones-vehicles",
    "ENDPOINT_ROLE_ARN": "arn:aws:iam::000000000000:role/endpoint",
    "INSTANCE_TYPE": "ml.m5.xlarge",
    "INSTANCE_COUNT": "1",
    "TRAFFIC_ROUTING": "ALL_AT_ONCE",
    "BAKE_SECONDS": "5",
    "STEP_PERCENT": "50",
    "CAPTURE_URI": "s3://bucket/data-capture/",
    "INFERENCE_STATE_MACHINE_ARN": ARN,
    "BULK_STATE_MACHINE_ARN": ARN,
    "ALIAS_NAME": "live",
    "CONFIDENCE_THRESHOLD": "0.8",
    "MIN_INSTANCES": "1",
    "MAX_INSTANCES": "2",
    "INVOCATIONS_PER_INSTANCE": "100",
    "KEEP_VERSIONS": "3",
    "SERIALIZE_FUNCTION_ARN": FUNCTION,
    "CLASSIFY_FUNCTION_ARN": FUNCTION,
    "FILTER_FUNCTION_ARN": FUNCTION,
    "PIPELINE_NAME": "scones-training",
    "IMAGE_REPOSITORY_URI": "000000000000.dkr.ecr.us-east-1.amazonaws.com/scones",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:scones-people",
    "DRIFT_ALARM_NAME": "scones-vehicles-drift",
    "COOLDOWN_HOURS": "24",
    "MAX_RETRAININGS_PER_DAY": "2",
}

# The client's native part reads every one of them, also those that are optional.
HEADERS = {
    "Lambda-Runtime-Aws-Request-Id": "1",
    "Lambda-Runtime-Invoked-Function-Arn": FUNCTION,
    "Lambda-Runtime-Trace-Id": "Root=1",
    "Lambda-Runtime-Client-Context": "{}",
    "Lambda-Runtime-Cognito-Identity": "{}",
    "Lambda-Runtime-Aws-Tenant-Id": "1",
    "Lambda-Runtime-Invocation-Id": "1",
    "Content-Type": "application/json",
}


class RuntimeApi:
    """Lambda's runtime API: hands out one invocation and keeps what is posted back."""

    def __init__(self) -> None:
        self.events: SimpleQueue[bytes | None] = SimpleQueue()
        self.posted: list[tuple[str, str]] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if (body := api.events.get()) is None:
                    return  # the test is over: who asked for the next one is gone
                self.send_response(200)
                deadline = str(int(time.time() * 1000) + 30_000)
                for name, value in {**HEADERS, "Lambda-Runtime-Deadline-Ms": deadline}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                api.posted.append((self.path.rsplit("/", 1)[1], body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    made = RuntimeApi()
    yield made
    made.events.put(None)
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def packages(bare: Callable[..., Path]) -> Path:
    """Nothing but boto3, the layer and the runtime client."""
    return bare(*CLIENT)


@pytest.mark.parametrize("name", list_functions())
def test_a_function_answers_under_the_runtime_client(
    name: str, packages: Path, tmp_path: Path, api: RuntimeApi
) -> None:
    task = tmp_path / "task"
    zipfile.ZipFile(build_function(name, folder=tmp_path)).extractall(task)
    event, word = EVENTS[name]
    api.events.put(json.dumps(event).encode())
    script = f"import sys; sys.path[:0] = {[str(task), str(packages)]!r}; from awslambdaric import __main__ as client; "
    script += f"client.main(['awslambdaric', '{name}.handler.handler'])"
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", script],
        env={**ENVIRONMENT, "AWS_LAMBDA_RUNTIME_API": api.address, "LAMBDA_TASK_ROOT": str(task)},
        cwd=task,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 30
        while not api.posted and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        process.kill()
        said = process.communicate()[0].decode()
    assert api.posted, said
    outcome, body = api.posted[0]
    assert outcome == ("error" if word == "BadRequest" else "response"), body
    assert word in body
