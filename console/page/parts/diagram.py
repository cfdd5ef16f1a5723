"""A graph drawn with boxes and lines: the steps of an execution, or the states of a workflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui.element import Element

from console.page.graph import Graph
from console.page.parts.elements import Badge, Clock, box, find_level, text

_WIDTH, _HEIGHT, _GAP, _DROP = 158, 74, 12, 34


@dataclass(frozen=True)
class NodeState:
    """What a box shows: its state, and a caption that may change with time."""

    state: str
    caption: Callable[[], str] = str
    reached: bool = True


class Diagram:
    """Boxes in rows from the top, links where there is an `address` for a name. They keep their places; `show` updates
    them."""

    def __init__(
        self, graph: Graph, states: Mapping[str, NodeState], clock: Clock, address: Callable[[str], str] | None
    ) -> None:
        self._graph = graph
        widest = max((len(row) for row in graph.rows), default=1)
        self._width = widest * (_WIDTH + _GAP) - _GAP
        height = len(graph.rows) * (_HEIGHT + _DROP) - _DROP
        # A box that scrolls must be reachable by keyboard.
        outer = box("scrolls").props("tabindex=0 role=region")
        outer.props["aria-label"] = "Graph"
        with outer, box("graph").style(f"max-width: {self._width}px; height: {max(height, 0)}px"):
            self._lines = dict(self._draw_lines(height))
            self._nodes = {
                name: _Node(name, self._position(name), states[name], clock, address)
                for row in graph.rows
                for name in row
            }
        self.show(states)

    def show(self, states: Mapping[str, NodeState], chosen: str | None = None) -> None:
        for name, node in self._nodes.items():
            node.show(states[name], name == chosen)
        for (start, end), line in self._lines.items():
            taken = states[start].reached and states[end].reached
            line.classes(add="taken") if taken else line.classes(remove="taken")

    def _place(self, name: str) -> tuple[float, float]:
        row = next(index for index, names in enumerate(self._graph.rows) if name in names)
        names = self._graph.rows[row]
        left = (self._width - len(names) * (_WIDTH + _GAP) + _GAP) / 2
        return left + names.index(name) * (_WIDTH + _GAP), row * (_HEIGHT + _DROP)

    def _position(self, name: str) -> str:
        """A box's place as CSS: across in parts of the graph's width, which shrinks with the window."""
        left, top = self._place(name)
        across = f"left: {left / self._width:.4%}; width: {_WIDTH / self._width:.4%}"
        return f"{across}; top: {top}px; height: {_HEIGHT}px"

    def _draw_lines(self, height: float) -> list[tuple[tuple[str, str], Element]]:
        drawing = Element("svg")
        drawing.props(f"width=100% height={max(height, 0)} preserveAspectRatio=none aria-hidden=true")
        drawing.props["viewBox"] = f"0 0 {self._width} {max(height, 1)}"
        lines = []
        with drawing:
            for start, end in self._graph.edges:
                line = Element("path")
                line.props["d"] = self._curve(start, end)
                lines.append(((start, end), line))
        return lines

    def _curve(self, start: str, end: str) -> str:
        (left, top), (right, bottom) = self._place(start), self._place(end)
        from_x, from_y, to_x = left + _WIDTH / 2, top + _HEIGHT, right + _WIDTH / 2
        middle = (from_y + bottom) / 2
        return f"M {from_x} {from_y} C {from_x} {middle}, {to_x} {middle}, {to_x} {bottom}"


class _Node:
    def __init__(
        self,
        name: str,
        position: str,
        state: NodeState,
        clock: Clock,
        address: Callable[[str], str] | None,
    ) -> None:
        self._shown = state
        self._box = box(tag="a" if address else "div")
        self._box.style(position)
        if address:
            self._box.props["href"] = address(name)
        with self._box:
            text(name, "name")
            self._badge = Badge(state.state)
            clock.show(self._caption, "caption")

    def show(self, state: NodeState, chosen: bool) -> None:
        self._shown = state
        self._badge.show(state.state)
        self._box.classes(replace=f"node {find_level(state.state)}{' chosen' if chosen else ''}")
        if self._box.tag == "a":
            self._box.props["aria-current"] = "step" if chosen else "false"

    def _caption(self) -> str:
        return self._shown.caption()
