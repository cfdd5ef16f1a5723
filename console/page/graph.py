"""A graph of named nodes: the row of each, and the edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Edge = tuple[str, str]


@dataclass(frozen=True)
class Graph:
    """Names by row from the top, and the edges between them."""

    rows: tuple[tuple[str, ...], ...]
    edges: tuple[Edge, ...]


def build_graph(names: list[str], edges: Iterable[Edge]) -> Graph:
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
