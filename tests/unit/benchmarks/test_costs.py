"""The page of costs: it is what the script writes, its sums are right, and what it counts is what the stack has."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import boto3
import pytest

from benchmarks import costs, deployed
from monitoring.drift import Comparison
from monitoring.features import DRIFTING
from monitoring.metrics import lines_of
from monitoring.options import Options
from workflow.__main__ import text

LAMBDAS = Path(__file__).parents[3] / "lambdas"


def test_the_page_is_what_the_script_writes() -> None:
    assert costs.PAGE.read_text(encoding="utf-8") == costs.page(), "run `python -m benchmarks.costs`"


def test_an_items_cost_is_its_units_times_the_price() -> None:
    assert costs.Item("key", "KMS key month", 2, "two keys").dollars == pytest.approx(2.0)


def test_the_batches_are_those_of_the_workflow() -> None:
    bulk = json.loads(text("bulk.asl.json"))
    assert bulk["States"]["ClassifyPictures"]["ItemBatcher"]["MaxItemsPerBatch"] == costs.BATCH


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
