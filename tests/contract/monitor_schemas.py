"""Model Monitor's files as AWS documents them, as JSON schemas that allow no other member.

Source: "Schema for Statistics", "Schema for Constraints" and "Schema for Violations" in the Amazon SageMaker Developer
Guide.
"""

from __future__ import annotations

from typing import Any

NUMBER: dict[str, Any] = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}


def exact(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    """An object with these members and no others, `custom_statistics` aside: AWS leaves room for that."""
    needed = [name for name in properties if name not in optional]
    members = {**properties, "custom_statistics": {"type": "object"}}
    return {"type": "object", "properties": members, "required": needed, "additionalProperties": False}


def several(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


COMMON = exact({"num_present": COUNT, "num_missing": COUNT})
BUCKET = exact({"lower_bound": NUMBER, "upper_bound": NUMBER, "count": NUMBER})
SKETCH = exact({"parameters": exact({"c": NUMBER, "k": NUMBER}), "data": several(several(NUMBER))})
MOMENTS = dict.fromkeys(("mean", "sum", "std_dev", "min", "max"), NUMBER)
KLL = exact({"kll": exact({"buckets": several(BUCKET), "sketch": SKETCH})})
CATEGORICAL = exact({"categorical": exact({"buckets": several(exact({"value": {"type": "string"}, "count": COUNT}))})})
NUMERICAL = exact({"common": COMMON, **MOMENTS, "distribution": KLL})
STRING = exact({"common": COMMON, "distinct_count": NUMBER, "distribution": CATEGORICAL})
NAME = {"type": "string", "minLength": 1}
STATISTICS = exact(
    {
        "version": {"const": 0},
        "dataset": exact({"item_count": COUNT}),
        "features": several(
            {
                "oneOf": [
                    exact(
                        {
                            "name": NAME,
                            "inferred_type": {"enum": ["Fractional", "Integral", "Unknown"]},
                            "numerical_statistics": NUMERICAL,
                        }
                    ),
                    exact(
                        {
                            "name": NAME,
                            "inferred_type": {"enum": ["String", "Unknown"]},
                            "string_statistics": STRING,
                        }
                    ),
                ]
            }
        ),
    }
)
SWITCH = {"enum": ["Enabled", "Disabled"]}
CONSTRAINTS = exact(
    {
        "version": {"const": 0},
        "features": several(
            exact(
                {
                    "name": NAME,
                    "inferred_type": {"enum": ["Integral", "Fractional", "String", "Unknown"]},
                    "completeness": {"type": "number", "minimum": 0, "maximum": 1},
                    "num_constraints": exact({"is_non_negative": {"type": "boolean"}}),
                    "string_constraints": exact({"domains": several({"type": "string"})}),
                    "monitoringConfigOverrides": {"type": "object"},
                },
                "num_constraints",
                "string_constraints",
                "monitoringConfigOverrides",
            )
        ),
        "monitoring_config": exact(
            {
                "evaluate_constraints": SWITCH,
                "emit_metrics": SWITCH,
                "datatype_check_threshold": NUMBER,
                "domain_content_threshold": NUMBER,
                "distribution_constraints": exact(
                    {
                        "perform_comparison": SWITCH,
                        "comparison_threshold": NUMBER,
                        "comparison_method": {"enum": ["Simple", "Robust"]},
                        "categorical_comparison_threshold": NUMBER,
                        "categorical_drift_method": {"enum": ["LInfinity", "ChiSquared"]},
                    }
                ),
            }
        ),
    }
)
CHECKS = [
    "data_type_check",
    "completeness_check",
    "baseline_drift_check",
    "missing_column_check",
    "extra_column_check",
    "categorical_values_check",
]
VIOLATIONS = exact(
    {
        "violations": several(
            exact({"feature_name": NAME, "constraint_check_type": {"enum": CHECKS}, "description": NAME})
        )
    }
)
