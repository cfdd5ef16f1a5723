"""What costs money in a deployed stack, counted in its template and code so that the page stays true."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from monitoring.features import DRIFTING
from seedcode.stack.resolve import Resolver, pseudo_parameters
from seedcode.stack.template import TEMPLATE, Template

_LAMBDAS = Path(__file__).parents[1] / "lambdas"
# A stack with code and an image, and defaults for everything else.
_DEPLOYED = {"CodeVersion": "1", "LayerKey": "layer.zip", "ImageUri": "image"}
_METRIC = re.compile(r"""add_metric\(\s*(?:name=)?f?"([^"{]+)(\{?)""")
# Metrics whose names are made at run time: how many names each can have, by its function and its beginning.
FAMILIES = {
    ("deploy_model", "Decided"): 8,
    ("deploy_model", "Stack"): 3,
    ("start_training", "Decided"): 3,
    ("ingest_image", "Pictures"): 4,
}
# Of the endpoint's target tracking, created by Application Auto Scaling.
SCALING_ALARMS = 2


@cache
def template() -> Template:
    """The project's template."""
    return Template(TEMPLATE.read_text(encoding="utf-8"))


@cache
def resources() -> dict[str, dict[str, Any]]:
    """The resources that a stack with code and an image has, and with no other parameter set."""
    values = {**template().values(_DEPLOYED), **pseudo_parameters("000000000000", "us-east-1", "scones")}
    resolver = Resolver(template().document, values)
    return {name: entry for name, entry in template().resources.items() if resolver.exists(entry)}


def count(kind: str) -> int:
    """How many resources of a type, such as `AWS::CloudWatch::Alarm`."""
    return sum(entry["Type"] == kind for entry in resources().values())


def alarms() -> int:
    """The stack's alarms and the endpoint's autoscaling's."""
    return count("AWS::CloudWatch::Alarm") + SCALING_ALARMS


def build_size() -> str:
    """The size of the builds' machines, such as `medium`."""
    sizes = {
        entry["Properties"]["Environment"]["ComputeType"]
        for entry in template().resources.values()
        if entry["Type"] == "AWS::CodeBuild::Project"
    }
    [size] = sizes
    return str(size).removeprefix("BUILD_GENERAL1_").lower()


def default(parameter: str) -> str:
    """A parameter's default, such as the endpoint's instance type."""
    return template().defaults[parameter]


def metric_names() -> set[tuple[str, str, bool]]:
    """What the functions measure: function, name or its beginning, and whether it is a beginning only."""
    return {
        (path.parent.name, name, bool(family))
        for path in sorted(_LAMBDAS.glob("*/*.py"))
        for name, family in _METRIC.findall(path.read_text(encoding="utf-8"))
    }


def function_metrics() -> int:
    """How many custom metrics the functions can have: a name under each function's `service` dimension."""
    return sum(FAMILIES[function, name] if family else 1 for function, name, family in metric_names())


def drift_metrics() -> int:
    """The metrics of an hourly analysis: a distance for each feature and the prediction, and the violations."""
    return len(DRIFTING) + 2
