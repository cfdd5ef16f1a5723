"""The service SageMaker Metrics: points of the metrics of runs, as the SDK's `Run.log_metric` puts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from localaws import errors
from localaws.aws import Aws
from localaws.names import bare
from localaws.operations import METRICS, Named
from localaws.records import experiments
from localaws.records.experiments import COMPONENT
from localaws.refusals import members
from localaws.shapes import Document

_SECONDS = {"OneMinute": 60, "FiveMinute": 300, "OneHour": 3600}


@METRICS.operation(
    "BatchPutMetrics",
    on=(Named("TrialComponentName", COMPONENT.noun),),
    members=members("TrialComponentName MetricData"),
)
def batch_put_metrics(aws: Aws, request: Document) -> Document:
    """Keep points of a component's metrics."""
    name = request["TrialComponentName"]
    with aws.store.transaction():
        if experiments.find(aws, COMPONENT, name) is None:
            raise errors.validation(f"Trial Component '{name}' does not exist.")
        experiments.add_points(aws, name, [{**point, "Timestamp": _seconds(point)} for point in request["MetricData"]])
    return {}


def _seconds(point: Document) -> float:
    try:
        return float(point["Timestamp"])
    except ValueError:
        raise errors.validation(f"The Timestamp {point['Timestamp']!r} is no number of seconds.") from None


def _find_resources(_: Aws, request: Document) -> Iterator[str]:
    """The components whose metrics a request asks for."""
    yield from sorted({query["ResourceArn"] for query in request.get("MetricQueries", [])})


@METRICS.operation("BatchGetMetrics", on=(_find_resources,), members=members("MetricQueries"))
def batch_get_metrics(aws: Aws, request: Document) -> Document:
    """A statistic of metrics by time or by step."""
    return {"MetricQueryResults": [_answer(aws, query) for query in request["MetricQueries"]]}


def _answer(aws: Aws, query: Document) -> Document:
    by_step = query["XAxisType"] == "IterationNumber"
    empty: Document = {"XAxisValues": [], "MetricValues": []}
    if by_step != (query["Period"] == "IterationNumber"):
        words = "Period and XAxisType are both IterationNumber, or neither is."
        return {"Status": "ValidationError", "Message": words, **empty}
    component = experiments.find(aws, COMPONENT, query["ResourceArn"])
    if component is None or component["TrialComponentArn"] != query["ResourceArn"]:
        return {"Status": "ValidationError", "Message": f"{query['ResourceArn']} does not exist.", **empty}
    place: Callable[[Document], float | None] = (
        (lambda point: point.get("Step")) if by_step else (lambda point: _period(query, point))
    )
    groups: dict[float, list[float]] = {}
    for point in experiments.list_points(aws, bare(query["ResourceArn"]), query["MetricName"]):
        at = place(point)
        if at is not None and query.get("Start", at) <= at <= query.get("End", at):
            groups.setdefault(at, []).append(point["Value"])
    places = sorted(groups)
    values = [experiments.summarize(groups[at])[query["MetricStat"]] for at in places]
    return {"Status": "Complete", "XAxisValues": [int(at) for at in places], "MetricValues": values}


def _period(query: Document, point: Document) -> float:
    seconds = _SECONDS[query["Period"]]
    return float(point["Timestamp"] // seconds * seconds)
