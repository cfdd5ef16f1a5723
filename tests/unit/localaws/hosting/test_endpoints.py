"""Endpoints from creation to deletion."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from localaws import recovery
from localaws.aws import Aws
from localaws.hosting import upkeep

Document = dict[str, Any]


def test_an_endpoint_is_in_service_when_every_instance_answers(
    hosting: Any, sent: Callable[[str], list[Document]]
) -> None:
    described = hosting.create(hosting.config("1", count=2))
    assert described["EndpointStatus"] == "InService"
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert len({hosting.told()["pid"] for _ in range(4)}) == 2
    assert [event["EndpointStatus"] for event in sent("Endpoint State Change")] == ["CREATING", "IN_SERVICE"]


def test_a_server_that_cannot_start_makes_the_endpoint_failed_with_its_words(hosting: Any) -> None:
    described = hosting.create(hosting.config("broken"))
    assert described["EndpointStatus"] == "Failed"
    assert "did not pass the ping health check" in described["FailureReason"]
    assert "This model has no labels." in described["FailureReason"]


def test_a_model_archive_that_is_none_makes_the_endpoint_failed(hosting: Any, cloud: Aws) -> None:
    cloud.clients.s3.put_object(Bucket="bucket", Key="model.tar.gz", Body=b"no archive")
    hosting.config("1")
    container = {"Image": "tiny:1", "ModelDataUrl": "s3://bucket/model.tar.gz", "Environment": {"VERSION": "1"}}
    hosting.api(
        "CreateModel", ModelName="m", ExecutionRoleArn="arn:aws:iam::000000000000:role/r", PrimaryContainer=container
    )
    hosting.api("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[hosting.variant("m")])
    assert hosting.create("c")["FailureReason"].startswith("Failed to extract model data archive for container")


def test_a_deleted_endpoint_leaves_no_process_and_no_directory(
    hosting: Any, cloud: Aws, sent: Callable[[str], list[Document]]
) -> None:
    arn = hosting.create(hosting.config("1"))["EndpointArn"]
    pid = hosting.told()["pid"]
    hosting.api("DeleteEndpoint", EndpointName="scones")
    cloud.tasks.join(arn, 10)
    assert not psutil.pid_exists(pid)
    assert not list((cloud.settings.endpoints / "scones").glob("i-*"))
    assert hosting.api("ListEndpoints")["Endpoints"] == []
    assert sent("Endpoint State Change")[-1]["EndpointStatus"] == "DELETED"


def test_a_running_endpoint_outlives_its_configuration_and_model(hosting: Any) -> None:
    name = hosting.config("1")
    hosting.create(name)
    hosting.api("DeleteEndpointConfig", EndpointConfigName=name)
    hosting.api("DeleteModel", ModelName=name)
    assert hosting.told()["version"] == "1"


def test_what_does_not_exist_or_exists_already_is_refused_in_awss_words(hosting: Any) -> None:
    refused = hosting.api.refused
    assert (
        "Could not find endpoint configuration"
        in refused("CreateEndpoint", EndpointName="scones", EndpointConfigName="none")[1]
    )
    assert "Could not find endpoint" in refused("DescribeEndpoint", EndpointName="scones")[1]
    variants = [hosting.variant("none")]
    assert (
        "Could not find model"
        in refused("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=variants)[1]
    )
    name = hosting.config("1")
    hosting.create(name)
    again = refused("CreateEndpoint", EndpointName="scones", EndpointConfigName=name)
    assert again[0] == "ValidationException"
    assert "already existing endpoint" in again[1]


def test_two_variants_of_one_name_and_a_variant_without_instances_are_refused(hosting: Any) -> None:
    name = hosting.config("1")
    twice = [hosting.variant(name), hosting.variant(name)]
    request = {"EndpointConfigName": "c"}
    assert "names of their own" in hosting.api.refused("CreateEndpointConfig", **request, ProductionVariants=twice)[1]
    bare = [{"VariantName": "live", "ModelName": name}]
    said = hosting.api.refused("CreateEndpointConfig", **request, ProductionVariants=bare)[1]
    assert "no InstanceType and no InitialInstanceCount" in said
    assert hosting.api.refused("CreateEndpointConfig", **request, ProductionVariants=[hosting.variant(name, 0)])


def test_only_an_approved_package_becomes_a_model(hosting: Any) -> None:
    hosting.api("CreateModelPackageGroup", ModelPackageGroupName="group")
    specification = {
        "Containers": [{"Image": "tiny:1", "Environment": {"VERSION": "packaged"}}],
        "SupportedContentTypes": ["image/png"],
        "SupportedResponseMIMETypes": ["application/json"],
    }
    arn = hosting.api("CreateModelPackage", ModelPackageGroupName="group", InferenceSpecification=specification)[
        "ModelPackageArn"
    ]
    model = {
        "ModelName": "m",
        "ExecutionRoleArn": "arn:aws:iam::000000000000:role/r",
        "Containers": [{"ModelPackageName": arn}],
    }
    assert "PendingManualApproval" in hosting.api.refused("CreateModel", **model)[1]
    hosting.api("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Approved")
    hosting.api("CreateModel", **model)
    hosting.api("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[hosting.variant("m")])
    hosting.create("c")
    assert hosting.told()["version"] == "packaged"


def test_an_instance_that_ended_is_replaced(hosting: Any, cloud: Aws, settled: Any) -> None:
    hosting.create(hosting.config("1", count=2))
    ended = hosting.told()["pid"]
    os.kill(ended, signal.SIGKILL)

    def replaced() -> bool:
        # A killed process takes a moment to end; until then there is nothing to replace.
        upkeep.replace_ended(cloud)
        answers = [hosting.ask() for _ in range(4)]
        answering = {json.loads(answer.body)["pid"] for answer in answers if answer.status == 200}
        return len(answering) == 2 and ended not in answering

    settled(replaced)
    assert len(list((cloud.settings.endpoints / "scones").glob("i-*"))) == 2


def test_an_endpoint_whose_last_instance_ended_is_unavailable_until_it_is_replaced(
    hosting: Any, cloud: Aws, settled: Any
) -> None:
    hosting.create(hosting.config("1"))
    ended = hosting.told()["pid"]
    os.kill(ended, signal.SIGKILL)
    assert hosting.ask().status == 503

    def healed() -> bool:
        # A killed process takes a moment to end; until then there is nothing to replace.
        upkeep.replace_ended(cloud)
        return bool(hosting.ask().status == 200)

    settled(healed)
    assert hosting.told()["pid"] != ended


def test_the_lines_of_a_server_are_in_its_log_and_come_back_after_a_kill(
    hosting: Any, cloud: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_wait_until_serving", lambda _: None)
    hosting.create(hosting.config("broken"))
    group = "/aws/sagemaker/Endpoints/scones"
    logs = cloud.clients.logs
    (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert stream["logStreamName"].startswith("live/i-")
    logs.delete_log_group(logGroupName=group)
    recovery.restore_logs(cloud, tmp_path)
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
    assert [event["message"] for event in events] == ["This model has no labels."]


def test_after_a_restart_the_endpoints_processes_run_again(hosting: Any, cloud: Aws) -> None:
    arn = hosting.create(hosting.config("1"))["EndpointArn"]
    old = hosting.told()["pid"]
    cloud.live.routers.clear()
    recovery.recover(cloud)
    assert hosting.describe()["EndpointStatus"] == "SystemUpdating"
    assert hosting.ask().status == 400
    recovery.revive_endpoints(cloud)
    cloud.tasks.join(arn, 10)
    assert hosting.describe()["EndpointStatus"] == "InService"
    assert hosting.told()["pid"] != old
