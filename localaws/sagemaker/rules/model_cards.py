"""The card of a model package: its schema, what a card that changes keeps, and what is told without its key.

The schema is AWS's, with AWS's own slips: `maxContains` beside no `contains` bounds nothing, and neither do patterns
that no end holds. https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localaws import errors
from localaws.refusals import rule
from localaws.shapes import Document

Schema = dict[str, Any]


def _text(longest: int) -> Schema:
    return {"type": "string", "maxLength": longest}


def _pattern(longest: int) -> Schema:
    return {"type": "string", "pattern": f".{{1,{longest}}}"}


def _many(item: Schema, **bounds: int) -> Schema:
    return {"type": "array", "items": item, **bounds}


def _object(properties: Mapping[str, Schema], *required: str) -> Schema:
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "additionalProperties": False, "properties": dict(properties), **needed}


_AXIS = _text(63)
_AXES = _many(_AXIS)
_NUMBERS = {"type": "number"}


def _metric(kinds: tuple[str, ...], value: Schema, x: Schema, y: Schema) -> Schema:
    properties = {
        "name": _pattern(255),
        "notes": _text(1024),
        "type": {"type": "string", "enum": list(kinds)},
        "value": value,
        "x_axis_name": x,
        "y_axis_name": y,
    }
    return _object(properties, "name", "type", "value")


_SIMPLE = {"anyOf": [_NUMBERS, _text(63), {"type": "boolean"}]}
_POINTS = _many(_many(_NUMBERS, minItems=2, maxItems=2), minItems=1)
_ROWS = _many(_many(_NUMBERS, minItems=1, maxItems=20), minItems=1, maxItems=20)
_METRICS = {
    "anyOf": [
        _metric(("number", "string", "boolean"), _SIMPLE, _AXIS, _AXIS),
        _metric(("linear_graph",), _POINTS, _AXIS, _AXIS),
        _metric(("bar_chart",), _many(_NUMBERS, minItems=1), _AXES, _AXIS),
        _metric(("matrix",), _ROWS, _AXES, _AXES),
    ]
}
_TRAINING_METRIC = _object({"name": _pattern(255), "notes": _text(1024), "value": _NUMBERS}, "name", "value")
_HYPERPARAMETER = _object({"name": _pattern(255), "value": _pattern(255)}, "name", "value")
_RATINGS = {"type": "string", "enum": ["High", "Medium", "Low", "Unknown"]}
_GROUP = {
    "type": "object",
    "required": ["name", "metric_data"],
    "properties": {"name": _pattern(63), "metric_data": _many(_METRICS)},
}
_TRAINING_JOB = {
    "training_arn": _text(1024),
    "training_datasets": _many(_text(1024)),
    "training_environment": _object({"container_image": _many(_text(1024))}),
    "training_metrics": _many(_TRAINING_METRIC),
    "user_provided_training_metrics": _many(_TRAINING_METRIC),
    "hyper_parameters": _many(_HYPERPARAMETER),
    "user_provided_hyper_parameters": _many(_HYPERPARAMETER),
}
_EVALUATION = {
    "name": _pattern(63),
    "evaluation_observation": _text(2096),
    "evaluation_job_arn": _text(256),
    "datasets": _many(_text(1024), maxItems=10),
    "metadata": {"type": "object", "additionalProperties": _text(1024)},
    "metric_groups": _many(_GROUP),
}
SCHEMA: Schema = _object(
    {
        "model_overview": _object({"model_creator": _text(1024), "model_artifact": _many(_text(1024))}),
        "intended_uses": _object(
            {
                "purpose_of_model": _text(2048),
                "intended_uses": _text(2048),
                "factors_affecting_model_efficiency": _text(2048),
                "risk_rating": _RATINGS,
                "explanations_for_risk_rating": _text(2048),
            }
        ),
        "business_details": _object(
            dict.fromkeys(("business_problem", "business_stakeholders", "line_of_business"), _text(2048))
        ),
        "training_details": _object(
            {
                "objective_function": {},  # AWS's has no "properties", and so bounds nothing
                "training_observations": _text(1024),
                "training_job_details": _object(_TRAINING_JOB),
            }
        ),
        "evaluation_details": _many(_object(_EVALUATION, "name")),
        "additional_information": _object(
            {
                "ethical_considerations": _text(2048),
                "caveats_and_recommendations": _text(2048),
                "custom_details": {"type": "object", "additionalProperties": _text(1024)},
            }
        ),
    }
)
_OPEN = {"intended_uses": ("risk_rating",)}
"""What MetadataOnly leaves of a package's card; the other fields that it names are of cards with a name."""


@rule(
    "A model card keeps to the schema of a model package's card",
    "https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema",
    likely=True,
)
def follows_schema(request: Document) -> str | None:
    """AWS's sentence where the card's content is no JSON, or no card."""
    content = request.get("ModelCard", {}).get("ModelCardContent")
    if content is None:
        return None
    try:
        card = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return "The model card content is not valid JSON."
    found = find_violation(card)
    return f"The model card content does not follow the model card schema: {found}" if found else None


def find_violation(card: object) -> str | None:
    """Where and why a card breaks the schema; of several breaches the one that says most."""
    from jsonschema import Draft7Validator  # noqa: PLC0415 - a fifth of a second, which few requests need
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    error = best_match(Draft7Validator(SCHEMA).iter_errors(card))
    return f"{error.json_path}: {error.message}" if error else None


def change_card(former: Document | None, asked: Document) -> Document:
    """A card as it is after a request, which may have its content or its status alone.

    botocore's ModelPackageModelCard.ModelCardStatus has AWS's words for a card that is archived. That both members are
    described, also of a card that was given one, is what the SDK's `ModelPackage.update_model_card` counts on.
    """
    if former and former["ModelCardStatus"] == "Archived" and "ModelCardContent" in asked:
        raise errors.validation("Model Card is in Archived state.")
    return {"ModelCardContent": "{}", "ModelCardStatus": "Draft", **(former or {}), **asked}


def redact_card(card: Document) -> Document:
    """A card as IncludedData=MetadataOnly describes it; see botocore's DescribeModelPackageInput.IncludedData."""
    content = json.loads(card["ModelCardContent"])
    kept = {
        part: {name: content[part][name] for name in names if name in content[part]}
        for part, names in _OPEN.items()
        if part in content
    }
    return card | {"ModelCardContent": json.dumps({part: found for part, found in kept.items() if found})}


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
