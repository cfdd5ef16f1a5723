"""The page of costs: it is what the script writes, its sums are right, and what it counts is what the stack has."""

from __future__ import annotations

import ast
import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from classify_image.classify import Classifier
from classify_image.endpoint import Endpoint
from classify_image.settings import Settings as OfClassify
from filter_confidence.filter import Filter
from filter_confidence.review import Review
from moto import mock_aws
from serialize_image.serialize import Serializer
from serialize_image.settings import Settings as OfSerialize

from benchmarks import costs, deployed
from common.workflow import Storage, send_at_once
from monitoring.drift import Comparison
from monitoring.features import DRIFTING
from monitoring.metrics import lines_of
from monitoring.options import Options
from tests.unit.lambdas.serialize_image.conftest import encode, noise
from workflow.__main__ import text
from workflow.delivery import ASSIGNMENTS

LAMBDAS = Path(__file__).parents[3] / "lambdas"
BUCKET = "bucket"


def test_the_page_is_what_the_script_writes() -> None:
    assert costs.PAGE.read_text(encoding="utf-8") == costs.page(), "run `python -m benchmarks.costs`"


def test_an_items_cost_is_its_units_times_the_price() -> None:
    assert costs.Item("key", "KMS key month", 2, "two keys").dollars == pytest.approx(2.0)


def test_the_batches_are_those_of_the_workflow() -> None:
    bulk = json.loads(text("bulk.asl.json"))
    assert bulk["States"]["ClassifyPictures"]["ItemBatcher"]["MaxItemsPerBatch"] == costs.BATCH


class World:
    """The three functions on moto's S3 and an endpoint that is as sure as the image's inference id says."""

    def __init__(self, sure: dict[str, float]) -> None:
        self.calls: Counter[str] = Counter()
        self.expecting = 0
        self.s3: Any = send_at_once(boto3.client("s3", region_name="us-east-1"))
        self.s3.create_bucket(Bucket=BUCKET)
        for name in sure:
            self.s3.put_object(Bucket=BUCKET, Key=name, Body=encode(noise(32, 32)))
        self.s3.meta.events.register("before-send.s3", self._count)
        storage = Storage(self.s3)
        self.serializer = Serializer(OfSerialize(BUCKET), storage)
        self.classifier = Classifier(OfClassify("e"), storage, Endpoint(SimpleNamespace(invoke_endpoint=self._invoke)))
        self.filter = Filter(0.8, Review(self.s3, BUCKET))
        self.items = [{"image_uri": f"s3://{BUCKET}/{name}"} for name in sure]
        self._sure = iter(sure.values())

    def _count(self, request: Any, **_: object) -> None:
        self.calls[request.method] += 1
        self.expecting += "Expect" in request.headers

    def _invoke(self, **_: object) -> dict[str, Any]:
        sure = next(self._sure)
        return {"Body": io.BytesIO(json.dumps([sure, 1 - sure]).encode())}


@contextmanager
def world(*sure: float) -> Iterator[World]:
    with mock_aws():
        yield World({f"photos/{number}.png": one for number, one in enumerate(sure)})


def test_an_image_alone_asks_of_s3_what_the_page_counts() -> None:
    with world(0.9) as found:
        item = found.serializer.one(found.items[0], 28)
        item = found.classifier.one(item, None, "1")
        assert found.filter.one(item)["passed"]
    assert found.calls == {"GET": costs.READS_OF_ONE, "PUT": costs.WRITES_OF_ONE}


@pytest.mark.parametrize("sure", [(0.9, 0.6, 0.6, 0.9, 0.6), (0.6, 0.6), (0.6,)])
def test_a_batch_asks_of_s3_what_the_page_counts_and_waits_for_no_leave_to_send(sure: tuple[float, ...]) -> None:
    with world(*sure) as found:
        items = found.serializer.batch(found.items, 28)
        items = found.classifier.batch(items, None, "1")
        items = found.filter.batch(items, ASSIGNMENTS)
    reviewed = sum(item["status"] == "NEEDS_REVIEW" for item in items)
    assert (len(items), reviewed) == (len(sure), sure.count(0.6))
    assert found.calls == {
        "GET": costs.READS_IN_BATCH * len(sure) + costs.READS_OF_BATCH,
        "PUT": costs.WRITES_OF_BATCH + costs.WRITES_FOR_REVIEW * reviewed,
    }
    assert found.expecting == 0


