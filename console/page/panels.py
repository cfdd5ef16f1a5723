"""The panels of the page. A new one is a package with a `panel.py`, and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from console.page.classify.panel import ClassifyPanel
from console.page.comparison.panel import ComparisonPanel
from console.page.dataset import panel as dataset
from console.page.endpoint.panel import EndpointPanel
from console.page.execution import panel as execution
from console.page.files import Read
from console.page.monitoring import panel as monitoring
from console.page.new_run.panel import NewRunPanel
from console.page.overview.panel import OverviewPanel
from console.page.registry.panel import RegistryPanel
from console.page.runs.panel import RunsPanel
from console.page.version import card
from console.page.version import panel as version


@dataclass(frozen=True)
class Panel:
    """A panel: `build` is given the context and what the route holds, `files` are read for its own addresses."""

    route: str
    build: Callable[..., object]
    navigation: str = ""
    """Its title in the navigation; a panel without one is reached by links."""
    title: str = ""
    """What a tab and the way to it call it; names in braces are those of the route."""
    parent: str = ""
    """The route of the panel that it is below."""
    has_parts: bool = False
    """Whether a part of it has an address of its own, one name further."""
    files: Mapping[str, Read] = field(default_factory=dict)


PANELS = (
    Panel("/", OverviewPanel, "Overview", title="Overview"),
    Panel("/runs", RunsPanel, "Runs", title="Runs"),
    Panel(
        "/execution/{identifier}",
        execution.ExecutionPanel,
        title="Run {identifier}",
        parent="/runs",
        has_parts=True,
        files=execution.FILES,
    ),
    Panel("/new", NewRunPanel, title="New run", parent="/runs"),
    Panel("/compare", ComparisonPanel, title="Compare", parent="/runs"),
    Panel("/dataset", dataset.DatasetPanel, "Data", title="Data set"),
    Panel(
        "/dataset/{identifier}",
        dataset.DatasetPanel,
        title="Data set of run {identifier}",
        parent="/dataset",
        files=dataset.FILES,
    ),
    Panel("/registry", RegistryPanel, "Registry", title="Registry"),
    Panel(
        "/version/{number}",
        version.VersionPanel,
        title="Version {number}",
        parent="/registry",
        files=version.FILES,
    ),
    Panel(
        "/version/{number}/card",
        card.CardPanel,
        title="Model card",
        parent="/version/{number}",
        files=card.FILES,
    ),
    Panel("/endpoint", EndpointPanel, "Endpoint", title="Endpoint"),
    Panel("/classify", ClassifyPanel, "Classify", title="Classify"),
    Panel("/monitoring", monitoring.MonitoringPanel, "Monitoring", title="Monitoring", files=monitoring.FILES),
)
