"""What the tests of the local AWS share: its SageMaker without a port, faked S3 and logs, steps that are functions."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from ministack import app
from ministack.services import s3 as ministack_s3
from ministack.services.cloudformation import provisioners
from moto import mock_aws

from localaws import home
from localaws.aws import Aws
from localaws.engine import attempt
from localaws.engine.context import StepContext
from localaws.engine.retries import Failure
from localaws.events import Events
from localaws.front import Front
from localaws.ministack.log_events import LogEvents
from localaws.ministack.objects import Objects
from localaws.ministack.patching import Patch
from localaws.rest import answer
from localaws.services import BY_TARGET
from localaws.settings import Settings
from localaws.store import Store

Document = dict[str, Any]
BUCKET = "bucket"
ROLE = "arn:aws:iam::000000000000:role/pipeline"
MOST_EVENTS = 100_000


class FakeClients:
    """Clients by name, as localaws.clients.Clients hands them out."""

    def __init__(self, **clients: object) -> None:
        self.known: dict[str, Any] = clients

    def get(self, service: str) -> Any:
        return self.known[service]

    @property
    def s3(self) -> Any:
        return self.known["s3"]

    @property
    def objects(self) -> Objects:
        return Objects(self.known["s3"], "test", Settings(port=0, home=Path()))

    @property
    def logs(self) -> Any:
        return self.known["logs"]

    @property
    def log_events(self) -> LogEvents:
        return LogEvents(self.known["logs"], "test", Settings(port=0, home=Path()))


class AllThere:
    """An S3 and an ECR that have whatever they are asked for."""

    def batch_get_image(self, **_: object) -> Document:
        return {"images": [{}]}

    def list_objects_v2(self, **_: object) -> Document:
        return {"KeyCount": 1}

    def head_object(self, **_: object) -> Document:
        return {}

    def head_bucket(self, **_: object) -> Document:
        return {}


@pytest.fixture(scope="session")
def boto_clients() -> dict[str, Any]:
    """Clients are slow to make and keep no state, so they are made once; moto answers them while it is on."""
    session = boto3.Session("test", "test", region_name="us-east-1")
    with mock_aws():
        return {name: session.client(name) for name in ("s3", "logs", "ecr", "cloudwatch")}


@pytest.fixture
def clients(boto_clients: dict[str, Any]) -> Iterator[FakeClients]:
    with mock_aws():
        boto_clients["s3"].create_bucket(Bucket=BUCKET)
        yield FakeClients(**boto_clients)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(port=45660, home=tmp_path / "home")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without a document: to copy it is three times as quick as to write its tables."""
    path = tmp_path_factory.mktemp("empty") / "sagemaker.db"
    Store(path).close()
    return path


@pytest.fixture
def aws(settings: Settings, empty_database: Path) -> Iterator[Aws]:
    """A SageMaker whose events wait in the outbox, beside an S3 and an ECR that have all that is named, and no more."""
    path = settings.home / "sagemaker.db"
    if not path.exists():
        home.make(path.parent)
        shutil.copyfile(empty_database, path)
    store = Store(path)
    store._connection.execute("PRAGMA synchronous=OFF")  # quicker; what a crash may cost is test_store's
    made = Aws(settings, store, Events(store, lambda _: None), FakeClients(s3=AllThere(), ecr=AllThere()))
    yield made
    _end_tasks(made)
    made.events.close()
    store.close()


def _end_tasks(aws: Aws) -> None:
    """Wait for what a test began: a thread that outlives its test works on a closed store, in another one's process."""
    running = list(aws.tasks._running.items())
    for key, _ in running:
        aws.tasks.stop(key)
    for key, (thread, _) in running:
        thread.join(10)
        assert not thread.is_alive(), f"{key} goes on after its test"


@pytest.fixture
def cloud(aws: Aws, clients: FakeClients) -> Iterator[Aws]:
    """A SageMaker with S3, ECR and logs beside it, and the bucket `bucket`."""
    aws.clients.known.update(clients.known)
    yield aws
    _end_tasks(aws)  # before the fakes of AWS end, or it asks the real one


