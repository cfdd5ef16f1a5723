"""Blue/green updates: what they refuse, how they shift, and how they go back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from localaws import recovery
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.hosting.policy import policy

Document = dict[str, Any]
_THREADS = 8


def deployment(kind: str = "ALL_AT_ONCE", wait: int = 0, alarms: tuple[str, ...] = (), **routing: Any) -> Document:
    config: Document = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": kind, "WaitIntervalInSeconds": wait, **routing}
        }
    }
    if alarms:
        config["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": name} for name in alarms]}
    return config


def percent(value: int) -> Document:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


@contextmanager
def load(hosting: Any) -> Iterator[list[int]]:
    """Clients that ask without a pause; what is yielded has the status of each answer."""
    statuses: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            statuses.append(hosting.ask().status)

    clients = [threading.Thread(target=ask) for _ in range(_THREADS)]
    for client in clients:
        client.start()
    try:
        yield statuses
    finally:
        done.set()
        for client in clients:
            client.join()


def test_an_update_under_load_replaces_the_fleet_and_loses_no_request(
    hosting: Any, sent: Callable[[str], list[Document]]
) -> None:
    hosting.create(hosting.config("1", environment={"SECONDS": "0.02"}))
    with load(hosting) as statuses:
        described = hosting.update(hosting.config("2"))
        hosting.told()
    assert len(statuses) > 20
    assert set(statuses) == {200}
    assert described["EndpointConfigName"] == "v-2"
    assert "PendingDeploymentSummary" not in described
    assert hosting.told()["version"] == "2"
    stages = [
        event["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]["Status"]
        for event in sent("Endpoint Deployment State Change")
    ]
    assert stages == ["Creating", "ActivatingTraffic", "Baking", "Deleting"]
    assert [event["EndpointStatus"] for event in sent("Endpoint State Change")][2:] == ["UPDATING", "IN_SERVICE"]


def test_a_canary_gets_its_share_while_it_bakes(hosting: Any) -> None:
    hosting.create(hosting.config("1", count=2))
    config = hosting.config("2", count=2)
    routing = deployment("CANARY", wait=1, CanarySize=percent(25))
    hosting.api("UpdateEndpoint", EndpointName="scones", EndpointConfigName=config, DeploymentConfig=routing)
    hosting.until(lambda said: "25%" in str(said.get("PendingDeploymentSummary")) and "Baking" in str(said))
    assert Counter(hosting.told()["version"] for _ in range(40)) == {"1": 30, "2": 10}
    assert hosting.settled()["LastDeploymentConfig"] == routing
    assert hosting.told()["version"] == "2"


def test_a_new_version_whose_server_fails_leaves_the_old_one_in_service(
    hosting: Any, sent: Callable[[str], list[Document]]
) -> None:
    hosting.create(hosting.config("1"))
    with load(hosting) as statuses:
        described = hosting.update(hosting.config("broken"))
    assert set(statuses) == {200}
    assert described["EndpointStatus"] == "InService"
    assert described["EndpointConfigName"] == "v-1"
    assert "rolled back to v-1" in described["FailureReason"]
    assert "This model has no labels." in described["FailureReason"]
    assert "ROLLING_BACK" in [event["EndpointStatus"] for event in sent("Endpoint State Change")]
    assert "FailureReason" not in hosting.update(hosting.config("2"))


def test_an_alarm_while_baking_takes_the_update_back(hosting: Any, cloud: Aws) -> None:
    cloudwatch = cloud.clients.get("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    hosting.create(hosting.config("1", count=2))
    config = hosting.config("2", count=2)
    routing = deployment("CANARY", wait=30, alarms=("errors",), CanarySize=percent(50))
    hosting.api("UpdateEndpoint", EndpointName="scones", EndpointConfigName=config, DeploymentConfig=routing)
    hosting.until(lambda said: "Baking" in str(said.get("PendingDeploymentSummary")))
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    described = hosting.settled()
    assert described["EndpointConfigName"] == "v-1"
    assert "errors" in described["FailureReason"]
    assert {hosting.told()["version"] for _ in range(4)} == {"1"}


def test_an_update_refuses_alarms_that_do_not_exist_and_a_second_update(hosting: Any) -> None:
    hosting.create(hosting.config("1", count=2))
    request = {"EndpointName": "scones", "EndpointConfigName": "v-1"}
    routing = deployment(alarms=("none",))
    said = hosting.api.refused("UpdateEndpoint", **request, DeploymentConfig=routing)[1]
    assert "alarms that do not exist: none" in said
    hosting.api("UpdateEndpoint", **request, DeploymentConfig=deployment(wait=1))
    assert "Cannot update in-progress endpoint" in hosting.api.refused("UpdateEndpoint", **request)[1]
    assert "Cannot update in-progress endpoint" in hosting.api.refused("DeleteEndpoint", EndpointName="scones")[1]
    hosting.settled()


def test_capacity_and_deployment_configuration_are_kept_only_when_asked(hosting: Any) -> None:
    hosting.create(hosting.config("1"))
    desired = [{"VariantName": "live", "DesiredInstanceCount": 2}]
    hosting.api("UpdateEndpointWeightsAndCapacities", EndpointName="scones", DesiredWeightsAndCapacities=desired)
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert len({hosting.told()["pid"] for _ in range(4)}) == 2
    canary = deployment("CANARY", CanarySize=percent(50))
    kept = hosting.update(hosting.config("2"), RetainAllVariantProperties=True, DeploymentConfig=canary)
    assert kept["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    again = hosting.update(hosting.config("3"), RetainAllVariantProperties=True, RetainDeploymentConfig=True)
    assert again["LastDeploymentConfig"] == canary
    reset = hosting.update(hosting.config("4"))
    assert reset["ProductionVariants"][0]["CurrentInstanceCount"] == 1


def test_fewer_instances_under_load_lose_no_request(hosting: Any) -> None:
    hosting.create(hosting.config("1", count=2, environment={"SECONDS": "0.02"}))
    desired = [{"VariantName": "live", "DesiredInstanceCount": 1}]
    with load(hosting) as statuses:
        hosting.api("UpdateEndpointWeightsAndCapacities", EndpointName="scones", DesiredWeightsAndCapacities=desired)
        hosting.settled()
    assert set(statuses) == {200}
    assert len({hosting.told()["pid"] for _ in range(4)}) == 1


def test_an_update_that_was_interrupted_is_begun_again_at_the_next_start(hosting: Any, cloud: Aws) -> None:
    arn = hosting.create(hosting.config("1"))["EndpointArn"]
    hosting.update(hosting.config("2"))
    document = cloud.store.get("endpoint", "scones")
    assert document is not None
    pending = {"plan": document["Plan"] | {"config": "v-3"}, "deployment": {}}
    cloud.store.update("endpoint", "scones", EndpointStatus="Updating", Pending=pending)
    cloud.live.routers.pop("scones").fleets[0].stop()
    recovery.recover(cloud)
    recovery.revive_endpoints(cloud)
    cloud.tasks.join(arn, 10)
    assert hosting.settled()["EndpointConfigName"] == "v-3"


@pytest.mark.parametrize(
    ("kind", "routing", "capacity", "words"),
    [
        ("CANARY", {"CanarySize": percent(50)}, 1, "at least 2 instances"),
        ("CANARY", {"CanarySize": percent(51)}, 4, "at most 50%"),
        ("CANARY", {"CanarySize": {"Type": "INSTANCE_COUNT", "Value": 2}}, 3, "at most 50%"),
        ("CANARY", {}, 2, "needs CanarySize"),
        ("LINEAR", {"LinearStepSize": percent(9)}, 4, "from 10% to 50%"),
        ("LINEAR", {"LinearStepSize": percent(60)}, 4, "from 10% to 50%"),
        ("ALL_AT_ONCE", {"LinearStepSize": percent(50)}, 4, "takes no LinearStepSize"),
    ],
)
def test_traffic_shifting_that_aws_refuses_is_refused(kind: str, routing: Document, capacity: int, words: str) -> None:
    with pytest.raises(AwsError, match=words):
        policy(deployment(kind, **routing), capacity)


def test_the_whole_must_take_less_than_the_longest_time() -> None:
    config = deployment("LINEAR", wait=200, LinearStepSize=percent(33))
    config["BlueGreenUpdatePolicy"]["MaximumExecutionTimeoutInSeconds"] = 800
    with pytest.raises(AwsError, match="must exceed"):
        policy(config, 3)


def test_linear_steps_end_at_all_of_the_traffic() -> None:
    assert policy(deployment("LINEAR", LinearStepSize=percent(10)), 2).shares[-2:] == (pytest.approx(0.9), 1.0)
    assert policy(deployment("LINEAR", LinearStepSize=percent(40)), 2).shares == (0.4, 0.8, 1.0)
    assert len(policy(deployment("LINEAR", LinearStepSize=percent(10)), 2).shares) == 10
