"""The panels of the page. A new one is a package with a `panel.py`, and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from console.page.classify.panel import ClassifyPanel
from console.page.comparison.panel import ComparisonPanel
from console.page.endpoint.panel import EndpointPanel
from console.page.execution.panel import ExecutionPanel
from console.page.files import Read
from console.page.monitoring import panel as monitoring
from console.page.new_run.panel import NewRunPanel
from console.page.registry.panel import RegistryPanel
from console.page.runs.panel import RunsPanel
from console.page.version import panel as version


@dataclass(frozen=True)
class Panel:
    """A panel: `build` is given the context and what the route holds, `files` are read for its own addresses."""

    route: str
    build: Callable[..., object]
    navigation: str = ""
    """Its title in the navigation; a panel without one is reached by links."""
    files: Mapping[str, Read] = field(default_factory=dict)


PANELS = (
    Panel("/", RunsPanel),
    Panel("/runs", RunsPanel, "Runs"),
    Panel("/execution/{identifier}", ExecutionPanel),
    Panel("/new", NewRunPanel),
    Panel("/compare", ComparisonPanel),
    Panel("/registry", RegistryPanel, "Registry"),
    Panel("/version/{number}", version.VersionPanel, files=version.FILES),
    Panel("/endpoint", EndpointPanel, "Endpoint"),
    Panel("/classify", ClassifyPanel, "Classify"),
    Panel("/monitoring", monitoring.MonitoringPanel, "Monitoring", files=monitoring.FILES),
)