@pytest.fixture
def apply(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Apply a module's patch as the server does, for one test: to `aws`, with other members where some are given."""

    def apply_patch(module: ModuleType, **members: Any) -> None:
        patch: Patch = module.patch(replace(aws, **members))
        for kind, _ in patch.handlers:
            monkeypatch.setitem(provisioners._RESOURCE_HANDLERS, kind, provisioners._RESOURCE_HANDLERS[kind])
        patch.apply(enforced="authority" in members, put=monkeypatch.setattr)

    return apply_patch


class Api:
    """Calls operations as HTTP does."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def raw(self, operation: str, body: bytes) -> tuple[int, Document]:
        status, content = answer(BY_TARGET["SageMaker"], self._aws, operation, body)
        return status, json.loads(content)

    def __call__(self, operation: str, **request: object) -> Document:
        status, document = self.raw(operation, json.dumps(request).encode())
        assert status == 200, document
        return document

    def refused(self, operation: str, **request: object) -> tuple[str, str]:
        """The code and the sentence of an answer that must be an error."""
        status, document = self.raw(operation, json.dumps(request).encode())
        assert status == 400, document
        return document["__type"], document["message"]

    def pages(self, operation: str, member: str, **request: object) -> list[list[Document]]:
        """All pages of a list, by following its tokens."""
        found: list[list[Document]] = []
        token: Document = {}
        while len(found) < 100:
            page = self(operation, **request, **token)
            found.append(page[member])
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        return found


class Wire:
    """boto3 and the SDK over the front of the port, beside MiniStack's own services, without a port between."""

    def __init__(self, aws: Aws) -> None:
        self._front = Front(aws, app.app)
        self.boto = boto3.Session("test", "test", region_name=aws.settings.region)
        self.boto.events.register("before-send", self._answer)

    def session(self) -> Any:
        """A session of the SageMaker SDK, which takes its time to be imported."""
        return import_module("sagemaker").Session(boto_session=self.boto, default_bucket=BUCKET)

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        address = urlsplit(request.url)
        named = [(name.lower().encode(), _as_bytes(value)) for name, value in request.headers.items()]
        body = request.body.read() if hasattr(request.body, "read") else request.body or b""
        sent: list[Document] = []

        async def receive() -> Document:
            return {"type": "http.request", "body": _as_bytes(body), "more_body": False}

        async def send(message: Document) -> None:
            sent.append(message)

        scope = {"type": "http", "method": request.method, "path": unquote(address.path) or "/"}
        scope |= {"raw_path": address.path.encode(), "query_string": address.query.encode(), "client": ("127.0.0.1", 1)}
        asyncio.run(self._front({**scope, "headers": [*named, (b"host", address.netloc.encode())]}, receive, send))
        headers = HTTPHeaders.from_dict({name.decode(): value.decode() for name, value in sent[0]["headers"]})
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return AWSResponse(request.url, sent[0]["status"], headers, _Raw(content))


class _Raw(io.BytesIO):
    """A body as urllib3 hands it out."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


@pytest.fixture
def wire(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Clients of an in-process local AWS whose S3 has the bucket `bucket`."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.settings.endpoint)
    made = Wire(aws)
    made.boto.client("s3").create_bucket(Bucket=BUCKET)
    yield made
    ministack_s3.reset()


@pytest.fixture
def api(aws: Aws) -> Api:
    return Api(aws)


@pytest.fixture
def cloud_api(cloud: Aws) -> Api:
    return Api(cloud)


TRAINING = {
    "AlgorithmSpecification": {"TrainingImage": "own", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
    "RoleArn": ROLE,
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
}
"""What a training job is asked for at least; the hyperparameters are each test's own."""


def step(name: str, *after: str, kind: str = "Training", Arguments: Document | None = None, **body: object) -> Document:
    """One step of a definition that waits for the steps `after`; `Arguments` of a Training step need no more of it."""
    arguments = {**(TRAINING if kind == "Training" else {}), **(Arguments or {})}
    return {"Name": name, "Type": kind, "Arguments": arguments, "DependsOn": list(after), **body}


def condition(name: str, *conditions: Document, then: Sequence[Document], otherwise: Sequence[Document]) -> Document:
    """A condition step with its branches."""
    arguments = {"Conditions": list(conditions), "IfSteps": list(then), "ElseSteps": list(otherwise)}
    return {"Name": name, "Type": "Condition", "Arguments": arguments}


def text(*steps: Document, parameters: Sequence[Document] = (), version: str = "2020-12-01") -> str:
    """A definition as JSON."""
    return json.dumps({"Version": version, "Parameters": list(parameters), "Steps": list(steps)})


@dataclass(frozen=True)
class Build:
    """The builders of definitions, as tests cannot import from here."""

    step: Callable[..., Document] = step
    condition: Callable[..., Document] = condition
    text: Callable[..., str] = text


@pytest.fixture(scope="session")
def build() -> Build:
    return Build()


@dataclass
class Script:
    """What stands for the work of Training steps, and what was seen of it."""

    failing: set[str] = field(default_factory=set)
    holding: dict[str, threading.Event] = field(default_factory=dict)
    seconds: float = 0.0
    began: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    most: int = 0
    arguments: dict[str, Document] = field(default_factory=dict)
    outputs: dict[str, Document] = field(default_factory=dict)
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, context: StepContext) -> Document:
        name = context.step.name
        with self._lock:
            self.began.append(name)
            self.arguments[name] = context.arguments
            self.most = max(self.most, len(self.began) - len(self.ended))
        try:
            return self._work(context, name)
        finally:
            with self._lock:
                self.ended.append(name)

    def _work(self, context: StepContext, name: str) -> Document:
        if name in self.holding:
            assert self.holding[name].wait(5)
        if self.seconds:
            time.sleep(self.seconds)
        if self.errors.get(name):
            raise self.errors[name].pop(0)
        if name in self.failing:
            raise Failure(f"AlgorithmError: {name} broke")
        context.record({"TrainingJob": {"Arn": f"arn:{name}"}})
        return self.outputs.get(name, {"TrainingJobName": name})

    def await_begin(self, *names: str) -> None:
        """Wait until these steps have begun."""
        deadline = time.monotonic() + 5
        while not set(names) <= set(self.began):
            assert time.monotonic() < deadline, self.began
            time.sleep(0.002)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    made = Script()
    monkeypatch.setitem(attempt.RUNS, "Training", made.run)
    return made


