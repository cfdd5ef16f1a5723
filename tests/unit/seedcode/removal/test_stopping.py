"""What runs is found, stopped and removed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from seedcode.errors import StackError
from seedcode.removal import running
from seedcode.removal.project import Project
from seedcode.stack.spec import Account


class _Everything:
    """One object for every service: what it holds, and what it was asked to end."""

    def __init__(self) -> None:
        self.execution_status = "Executing"
        self.endpoint_status: str | None = "Updating"
        self.pipeline = True
        self.closed = False
        self.calls: list[str] = []

    def get_paginator(self, operation: str) -> Any:
        pages = {
            "list_pipeline_executions": self._executions,
            "list_executions": lambda **_: {"executions": [{"executionArn": "arn:workflow"}]},
            "list_monitoring_schedules": self._schedules,
            "list_endpoint_configs": lambda **_: {"EndpointConfigs": [{"EndpointConfigName": n} for n in NAMES]},
            "list_models": lambda **_: {"Models": [{"ModelName": n} for n in NAMES]},
        }
        return _Pages(pages[operation])

    def _executions(self, PipelineName: str) -> dict[str, Any]:
        arn = f"arn:execution:{PipelineName}"
        entry = {"PipelineExecutionArn": arn, "PipelineExecutionStatus": self.execution_status}
        return {"PipelineExecutionSummaries": [entry]}

    def _schedules(self, **_: str) -> dict[str, Any]:
        if self.closed:
            words = "This operation is in maintenance mode and is not available to new customers."
            raise _absent("ListMonitoringSchedules", words)
        return {"MonitoringScheduleSummaries": [{"MonitoringScheduleName": "drift"}]}

    def get_schedule(self, Name: str) -> dict[str, str]:
        if not self.pipeline:
            raise _absent("GetSchedule", f"Schedule {Name} does not exist.")
        return {"Name": Name}

    def delete_schedule(self, Name: str) -> None:
        self.calls.append(f"delete_schedule {Name}")

    def list_builds_for_project(self, projectName: str) -> dict[str, Any]:
        return {"ids": [f"{projectName}:1", f"{projectName}:2"]}

    def batch_get_builds(self, ids: list[str]) -> dict[str, Any]:
        return {"builds": [{"id": i, "buildStatus": "IN_PROGRESS" if i == "scones-build:1" else "FAILED"} for i in ids]}

    def describe_endpoint(self, EndpointName: str) -> dict[str, str]:
        if self.endpoint_status is None:
            raise _absent("DescribeEndpoint", "Could not find endpoint")
        described = {"EndpointName": EndpointName, "EndpointStatus": self.endpoint_status}
        if self.endpoint_status == "Updating":
            self.endpoint_status = "InService"
        return described

    def describe_pipeline(self, PipelineName: str) -> dict[str, str]:
        if not self.pipeline:
            raise _absent("DescribePipeline", "Pipeline does not exist")
        return {"PipelineName": PipelineName}

    def describe_scalable_targets(self, ServiceNamespace: str) -> dict[str, Any]:
        names = ("endpoint/scones-vehicles/variant/live", "endpoint/other/variant/live")
        targets = [
            {"ResourceId": name, "ServiceNamespace": ServiceNamespace, "ScalableDimension": "d"} for name in names
        ]
        return {"ScalableTargets": targets}

    def delete_endpoint(self, EndpointName: str) -> None:
        assert self.endpoint_status == "InService", "AWS refuses to delete what is being updated"
        self.calls.append(f"delete_endpoint {EndpointName}")
        self.endpoint_status = None

    def stop_pipeline_execution(self, PipelineExecutionArn: str) -> None:
        self.calls.append(f"stop_pipeline_execution {PipelineExecutionArn}")
        self.execution_status = "Stopped"

    def __getattr__(self, operation: str) -> Any:
        def call(**request: str) -> dict[str, str]:
            named = request.get("ResourceId") or next(iter(request.values()))
            self.calls.append(f"{operation} {named}")
            return {}

        return call


class _Pages:
    """One page."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        return [self._page(**request)]


NAMES = ("scones-vehicles-v1-0badcafe", "my-scones-vehicles-v1", "scones-vehicles-v1-vehicles-v2-0badcafe")


def _absent(operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationException", "Message": message}}, operation)


@pytest.fixture
def everything() -> _Everything:
    return _Everything()


@pytest.fixture
def project(everything: _Everything) -> Project:
    return Project(Account(lambda _: everything, "123456789012", "eu-west-1"), "scones", "bucket", "scones", "scones")


def test_what_runs_and_what_costs_money_is_listed(project: Project) -> None:
    lines = running.find(project).lines
    assert lines[0] == "endpoint scones-vehicles: costs its instances by the hour"
    assert "execution arn:execution:scones-training: runs" in lines
    assert "execution arn:execution:scones-monitoring: runs" in lines
    assert "schedule scones-vehicles-drift: starts the monitoring pipeline by itself" in lines
    assert "build scones-build:1: runs" in lines
    assert "monitoring schedule drift: starts a job by itself" in lines
    assert not any("scones-pull-request" in line for line in lines)


def test_everything_is_ended_in_an_order_that_aws_takes(project: Project, everything: _Everything) -> None:
    running.stop(project, running.find(project), lambda _: None)
    assert everything.calls == [
        "delete_schedule scones-vehicles-drift",
        "stop_pipeline_execution arn:execution:scones-training",
        "stop_pipeline_execution arn:execution:scones-monitoring",
        "stop_build scones-build:1",
        "stop_execution arn:workflow",
        "stop_execution arn:workflow",
        "delete_monitoring_schedule drift",
        "deregister_scalable_target endpoint/scones-vehicles/variant/live",
        "delete_endpoint scones-vehicles",
        "delete_endpoint_config scones-vehicles-v1-0badcafe",
        "delete_model scones-vehicles-v1-0badcafe",
        "delete_pipeline scones-training",
        "delete_pipeline scones-monitoring",
    ]


def test_an_account_to_which_model_monitor_is_closed_is_told_so_and_loses_the_rest(
    project: Project, everything: _Everything
) -> None:
    everything.closed = True
    said: list[str] = []
    running.stop(project, running.find(project), said.append)
    assert "Model Monitor is closed to this account, so there is no schedule of its to remove." in said
    assert "delete_endpoint scones-vehicles" in everything.calls
    assert not any(call.startswith("delete_monitoring_schedule") for call in everything.calls)


def test_what_is_gone_already_is_not_ended_again(project: Project, everything: _Everything) -> None:
    everything.endpoint_status, everything.pipeline, everything.execution_status = None, False, "Failed"
    found = running.find(project)
    assert (found.endpoint, found.pipelines, found.executions, found.hourly) == ("", (), (), "")
    running.stop(project, found, lambda _: None)
    assert not any(call.startswith(("delete_endpoint scones", "delete_pipeline")) for call in everything.calls)


def test_an_execution_that_does_not_stop_is_not_waited_for_without_end(
    project: Project, everything: _Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LONGEST_WAIT", 0.05)
    monkeypatch.setattr(everything, "stop_pipeline_execution", lambda **_: None)
    with pytest.raises(StackError, match="executions to stop"):
        running.stop(project, running.find(project), lambda _: None)
