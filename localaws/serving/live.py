"""What is only in memory of the endpoints: the routers of those that serve, captures and metrics not yet written."""

from __future__ import annotations

from dataclasses import dataclass, field

from localaws.serving.captures import Captures
from localaws.serving.metrics import Metrics
from localaws.serving.router import Router


@dataclass(frozen=True)
class Live:
    """The endpoints that serve, by name."""

    routers: dict[str, Router] = field(default_factory=dict)
    captures: Captures = field(default_factory=Captures)
    metrics: Metrics = field(default_factory=Metrics)
