"""A version's model card, as people read it: by sections, of whoever has written it.

AWS keeps it as text in a form of its own:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[str, str, str]


@dataclass(frozen=True)
class Figures:
    """Metrics under a heading: a name, a value and what is said of it; tables and curves have no place in a row."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """A heading, what is said below it, names with values, and figures."""

    title: str
    words: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    figures: tuple[Figures, ...] = ()


@dataclass(frozen=True)
class Card:
    """A card's sections, what a person asks first before the rest, and AWS's status of it."""

    status: str
    sections: tuple[Section, ...]
    content: Mapping[str, Any]


def parse_card(package: Mapping[str, Any]) -> Card | None:
    """The card of a version as SageMaker describes it; None where it has none."""
    found = package.get("ModelCard", {})
    try:
        content = json.loads(found.get("ModelCardContent", ""))
    except ValueError:
        return None
    if not isinstance(content, dict) or not content:
        return None
    sections = (*_uses(content), *_limits(content), *_results(content), *_training(content), *_more(content))
    return Card(found.get("ModelCardStatus", ""), sections, content)


def _uses(content: Mapping[str, Any]) -> Iterable[Section]:
    uses = content.get("intended_uses", {})
    business = content.get("business_details", {})
    words = _texts(uses, "purpose_of_model", "intended_uses") + _texts(business, "business_problem")
    facts = [
        ("what it depends on", uses.get("factors_affecting_model_efficiency", "")),
        ("risk rating", " · ".join(_texts(uses, "risk_rating", "explanations_for_risk_rating"))),
        ("for whom", ", ".join(_texts(business, "business_stakeholders", "line_of_business"))),
    ]
    yield from _section("Intended use", words, facts)


def _limits(content: Mapping[str, Any]) -> Iterable[Section]:
    more = content.get("additional_information", {})
    yield from _section("Limits", _texts(more, "caveats_and_recommendations", "ethical_considerations"))


def _results(content: Mapping[str, Any]) -> Iterable[Section]:
    for each in content.get("evaluation_details", []):
        facts = [*each.get("metadata", {}).items(), ("data", ", ".join(each.get("datasets", [])))]
        facts.append(("evaluated by", each.get("evaluation_job_arn", "").rpartition("/")[2]))
        groups = each.get("metric_groups", [])
        found = [Figures(group["name"], _rows(group["metric_data"])) for group in groups]
        figures = [one for one in found if one.rows]
        yield from _section(each["name"], _texts(each, "evaluation_observation"), facts, figures)


def _training(content: Mapping[str, Any]) -> Iterable[Section]:
    training = content.get("training_details", {})
    job, goal = training.get("training_job_details", {}), training.get("objective_function", {})
    metrics = [*job.get("training_metrics", []), *job.get("user_provided_training_metrics", [])]
    given = [*job.get("hyper_parameters", []), *job.get("user_provided_hyper_parameters", [])]
    facts = [
        ("training data", ", ".join(job.get("training_datasets", []))),
        ("training job", job.get("training_arn", "").rpartition("/")[2]),
        ("container image", ", ".join(job.get("training_environment", {}).get("container_image", []))),
    ]
    figures = [
        Figures("Metrics", tuple((one["name"], _number(one["value"]), one.get("notes", "")) for one in metrics)),
        Figures("Hyperparameters", tuple((one["name"], one["value"], "") for one in given)),
    ]
    words = [*_texts(training, "training_observations"), *_texts(goal, "notes")]
    yield from _section("Training", words, facts, [one for one in figures if one.rows])


def _more(content: Mapping[str, Any]) -> Iterable[Section]:
    overview, more = content.get("model_overview", {}), content.get("additional_information", {})
    facts = [
        ("made by", overview.get("model_creator", "")),
        ("artifact", ", ".join(overview.get("model_artifact", []))),
        *((name.replace("_", " "), value) for name, value in more.get("custom_details", {}).items()),
    ]
    yield from _section("Origin", (), facts)


def _section(
    title: str,
    words: Iterable[str],
    facts: Iterable[tuple[str, str]] = (),
    figures: Sequence[Figures] = (),
) -> Iterable[Section]:
    told, known = tuple(words), tuple((name, value) for name, value in facts if value)
    if told or known or figures:
        yield Section(title, told, known, tuple(figures))


def _texts(part: Mapping[str, Any], *names: str) -> list[str]:
    return [part[name] for name in names if part.get(name)]


def _rows(metrics: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
    drawn = [one for one in metrics if one["type"] in ("number", "string", "boolean")]
    tables = [one for one in metrics if one["type"] == "matrix"]
    return (
        *((one["name"], _number(one["value"]), one.get("notes", "")) for one in drawn),
        *((one["name"], _tell_matrix(one), one.get("notes", "")) for one in tables),
    )


def _tell_matrix(metric: Mapping[str, Any]) -> str:
    """`bicycle 90, 10; motorcycle 5, 95`."""
    names = metric.get("y_axis_name") or [""] * len(metric["value"])
    lines = zip(names, metric["value"], strict=False)
    return "; ".join(f"{name} {', '.join(_number(one) for one in row)}".strip() for name, row in lines)


def _number(value: float | str) -> str:
    if isinstance(value, bool | str):
        return str(value).lower() if isinstance(value, bool) else value
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
