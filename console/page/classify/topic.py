"""What the panel Classify follows: the workflow's graph, and one execution of it."""

from __future__ import annotations

from console.page.classify import reader
from console.page.classify.reader import Execution
from console.page.context import Context
from console.page.graph import Graph
from console.page.poller import Topic


def workflow_graph(context: Context) -> Topic[Graph]:
    """The inference workflow's states."""
    return Topic(("workflow",), lambda: reader.fetch_graph(context.source), lambda graph: 60.0 if graph.rows else 5.0)


def execution(context: Context, arn: str) -> Topic[Execution]:
    """One execution of the inference workflow."""
    return Topic(
        ("workflow execution", arn),
        lambda: reader.fetch_execution(context.source, arn),
        lambda found: 0.4 if found.status == "RUNNING" else 60.0,
    )