@dataclass(frozen=True)
class Runs:
    """Starts executions of one pipeline and waits for their end."""

    aws: Aws
    api: Api

    def create(self, definition: str, name: str = "line") -> str:
        request = {"PipelineName": name, "PipelineDefinition": definition, "RoleArn": ROLE}
        arn: str = self.api("CreatePipeline", **request)["PipelineArn"]
        return arn

    def start(self, name: str = "line", **request: object) -> str:
        arn: str = self.api("StartPipelineExecution", PipelineName=name, **request)["PipelineExecutionArn"]
        return arn

    def run(self, definition: str, name: str = "line", **request: object) -> str:
        """Create the pipeline, start it, and answer the ARN of the ended execution."""
        self.create(definition, name)
        return self.ended(self.start(name, **request))

    def ended(self, arn: str) -> str:
        self.aws.tasks.join(arn, 10)
        return arn

    def retry(self, arn: str, token: str = "again-" * 6) -> str:
        self.api("RetryPipelineExecution", PipelineExecutionArn=arn, ClientRequestToken=token)
        return self.ended(arn)

    def status(self, arn: str) -> str:
        found: str = self.api("DescribePipelineExecution", PipelineExecutionArn=arn)["PipelineExecutionStatus"]
        return found

    def steps(self, arn: str) -> dict[str, Document]:
        listed = self.api("ListPipelineExecutionSteps", PipelineExecutionArn=arn)["PipelineExecutionSteps"]
        return {item["StepName"]: item for item in listed}

    def statuses(self, arn: str) -> dict[str, str]:
        return {name: item["StepStatus"] for name, item in self.steps(arn).items()}


@pytest.fixture
def runs(aws: Aws, api: Api) -> Runs:
    return Runs(aws, api)


@pytest.fixture
def sent(aws: Aws) -> Callable[[str], list[Document]]:
    """The details of the events that wait in the outbox, of one detail type."""

    def read(kind: str) -> list[Document]:
        waiting = [event for _, event in aws.store.outbox(MOST_EVENTS)]
        return [json.loads(event["Detail"]) for event in waiting if event["DetailType"] == f"SageMaker {kind}"]

    return read


@pytest.fixture
def settled() -> Callable[[Callable[[], bool]], None]:
    """Wait until something holds, at most five seconds."""

    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not holds():
            assert time.monotonic() < deadline, "it did not come to hold"
            time.sleep(0.005)

    return wait
