"""A stack that is deleted leaves no endpoint behind, one that is made or changed touches none; all get an answer."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from deploy_model import aws, handler, removal
from deploy_model.custom_resource import answer

ENDPOINT, SCHEDULE = "scones-vehicles", "scones-vehicles-drift"
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/scones/1"
TAKEN_DOWN = ["DeleteMonitoringSchedule", "DeregisterScalableTarget", "DeleteEndpoint", "DeleteEndpointConfig"]
Document = dict[str, Any]


class Listener(HTTPServer):
    """Where CloudFormation waits: keeps what is put, and fails as often as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Put)
        self.answers: list[Document] = []
        self.content_types: list[str | None] = []
        self.failures = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/signed?signature=1"


class Put(BaseHTTPRequestHandler):
    server: Listener

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 200
        if self.server.failures:
            self.server.failures -= 1
            status = 503
        else:
            self.server.answers.append(json.loads(body))
            self.server.content_types.append(self.headers["Content-Type"])
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def request(kind: str, url: str, **changes: Any) -> Document:
    """What CloudFormation sends."""
    return {
        "RequestType": kind,
        "ResponseURL": url,
        "StackId": STACK,
        "RequestId": "request-1",
        "ResourceType": "Custom::Endpoint",
        "LogicalResourceId": "Endpoint",
        "ResourceProperties": {"ServiceToken": "arn", "EndpointName": ENDPOINT, "MonitoringScheduleName": SCHEDULE},
        **({} if kind == "Create" else {"PhysicalResourceId": ENDPOINT}),
        **changes,
    }


class Schedules:
    """Monitoring schedules, which moto lacks: one, that takes some calls to go."""

    def __init__(self) -> None:
        self.there, self.busy, self.closed = True, 0, False

    def answer(self, **_: Any) -> Any:
        if self.closed:
            words = "This operation is in maintenance mode and is not available to new customers."
            return _refused("ValidationException", words)
        if not self.there:
            return _refused("ResourceNotFound", "Could not find the schedule.")
        if self.busy:
            self.busy -= 1
            return _refused("ValidationException", "An execution is in progress.")
        self.there = False
        return _response(200), {"ResponseMetadata": {}}


def _refused(code: str, message: str) -> Any:
    return _response(400), {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}


def _response(status: int) -> Any:
    return type("Response", (), {"status_code": status, "headers": {}})()


class Stack:
    """The project's own stack."""

    status = "DELETE_IN_PROGRESS"

    def describe_stacks(self, StackName: str) -> Document:
        assert StackName == STACK
        return {"Stacks": [{"StackStatus": self.status}]}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    stack = Stack()
    monkeypatch.setattr(aws, "cloudformation", lambda: stack)
    return stack


@pytest.fixture
def schedules() -> Schedules:
    return Schedules()


