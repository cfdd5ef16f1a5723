"""The algorithm's hyperparameters: names, ranges and joins, by version of the container and in its words.

https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html and, by version of the container,
src/sagemaker_xgboost_container/algorithm_mode/hyperparameter_validation.py of its public source.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from localaws.algorithms.errors import ClientError
from localaws.algorithms.rule import Rule
from localaws.algorithms.xgboost import rules
from localaws.algorithms.xgboost.metrics import WITH_THRESHOLD, list_metrics, list_objectives
from localaws.algorithms.xgboost.versions import is_at_least

REQUIRED = ("num_round",)
OBJECTIVE_METRIC = "_tuning_objective_metric"
ALIASES = {"learning_rate": "eta", "min_split_loss": "gamma", "reg_lambda": "lambda", "reg_alpha": "alpha"}
# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html; the public source has max_delta_step continuous.
TUNABLE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("alpha", "colsample_bylevel", "colsample_bynode", "colsample_bytree"), ("Continuous",)),
    **dict.fromkeys(("eta", "gamma", "lambda", "min_child_weight", "subsample"), ("Continuous",)),
    "max_delta_step": ("Integer", "Continuous"),
    **dict.fromkeys(("max_depth", "num_round"), ("Integer",)),
}
OBJECTIVES = {
    **dict.fromkeys(("binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson"), "1"),
    **dict.fromkeys(("multi:softmax", "multi:softprob", "rank:pairwise", "rank:ndcg", "rank:map"), "1"),
    **dict.fromkeys(("reg:linear", "reg:squarederror", "reg:logistic", "reg:gamma", "reg:tweedie"), "1"),
    "survival:cox": "1",
    "reg:squaredlogerror": "1.0-1",
    **dict.fromkeys(("reg:pseudohubererror", "survival:aft"), "1.2-1"),
    "reg:absoluteerror": "3.0-5",
}
_GROWERS = ("grow_colmaker", "distcol", "grow_histmaker", "grow_local_histmaker", "grow_quantile_histmaker")
_TREE_UPDATERS = (*_GROWERS, "grow_skmaker", "sync", "refresh", "prune")
_LINEAR_UPDATERS = ("shotgun", "coord_descent")
_TRUTH = ("true", "false")


@cache
def build_rules(version: str) -> dict[str, Rule]:
    """The hyperparameters of a version of the container."""
    found = {**_of_every_version(version), **_since_one_version(version)}
    if is_at_least(version, "1.2-1"):
        del found["silent"]
    return found


def _of_every_version(version: str) -> dict[str, Rule]:
    gpu = is_at_least(version, "1.2-1")
    share, opened = rules.number(0, 1), rules.number(0, 1, open_low=True)
    return {
        "num_round": rules.integer(1),
        "csv_weights": rules.integer(0, 1),
        "early_stopping_rounds": rules.integer(1),
        "booster": rules.choice("gbtree", "gblinear", "dart"),
        "silent": rules.integer(0, 1),
        "verbosity": rules.integer(0, 3),
        "nthread": rules.integer(1),
        "eta": share,
        **dict.fromkeys(("gamma", "min_child_weight", "max_delta_step", "lambda", "alpha"), rules.number()),
        "max_depth": rules.integer(),
        **dict.fromkeys(("subsample", "colsample_bytree", "colsample_bylevel", "colsample_bynode"), opened),
        "tree_method": rules.choice("auto", "exact", "approx", "hist", *(["gpu_hist"] if gpu else [])),
        "sketch_eps": rules.number(0, 1, open_low=True, open_high=True),
        "scale_pos_weight": rules.number(open_low=True),
        "updater": rules.words((*_TREE_UPDATERS, *_LINEAR_UPDATERS)),
        "dsplit": rules.choice("row", "col"),
        "refresh_leaf": rules.integer(0, 1),
        "process_type": rules.choice("default", "update"),
        "grow_policy": rules.choice("depthwise", "lossguide"),
        "max_leaves": rules.integer(),
        "max_bin": rules.integer(),
        "predictor": rules.choice(*(["auto", "cpu_predictor", "gpu_predictor"] if gpu else ["cpu_predictor"])),
        "sample_type": rules.choice("uniform", "weighted"),
        "normalize_type": rules.choice("tree", "forest"),
        "rate_drop": share,
        "one_drop": rules.integer(0, 1),
        "skip_drop": share,
        "lambda_bias": share,
        "tweedie_variance_power": rules.number(1, 2, open_low=True, open_high=True),
        "objective": rules.choice(*(name for name, since in OBJECTIVES.items() if is_at_least(version, since))),
        "num_class": rules.integer(2),
        "base_score": rules.number(),
        "eval_metric": rules.words(list_metrics(version), _has_threshold),
        "seed": rules.integer(-(2**31) + 1, 2**31 - 2),
        "num_parallel_tree": rules.integer(1),
        OBJECTIVE_METRIC: rules.choice(*list_objectives(version)),
    }


def _since_one_version(version: str) -> dict[str, Rule]:
    since = {
        "monotone_constraints": ("1.0-1", rules.signs()),
        "interaction_constraints": ("1.0-1", rules.groups()),
        "save_model_on_termination": ("1.0-1", rules.choice(*_TRUTH)),
        "aft_loss_distribution": ("1.2-1", rules.choice("normal", "logistic", "extreme")),
        "aft_loss_distribution_scale": ("1.2-1", rules.number()),
        "deterministic_histogram": ("1.2-1", rules.choice(*_TRUTH)),
        "_kfold": ("1.2-2", rules.integer(2)),
        "_num_cv_round": ("1.2-2", rules.integer(1)),
        "sampling_method": ("1.3-1", rules.choice("uniform", "gradient_based")),
        "prob_buffer_row": ("1.3-1", rules.integer(2)),
        "use_dask_gpu_training": ("1.7-1", rules.choice(*_TRUTH)),
    }
    found = {name: rule for name, (first, rule) in since.items() if is_at_least(version, first)}
    if is_at_least(version, "1.2-1") and not is_at_least(version, "1.7-1"):
        found["single_precision_histogram"] = rules.choice(*_TRUTH)
    return found


def read_hyperparameters(texts: Mapping[str, str], version: str) -> dict[str, object]:
    """Read the texts of ``hyperparameters.json``, by the names that XGBoost has.

    Raises ClientError for a name that is unknown or missing, a value out of its range, two that do not go together,
    and for what exists on AWS alone.
    """
    known = build_rules(version)
    given = {ALIASES.get(name, name): str(text).strip() for name, text in texts.items()}
    for name in REQUIRED:
        if name not in given:
            raise ClientError(f"Missing required hyperparameter: {name}")
    for name in given:
        if name not in known:
            raise ClientError(f"Extraneous hyperparameter found: {name}")
    values = {name: _read(name, text, known[name]) for name, text in given.items()}
    _check_joins(values)
    _check_emulated(values)
    return values


def _read(name: str, text: str, rule: Rule) -> object:
    try:
        return rule.read(text)
    except rules.OutOfRange as error:
        raise ClientError(f"Hyperparameter {name}: {error}") from None
    except ValueError:
        raise ClientError(f"Hyperparameter {name}: could not parse value (caused by ValueError)") from None


def _has_threshold(metric: str) -> bool:
    name, at, threshold = metric.partition("@")
    if not at:
        return False
    if name.strip() not in WITH_THRESHOLD:
        raise rules.OutOfRange(
            f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized threshold should be one of "
            f"these options: {', '.join(repr(each) for each in WITH_THRESHOLD)}."
        )
    try:
        float(threshold)
    except ValueError:
        raise rules.OutOfRange(f"Threshold value 't' in '{name}@t' expects float input.") from None
    return True


def _check_joins(values: Mapping[str, object]) -> None:
    objective = str(values.get("objective", ""))
    if objective in ("multi:softmax", "multi:softprob") and "num_class" not in values:
        raise ClientError("Require input for parameter 'num_class' for multi-classification")
    metrics = values.get("eval_metric", [])
    if isinstance(metrics, list) and "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise ClientError("Metric 'auc' can only be applied for classification and ranking problems.")
    if isinstance(metrics, list) and "aft-nloglik" in metrics and objective != "survival:aft":
        raise ClientError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")
    _check_constraints(values)
    if isinstance(values.get("updater"), list):
        _check_updaters(values)


def _check_constraints(values: Mapping[str, object]) -> None:
    method = values.get("tree_method")
    if "monotone_constraints" in values and method not in ("exact", "hist"):
        raise ClientError(
            "monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and method not in ("exact", "hist", "approx"):
        raise ClientError(
            "interaction_constraints can be used only when the tree_method parameter is set to either 'exact', 'hist' "
            "or 'approx'."
        )


def _check_updaters(values: Mapping[str, object]) -> None:
    given = values["updater"]
    named = list(given) if isinstance(given, list) else []
    if values.get("booster") == "gblinear":
        if len(named) != 1 or named[0] not in _LINEAR_UPDATERS:
            raise ClientError("Linear updater should be one of these options: 'shotgun', 'coord_descent'.")
    elif values.get("process_type") == "update":
        if not set(named) <= {"refresh", "prune"}:
            raise ClientError("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif not set(named) <= set(_TREE_UPDATERS):
        allowed = ", ".join(repr(each) for each in _TREE_UPDATERS)
        raise ClientError(f"Tree updater should be selected from these options: {allowed}.")
    elif len([name for name in named if name in _GROWERS]) > 1:
        allowed = ", ".join(repr(each) for each in _GROWERS)
        raise ClientError(f"Only one tree grow plugin can be selected. Choose one from the following: {allowed}.")


def _check_emulated(values: Mapping[str, object]) -> None:
    for name in ("_kfold", "_num_cv_round"):
        if name in values:
            raise ClientError(f"{name} asks for cross validation, which exists on AWS only: remove it.")
    on_gpu = {"tree_method": "gpu_hist", "predictor": "gpu_predictor", "use_dask_gpu_training": "true"}
    for name, value in on_gpu.items():
        if values.get(name) == value:
            raise ClientError(f"{name} is {value}, which needs a GPU, and none is used here: remove it, or use AWS.")
