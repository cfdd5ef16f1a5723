"""A network as MXNet's symbols describe it: operators with their attributes, each after what it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

VARIABLE = "null"
BATCH_NORM_STATISTICS = 3
"""The place among a BatchNorm's inputs from which on they are running statistics: data, gamma, beta, mean, variance."""


@dataclass(frozen=True)
class Node:
    """An operator, or a variable (operator `null`).

    `inputs` are places of earlier nodes, of which it reads the first output. `attributes` have MXNet's texts; one that
    is missing has MXNet's default, which the reader names.
    """

    operator: str
    name: str
    inputs: tuple[int, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_variable(self) -> bool:
        """Whether its value is given: the data, a parameter or a label."""
        return self.operator == VARIABLE

    def pair(self, name: str, default: int) -> tuple[int, int]:
        """Two whole numbers, such as those of "(3, 3)"."""
        numbers = re.findall(r"\d+", self.attributes.get(name, f"{default}, {default}"))
        return int(numbers[0]), int(numbers[1])

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes for True and 1, no for False and 0."""
        return self.attributes.get(name, str(default)) in ("True", "1")

    def number(self, name: str, default: float) -> float:
        """A number, such as "2e-05"."""
        return float(self.attributes.get(name, default))


@dataclass(frozen=True)
class Graph:
    """A network: its nodes, and in the place `output` the one that answers.

    `version` is MXNet's, as 10901 for 1.9.1; None where the file did not say.
    """

    nodes: tuple[Node, ...]
    output: int
    version: int | None = 10901

    @cached_property
    def statistics(self) -> frozenset[str]:
        """Names of the variables that are running statistics; an artifact has them as `aux:`, others as `arg:`."""
        norms = (node for node in self.nodes if node.operator == "BatchNorm")
        return frozenset(self.nodes[place].name for norm in norms for place in norm.inputs[BATCH_NORM_STATISTICS:])

    def get_key(self, name: str) -> str:
        """Name a variable as a file of parameters does."""
        return f"aux:{name}" if name in self.statistics else f"arg:{name}"