@pytest.fixture
def call(
    world: Any,
    sdk: Any,
    schedules: Schedules,
    stack: Stack,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Document]:
    """Let Lambda call the function, with so many looks at the clock until its time is over."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "sagemaker", world.client)
    monkeypatch.setattr(aws, "autoscaling", world.autoscaling)
    monkeypatch.setattr(removal.Removal.__init__, "__defaults__", (lambda _: None,))
    handler.settings.cache_clear()
    sdk.hook(world.autoscaling, "provide-client-params.application-autoscaling", world.record)
    sdk.hook(world.client, "before-call.sagemaker.DeleteMonitoringSchedule", schedules.answer)

    def once(event: Document, looks: int = 100) -> Document:
        times = iter([300_000] * looks)
        context = SimpleNamespace(
            function_name="f",
            memory_limit_in_mb=256,
            invoked_function_arn="arn",
            aws_request_id="1",
            get_remaining_time_in_millis=lambda: next(times, 20_500),
        )
        return handler.handler(event, context)

    return once


@pytest.fixture
def serving(world: Any, versions: list[str]) -> None:
    """Version 1 serves, version 2 did before, and somebody else has things under similar names."""
    for arn in (versions[1], versions[0]):
        world.approve(arn)
        world.deliver()
    world.client.create_model(
        ModelName="scones-vehicles-v2-of-a-person",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
        PrimaryContainer={"Image": "image"},
    )
    world.changes()


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.usefixtures("serving")
def test_a_stack_that_is_made_or_changed_touches_nothing(
    kind: str, call: Callable[..., Document], listener: Listener, world: Any
) -> None:
    call(request(kind, listener.url))
    assert listener.answers == [
        {
            "Status": "SUCCESS",
            "Reason": "",
            "PhysicalResourceId": ENDPOINT,
            "StackId": STACK,
            "RequestId": "request-1",
            "LogicalResourceId": "Endpoint",
        }
    ]
    assert listener.content_types == [""]
    assert world.changes() == []


@pytest.mark.usefixtures("serving")
def test_a_stack_that_is_deleted_leaves_nothing_that_costs_money(
    call: Callable[..., Document], listener: Listener, world: Any
) -> None:
    told = call(request("Delete", listener.url))
    assert listener.answers[0]["Status"] == "SUCCESS"
    assert world.backend.endpoints == {}
    assert world.backend.endpoint_configs == {}
    assert [model.model_name for model in world.backend._models.values()] == ["scones-vehicles-v2-of-a-person"]
    assert list(dict.fromkeys(world.changes()))[:4] == TAKEN_DOWN
    assert told["removed"][:2] == [SCHEDULE, ENDPOINT]


@pytest.mark.usefixtures("serving")
def test_deleting_again_finds_nothing_to_do(call: Callable[..., Document], listener: Listener) -> None:
    call(request("Delete", listener.url))
    assert call(request("Delete", listener.url))["removed"] == []
    assert [each["Status"] for each in listener.answers] == ["SUCCESS", "SUCCESS"]


@pytest.mark.usefixtures("serving")
def test_a_schedule_that_is_busy_is_waited_for(
    call: Callable[..., Document], listener: Listener, schedules: Schedules
) -> None:
    schedules.busy = 5
    call(request("Delete", listener.url))
    assert listener.answers[0]["Status"] == "SUCCESS"


@pytest.mark.usefixtures("serving")
def test_an_account_to_which_model_monitor_is_closed_loses_its_endpoint_all_the_same_and_is_reported(
    call: Callable[..., Document], listener: Listener, schedules: Schedules, world: Any
) -> None:
    schedules.closed = True
    told = call(request("Delete", listener.url))
    assert listener.answers[0]["Status"] == "SUCCESS"
    assert world.backend.endpoints == {}
    assert "Model Monitor is closed to this account" in told["removed"][0]
    assert world.changes().count("DeleteMonitoringSchedule") == 1


@pytest.mark.usefixtures("serving")
def test_what_takes_too_long_is_answered_in_time_and_goes_on_at_the_next_attempt(
    call: Callable[..., Document], listener: Listener, schedules: Schedules, world: Any
) -> None:
    schedules.busy = 5
    call(request("Delete", listener.url), looks=3)
    assert listener.answers[0]["Status"] == "FAILED"
    assert "not gone yet (An execution is in progress.)" in listener.answers[0]["Reason"]
    assert "DeleteEndpoint" not in world.changes()
    call(request("Delete", listener.url))
    assert listener.answers[1]["Status"] == "SUCCESS"


@pytest.mark.usefixtures("serving")
def test_a_refusal_of_aws_is_reported_and_nothing_is_waited_for(
    call: Callable[..., Document], listener: Listener, world: Any
) -> None:
    world.failing["DeleteEndpoint"] = ("AccessDeniedException", "not allowed to")
    call(request("Delete", listener.url))
    assert "not allowed to" in listener.answers[0]["Reason"]
    assert world.changes().count("DeleteEndpoint") == 1


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
@pytest.mark.usefixtures("serving")
def test_an_update_that_is_rolled_back_does_not_take_the_service_down(
    status: str, call: Callable[..., Document], listener: Listener, stack: Stack, world: Any
) -> None:
    stack.status = status
    assert call(request("Delete", listener.url))["removed"] == []
    assert listener.answers[0]["Status"] == "SUCCESS"
    assert world.changes() == []


def test_another_name_is_another_resource(call: Callable[..., Document], listener: Listener) -> None:
    properties = {"EndpointName": "cakes-vehicles", "MonitoringScheduleName": "cakes-vehicles-drift"}
    call(request("Update", listener.url, ResourceProperties=properties))
    assert listener.answers[0]["PhysicalResourceId"] == "cakes-vehicles"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"ResourceType": "Custom::Cake"}, "Custom::Cake"),
        ({"ResourceProperties": {"ServiceToken": "arn"}}, "needs the property EndpointName"),
    ],
)
def test_a_request_that_cannot_be_is_answered_with_the_reason(
    changes: Document, word: str, call: Callable[..., Document], listener: Listener
) -> None:
    call(request("Create", listener.url, **changes))
    assert listener.answers[0]["Status"] == "FAILED"
    assert word in listener.answers[0]["Reason"]
    assert listener.answers[0]["PhysicalResourceId"]


def test_an_answer_that_does_not_get_through_is_sent_again(listener: Listener) -> None:
    listener.failures = 2
    answer(request("Create", listener.url), ENDPOINT, None, sleep=lambda _: None)
    assert len(listener.answers) == 1


@pytest.mark.parametrize("url", ["http://example.org/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "x"])
def test_an_answer_goes_to_https_or_to_this_machine_only(url: str) -> None:
    with pytest.raises(ValueError, match="must be an https address"):
        answer(request("Create", url), ENDPOINT, None)


def test_a_long_reason_is_cut_to_what_cloudformation_takes(listener: Listener) -> None:
    answer(request("Create", listener.url), ENDPOINT, "x" * 9000)
    assert len(json.dumps(listener.answers[0])) < 4096
