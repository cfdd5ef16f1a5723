"""The metrics that the container can compute, which way each is better, and how its log lines state them.

Names and directions: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html and, by version of the
container, src/sagemaker_xgboost_container/constants/xgb_constants.py of its public source.
"""

from __future__ import annotations

from localaws.algorithms.xgboost.versions import is_at_least

# The first version that has a metric.
MAXIMIZED = {
    **dict.fromkeys(("accuracy", "auc", "aucpr", "f1", "map", "ndcg"), "1"),
    "r2": "1.2-1",
    **dict.fromkeys(("f1_binary", "f1_macro"), "1.2-2"),
    **dict.fromkeys(("balanced_accuracy", "precision", "precision_macro", "precision_micro"), "1.3-1"),
    **dict.fromkeys(("recall", "recall_macro", "recall_micro"), "1.3-1"),
}
MINIMIZED = {
    **dict.fromkeys(("cox-nloglik", "error", "gamma-deviance", "gamma-nloglik", "logloss", "mae", "merror"), "1"),
    **dict.fromkeys(("mlogloss", "mse", "poisson-nloglik", "rmse", "tweedie-nloglik"), "1"),
    "rmsle": "1.0-1",
    **dict.fromkeys(("aft-nloglik", "interval-regression-accuracy", "mphe"), "1.2-1"),
    "mape": "1.3-1",
}
CHANNELS = ("train", "validation")
# What CloudWatch shows for the tabulator before each value.
TAB = "#011"
_NUMBER = r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?"
# Of these, `name@threshold` is a metric as well.
WITH_THRESHOLD = ("error", "ndcg", "map")


def list_metrics(version: str) -> list[str]:
    """The metrics that `eval_metric` may name in a version of the container."""
    return sorted(name for name, since in {**MAXIMIZED, **MINIMIZED}.items() if is_at_least(version, since))


def list_objectives(version: str) -> dict[str, str]:
    """What a tuning job may optimize: each metric of the validation channel, with its direction."""
    return {f"validation:{name}": "Maximize" if name in MAXIMIZED else "Minimize" for name in list_metrics(version)}


def list_definitions(version: str) -> list[dict[str, str]]:
    """The metric definitions that the algorithm brings: of each channel, each metric."""
    return [
        {"Name": f"{channel}:{name}", "Regex": rf"\[[0-9]+\].*{TAB}{channel}-{name}:({_NUMBER})"}
        for name in list_metrics(version)
        for channel in CHANNELS
    ]


def format_line(iteration: int, values: dict[str, dict[str, float]]) -> str:
    """The log line of a boosting round; `values` has each channel's metrics."""
    parts = [f"{channel}-{name}:{value:.5f}" for channel, found in values.items() for name, value in found.items()]
    return f"[{iteration}]" + "".join(TAB + part for part in parts)
