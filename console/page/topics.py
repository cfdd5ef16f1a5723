"""What can be followed, and how often AWS is asked for it."""

from __future__ import annotations

from console.page.context import Context
from console.page.data import drift as drift_data
from console.page.data import endpoint as endpoint_data
from console.page.data import execution as execution_data
from console.page.data import executions, inference, metrics, registry
from console.page.data import review as review_data
from console.page.data import step as steps
from console.page.data import traffic as traffic_data
from console.page.data.graph import Graph
from console.page.poller import Topic
from console.progress.snapshot import ENDED, StepView

# A row's details are fetched a few at a time: the next ones soon after.
_FILLING = 0.3
_LIST = 4.0
_LIVE = 2.5
_RESTING = 20.0
_QUICK = 0.4
_SETTLED_STEP = ("Succeeded", "Failed", "Stopped")


def execution_list(context: Context, token: str | None = None) -> Topic[executions.Page]:
    """A page of the list of executions."""

    def seconds(page: executions.Page) -> float:
        if not page.complete:
            return _FILLING
        return _LIST if token is None or page.busy else _RESTING

    return Topic(("executions", token), lambda: executions.read_page(context.source, token), seconds)


def execution(context: Context, identifier: str) -> Topic[execution_data.Execution]:
    """One execution; one that has ended can still be retried."""
    return Topic(
        ("execution", identifier),
        lambda: execution_data.read(context.source, context.tails, identifier),
        lambda read: _RESTING if read.snapshot.status in ENDED else _LIVE,
    )


def step(context: Context, identifier: str, view: StepView) -> Topic[steps.Step]:
    """What a step was given and has made; its attempt is part of the key, and so is whether it has ended."""
    settled = view.status in _SETTLED_STEP
    return Topic(
        ("step", identifier, view.name, str(view.metadata), settled),
        lambda: steps.read(context.source, view),
        lambda _: 60.0 if settled else 5.0,
    )


def log(context: Context, identifier: str, view: StepView) -> Topic[tuple[str, ...]]:
    """The last lines of a step's log."""
    settled = view.status in _SETTLED_STEP
    return Topic(
        ("log", identifier, view.name, str(view.metadata), settled),
        lambda: tuple(context.tails.lines(context.source.client("logs"), view.metadata)),
        lambda _: _RESTING if settled else _LIVE,
    )


def measured(context: Context, read: execution_data.Execution) -> Topic[dict[str, float]]:
    """How well an execution's model does."""
    ended = read.snapshot.status in ENDED
    return Topic(
        ("metrics", read.snapshot.arn, ended),
        lambda: metrics.read(context.source, read),
        lambda _: 120.0 if ended else 10.0,
    )


def versions(context: Context, token: str | None = None) -> Topic[registry.Page]:
    """A page of the registry."""
    return Topic(("versions", token), lambda: registry.read_page(context.source, token), lambda _: 5.0)


def version(context: Context, number: int) -> Topic[registry.Version]:
    """One version."""
    return Topic(("version", number), lambda: registry.read(context.source, number), lambda _: 5.0)


def version_metrics(context: Context, number: int) -> Topic[dict[str, float]]:
    """The metrics of a version, which do not change."""
    source = context.source
    return Topic(
        ("version metrics", number), lambda: registry.numbers(source, registry.read(source, number)), lambda _: 300.0
    )


def endpoint(context: Context) -> Topic[tuple[endpoint_data.State] | tuple[()]]:
    """The endpoint, in a tuple that is empty where there is none."""

    def read() -> tuple[endpoint_data.State] | tuple[()]:
        found = endpoint_data.read(context.source)
        return (found,) if found else ()

    def seconds(found: tuple[endpoint_data.State] | tuple[()]) -> float:
        return _LIVE if found and found[0].status not in ("InService", "Failed") else 6.0

    return Topic(("endpoint",), read, seconds)


def traffic(context: Context) -> Topic[traffic_data.Traffic]:
    """The endpoint's figures, which CloudWatch renews once a minute."""
    return Topic(("traffic",), lambda: traffic_data.read(context.source), lambda _: 15.0)


def changes(context: Context) -> Topic[tuple[endpoint_data.Change, ...]]:
    """What happened to the endpoint."""
    return Topic(("endpoint", "changes"), lambda: endpoint_data.changes(context.source), lambda _: 15.0)


def workflow_graph(context: Context) -> Topic[Graph]:
    """The inference workflow's states."""
    return Topic(("workflow",), lambda: inference.graph(context.source), lambda graph: 60.0 if graph.rows else 5.0)


def run(context: Context, arn: str) -> Topic[inference.Path]:
    """One run of the inference workflow."""
    return Topic(
        ("run", arn),
        lambda: inference.read(context.source, arn),
        lambda path: _QUICK if path.status == "RUNNING" else 60.0,
    )


def drift(context: Context) -> Topic[tuple[drift_data.Drift] | tuple[()]]:
    """The monitoring schedule and its runs, in a tuple that is empty where nothing is monitored."""

    def read() -> tuple[drift_data.Drift] | tuple[()]:
        found = drift_data.read(context.source)
        return (found,) if found else ()

    return Topic(("drift",), read, lambda _: 10.0)


def review(context: Context) -> Topic[review_data.Queue]:
    """The pictures that wait for a person."""
    return Topic(("review",), lambda: review_data.read(context.source), lambda _: 8.0)
