"""The order of a pipeline's steps as a graph: what must come before what, and where each is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from console.progress.snapshot import in_order

Edge = tuple[str, str]


@dataclass(frozen=True)
class Graph:
    """Names by row from the top, and the edges between them."""

    rows: tuple[tuple[str, ...], ...]
    edges: tuple[Edge, ...]


def of_definition(definition: dict[str, Any]) -> Graph:
    """The graph of a pipeline's definition."""
    bodies = [body for body, _ in in_order(definition["Steps"])]
    names = [body["Name"] for body in bodies]
    edges = {(before, body["Name"]) for body in bodies for before in _before(body) if before in names}
    edges |= {(body["Name"], inner["Name"]) for body in bodies for inner in _branches(body)}
    return arrange(names, edges)


def arrange(names: list[str], edges: Iterable[Edge]) -> Graph:
    """Put each name a row below the lowest of those before it; edges that a longer way makes needless are left out."""
    edges = [edge for edge in edges if edge[0] != edge[1]]
    depth = dict.fromkeys(names, 0)
    # As many rounds as there are names settle every depth; a circle, which AWS refuses, ends as well.
    for _ in names:
        for before, after in edges:
            depth[after] = min(max(depth[after], depth[before] + 1), len(names) - 1)
    rows = [tuple(name for name in names if depth[name] == row) for row in range(len(names))]
    return Graph(tuple(row for row in rows if row), tuple(sorted(_reduced(edges))))


def _reduced(edges: list[Edge]) -> Iterator[Edge]:
    after: dict[str, set[str]] = {}
    for start, end in edges:
        after.setdefault(start, set()).add(end)
    for start, end in set(edges):
        others = after[start] - {end}
        if not any(end in _reachable(other, after) for other in others):
            yield start, end


def _reachable(start: str, after: dict[str, set[str]]) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        for name in after.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found


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
