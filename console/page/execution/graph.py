"""The graph of a pipeline definition: which step must come before which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.page.graph import Graph, build_graph
from console.progress.snapshot import flatten_steps


def parse_definition(definition: dict[str, Any]) -> Graph:
    """The graph of a pipeline's definition."""
    bodies = [body for body, _ in flatten_steps(definition["Steps"])]
    names = [body["Name"] for body in bodies]
    edges = {(before, body["Name"]) for body in bodies for before in _before(body) if before in names}
    edges |= {(body["Name"], inner["Name"]) for body in bodies for inner in _branches(body)}
    return build_graph(names, edges)


def _before(body: dict[str, Any]) -> set[str]:
    arguments = body.get("Arguments", {})
    if body["Type"] == "Condition":
        arguments = {"Conditions": arguments.get("Conditions", [])}
    return {*body.get("DependsOn", []), *_references(arguments)}


def _branches(body: dict[str, Any]) -> list[dict[str, Any]]:
    arguments = body.get("Arguments", {}) if body["Type"] == "Condition" else {}
    branches: list[dict[str, Any]] = [*arguments.get("IfSteps", []), *arguments.get("ElseSteps", [])]
    return branches


def _references(value: object) -> Iterator[str]:
    """The steps that a value is taken from: `{"Get": "Steps.TrainModel.ModelArtifacts"}`."""
    if isinstance(value, dict):
        path = value.get("Get")
        if isinstance(path, str) and path.startswith("Steps."):
            yield path.split(".")[1]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
