"""Batch transform: a model's server is started, asked about each object, and stopped."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api

SERVER = """
import http.server, os, pathlib

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(200, b'')

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'] or 0))
        if body == b'quit':
            os._exit(1)
        if body == b'later' and not pathlib.Path('/opt/ml/asked').exists():
            pathlib.Path('/opt/ml/asked').touch()
            return self.reply(503, b'')
        word = pathlib.Path('/opt/ml/model/word').read_bytes()
        self.reply(400 if body == b'bad' else 200, word + body + self.headers['Content-Type'].encode())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        print('asked')

port = int(os.environ['SAGEMAKER_BIND_TO_PORT'])
http.server.HTTPServer(('127.0.0.1', port), Handler).serve_forever()
"""
REQUEST = {
    "TransformJobName": "Guess",
    "ModelName": "vehicles",
    "TransformInput": {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}},
        "ContentType": "text/x",
    },
    "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}


def archive(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        info = tarfile.TarInfo("word")
        info.size = len(content)
        packed.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def serve(aws: Aws, program: str) -> None:
    """Map the image `own` to a program whose /opt/ml is rewritten as its arguments are."""
    (aws.settings.home / "images.json").write_text(json.dumps({"own": [sys.executable, "-c", program]}))


@pytest.fixture
def run(cloud: Aws, cloud_api: Api) -> Callable[..., dict[str, Any]]:
    """Put objects below in/ and run the job to its end."""
    serve(cloud, SERVER)
    cloud.clients.s3.put_object(Bucket="bucket", Key="model.tar.gz", Body=archive(b"hi "))
    container = {"Image": "own", "ModelDataUrl": "s3://bucket/model.tar.gz"}
    cloud_api("CreateModel", ModelName="vehicles", PrimaryContainer=container)

    def to_its_end(**objects: bytes) -> dict[str, Any]:
        for name, body in objects.items():
            cloud.clients.s3.put_object(Bucket="bucket", Key=f"in/{name}", Body=body)
        arn = cloud_api("CreateTransformJob", **REQUEST)["TransformJobArn"]
        cloud.tasks.join(arn, 20)
        return cloud_api("DescribeTransformJob", TransformJobName="Guess")

    return to_its_end


Run = Callable[..., dict[str, Any]]


def test_each_object_is_answered_under_its_name(run: Run, cloud: Aws) -> None:
    ended = run(a=b"one", b=b"two")
    assert ended["TransformJobStatus"] == "Completed", ended.get("FailureReason")
    listed = cloud.clients.s3.list_objects_v2(Bucket="bucket", Prefix="out/")["Contents"]
    assert [item["Key"] for item in listed] == ["out/a.out", "out/b.out"]
    assert cloud.clients.s3.get_object(Bucket="bucket", Key="out/a.out")["Body"].read() == b"hi onetext/x"


@pytest.mark.parametrize("body", [b"one", b"bad"])
def test_no_server_is_left_when_the_job_has_ended(run: Run, cloud: Aws, body: bytes) -> None:
    run(a=body)
    folder = str(cloud.settings.jobs)
    assert [each.pid for each in psutil.Process().children(recursive=True) if folder in _environment(each)] == []


def _environment(process: psutil.Process) -> str:
    try:
        return str(process.environ())
    except psutil.NoSuchProcess:
        return ""


def test_an_answer_that_is_an_error_fails_the_job_with_the_object_s_name(run: Run) -> None:
    ended = run(a=b"one", b=b"bad")
    assert ended["TransformJobStatus"] == "Failed"
    assert "b: the model's server answered 400: hi bad" in ended["FailureReason"]


def test_a_server_that_dies_while_it_is_asked_is_the_algorithm_s_fault(run: Run) -> None:
    ended = run(a=b"quit")
    assert ended["TransformJobStatus"] == "Failed"
    assert ended["FailureReason"].startswith("AlgorithmError: a: the model's server gave no answer")


def test_a_server_that_ends_at_once_fails_the_job(run: Run, cloud: Aws) -> None:
    serve(cloud, "raise SystemExit(5)")
    ended = run(a=b"one")
    assert "AlgorithmError" in ended["FailureReason"]
    assert "exit code: 5" in ended["FailureReason"]


def test_a_model_that_is_no_archive_fails_the_job(run: Run, cloud: Aws) -> None:
    for body in (b"text", archive(bytes(9_999))[:40]):
        cloud.clients.s3.put_object(Bucket="bucket", Key="model.tar.gz", Body=body)
    ended = run(a=b"one")
    words = 'Failed to extract model data archive for container "container_1" from URL "s3://bucket/model.tar.gz". '
    assert words in ended["FailureReason"]
    assert "It is refused, as it is truncated" in ended["FailureReason"]


def test_a_model_that_is_not_there_is_refused(api: Api) -> None:
    assert "Could not find model" in api.refused("CreateTransformJob", **REQUEST)[1]
    assert api("ListTransformJobs")["TransformJobSummaries"] == []


def test_lines_are_asked_one_by_one_and_their_answers_end_lines(cloud: Aws, cloud_api: Api, run: Run) -> None:
    request = {
        **REQUEST,
        "BatchStrategy": "SingleRecord",
        "TransformInput": {**REQUEST["TransformInput"], "SplitType": "Line"},  # type: ignore[dict-item]
        "TransformOutput": {"S3OutputPath": "s3://bucket/out", "AssembleWith": "Line"},
    }
    cloud.clients.s3.put_object(Bucket="bucket", Key="in/a", Body=b"1,\n2,\n")
    arn = cloud_api("CreateTransformJob", **request)["TransformJobArn"]
    cloud.tasks.join(arn, 20)
    assert cloud_api("DescribeTransformJob", TransformJobName="Guess")["TransformJobStatus"] == "Completed"
    answered = cloud.clients.s3.get_object(Bucket="bucket", Key="out/a.out")["Body"].read()
    assert answered == b"hi 1,\ntext/x\nhi 2,\ntext/x\n"


def test_a_server_that_cannot_answer_yet_is_asked_again(run: Run) -> None:
    assert run(a=b"later")["TransformJobStatus"] == "Completed"


def test_a_job_may_ask_for_no_repetition(cloud: Aws, cloud_api: Api, run: Run) -> None:
    cloud.clients.s3.put_object(Bucket="bucket", Key="in/a", Body=b"later")
    arn = cloud_api("CreateTransformJob", **REQUEST, ModelClientConfig={"InvocationsMaxRetries": 0})["TransformJobArn"]
    cloud.tasks.join(arn, 20)
    reason = cloud_api("DescribeTransformJob", TransformJobName="Guess")["FailureReason"]
    assert "a: the model's server answered 503" in reason


def test_answers_are_joined_with_the_rows_that_were_asked_about(cloud: Aws, cloud_api: Api, run: Run) -> None:
    request = {
        **REQUEST,
        "BatchStrategy": "SingleRecord",
        "TransformInput": {**REQUEST["TransformInput"], "SplitType": "Line", "ContentType": "text/csv"},  # type: ignore[dict-item]
        "TransformOutput": {"S3OutputPath": "s3://bucket/out", "AssembleWith": "Line"},
        "DataProcessing": {"InputFilter": "$[1]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
    }
    cloud.clients.s3.put_object(Bucket="bucket", Key="model.tar.gz", Body=archive(b"of,"))
    cloud.clients.s3.put_object(Bucket="bucket", Key="in/a", Body=b"1,one\n2,two\n")
    serve(cloud, SERVER.replace("+ self.headers['Content-Type'].encode()", ""))
    arn = cloud_api("CreateTransformJob", **request)["TransformJobArn"]
    cloud.tasks.join(arn, 20)
    ended = cloud_api("DescribeTransformJob", TransformJobName="Guess")
    assert ended["TransformJobStatus"] == "Completed", ended["FailureReason"]
    answered = cloud.clients.s3.get_object(Bucket="bucket", Key="out/a.out")["Body"].read()
    assert answered == b"1,one\n2,two\n"


@pytest.mark.parametrize(
    ("member", "value"), [("SplitType", "RecordIO"), ("CompressionType", "Gzip"), ("SplitType", "TFRecord")]
)
def test_what_would_be_left_out_is_refused(cloud_api: Api, run: Run, member: str, value: str) -> None:
    request = {**REQUEST, "TransformInput": {**REQUEST["TransformInput"], member: value}}  # type: ignore[dict-item]
    with pytest.raises(Exception, match=member):
        cloud_api("CreateTransformJob", **request)