def test_a_batch_calls_as_many_functions_as_the_page_counts() -> None:
    states = json.loads(text("bulk.asl.json"))["States"]["ClassifyPictures"]["ItemProcessor"]["States"]
    [calls] = [item.units for item in costs.DISTRIBUTED if item.what == "functions, calls"]
    assert calls * costs.BATCH / costs.IMAGES == sum(state["Type"] == "Task" for state in states.values())


def test_each_price_names_its_source_or_says_that_it_was_not_looked_up() -> None:
    page = costs.page()
    unseen = [name for name, price in costs.PRICES.items() if not price.seen]
    assert page.count("| not looked up |") == len(unseen) > 0
    assert f"as of {costs.PRICES_OF}" in page
    assert f"{len(unseen)} were not looked up" in page


def test_every_kind_of_resource_that_costs_by_the_month_is_counted_in_the_template() -> None:
    units = {item.what: item.units for item in costs.MONTH}
    text = deployed.template().body
    assert units["dashboard"] == text.count("Type: AWS::CloudWatch::Dashboard") == 1
    assert units["alarms"] == text.count("Type: AWS::CloudWatch::Alarm") + deployed.SCALING_ALARMS
    assert units["key"] == 1
    assert deployed.count("AWS::Logs::LogGroup") == text.count("Type: AWS::Logs::LogGroup")


def test_builds_cost_what_the_template_s_size_costs() -> None:
    [builds] = [item for item in costs.MONTH if item.what == "builds"]
    assert "BUILD_GENERAL1_MEDIUM" in deployed.template().body
    assert builds.price == "CodeBuild medium minute"
    assert builds.dollars == pytest.approx(160 * 0.01)


def test_every_service_that_a_function_calls_has_an_endpoint_in_a_network_of_its_own() -> None:
    named = {"sagemaker": "sagemaker.api", "sagemaker-runtime": "sagemaker.runtime", "stepfunctions": "states"}
    services = {
        node.value
        for path in LAMBDAS.rglob("*.py")
        if "boto3.client(" in (source := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and node.value in boto3.Session().get_available_services()
    }
    assert {"sagemaker", "ecr", "s3"} < services
    endpoints = {named.get(service, service).replace("ecr", "ecr.api") for service in services - {"s3"}}
    assert endpoints <= set(costs.INTERFACE_ENDPOINTS)


def test_metrics_whose_names_are_made_at_run_time_are_counted_by_what_they_can_be() -> None:
    families = {(function, name) for function, name, family in deployed.metric_names() if family}
    assert families == set(deployed.FAMILIES)
    for function in ("deploy_model", "start_training"):
        source = (LAMBDAS / function / "decision.py").read_text(encoding="utf-8")
        [action] = [node for node in ast.parse(source).body if getattr(node, "name", "") == "Action"]
        members = [node for node in ast.walk(action) if isinstance(node, ast.Assign)]
        assert deployed.FAMILIES[function, "Decided"] == len(members)
    assert ("refresh_workflow", "EventsReceived", False) in deployed.metric_names()


def test_the_drift_metrics_are_those_that_an_analysis_publishes(tmp_path: Path) -> None:
    options = Options.read({"dataset_source": "in", "output_path": "out", "sagemaker_endpoint_name": "e"}, tmp_path)
    compared = [Comparison(name, 1000, 1000) for name in (*DRIFTING, "prediction")]
    assert deployed.drift_metrics() == len(lines_of(options, compared, 0))


def test_the_guide_tells_the_month_to_ten_dollars() -> None:
    month = sum(item.dollars for item in costs.MONTH)
    told = f"{round(month, -1):.0f} USD a month with one endpoint instance day and night, "
    told += f"{round(month - costs.MONTH[0].dollars, -1):.0f} without"
    assert told in (costs.PAGE.parents[1] / "docs" / "guide.md").read_text(encoding="utf-8")
