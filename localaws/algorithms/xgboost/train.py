"""The ``train`` command of the container: configuration and channels in, an artifact or a failure out."""

from __future__ import annotations

import json
import logging
import os
import signal
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import xgboost

from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError, write_failure
from localaws.algorithms.xgboost import custom_metrics
from localaws.algorithms.xgboost.artifact import NAME, write_artifact
from localaws.algorithms.xgboost.channels import read_channels
from localaws.algorithms.xgboost.hyperparameters import OBJECTIVE_METRIC, read_hyperparameters
from localaws.algorithms.xgboost.log import set_up_log, strip_places
from localaws.algorithms.xgboost.matrices import read_matrix
from localaws.algorithms.xgboost.metrics import MAXIMIZED
from localaws.algorithms.xgboost.rounds import Checkpoints, ModelSoFar, Report
from localaws.algorithms.xgboost.versions import has_old_defaults

# What XGBoost says of data that do not fit the objective: the user's mistakes, and no faults of the algorithm.
_MISTAKES = (
    "label must be in",
    "Target is multiclass but average='binary'",
    "feature_names mismatch",
    "base_score must be in (0,1)",
    "label must be nonnegative",
    "should be greater equal to",
    "Number of columns in data must equal",
    "Label set is empty",
)
# Of the container alone, and none of XGBoost's parameters.
_OWN = (
    "num_round",
    "csv_weights",
    "early_stopping_rounds",
    "save_model_on_termination",
    "use_dask_gpu_training",
    "eval_metric",
    OBJECTIVE_METRIC,
)
_MOST_ROWS_BY_EXACT = 1 << 22
_OPT_ML = "/opt/ml"


@dataclass(frozen=True)
class Metrics:
    """What is computed after each round: by XGBoost, by the container, and which of them training stops early by."""

    own: tuple[str, ...]
    added: tuple[str, ...]
    stops_by: str | None


def main(version: str) -> int:
    """Train as a version of the container does. Returns 0, or 1 with the reason in ``output/failure``."""
    set_up_log()
    warnings.showwarning = _log_warning
    container = Container.from_environment()
    try:
        _train(container, version)
    except Exception as error:
        logging.error("%s", write_failure(container, error))
        if not isinstance(error, ClientError):
            raise
        return 1
    return 0


def _train(container: Container, version: str) -> None:
    logging.info("Running XGBoost Sagemaker in algorithm mode")
    _check_hosts(container)
    settings = read_hyperparameters(json.loads(container.hyperparameters.read_text(encoding="utf-8")), version)
    channels = read_channels(container)
    weights = settings.get("csv_weights") == 1
    matrices = {"train": read_matrix(channels.train, channels.kind, weights=weights)}
    if channels.validation:
        matrices["validation"] = read_matrix(channels.validation, channels.kind, weights=weights)
    logging.info("Single node training.")
    logging.info("Train matrix has %d rows and %d columns", matrices["train"].num_row(), matrices["train"].num_col())
    if channels.validation:
        logging.info("Validation matrix has %d rows", matrices["validation"].num_row())
    write_artifact(_boost(container, settings, matrices, version), container.model, version)


def _check_hosts(container: Container) -> None:
    hosts = json.loads(container.resource_config.read_text(encoding="utf-8")).get("hosts", [])
    if len(hosts) > 1:
        raise ClientError(
            f"{len(hosts)} instances were asked for, and the local AWS trains XGBoost on one: set InstanceCount to 1."
        )


def _boost(
    container: Container, settings: Mapping[str, object], matrices: Mapping[str, xgboost.DMatrix], version: str
) -> xgboost.Booster:
    metrics = _choose_metrics(settings)
    parameters = _build_parameters(settings, metrics, matrices["train"].num_row(), version)
    kept = _find_checkpoints(container)
    callbacks, done = _build_callbacks(container, kept, settings, metrics, "validation" in matrices)
    objective = str(settings.get("objective", "reg:squarederror"))
    try:
        return xgboost.train(
            parameters,
            matrices["train"],
            num_boost_round=int(str(settings["num_round"])) - done,
            evals=[(matrix, name) for name, matrix in matrices.items()],
            custom_metric=custom_metrics.build_metric(metrics.added, objective) if metrics.added else None,
            callbacks=callbacks,
            xgb_model=bytearray(kept.latest.read_bytes()) if kept and kept.latest else None,
            verbose_eval=False,
        )
    except (xgboost.core.XGBoostError, ValueError) as error:
        said = strip_places(error)
        if any(mistake in said for mistake in _MISTAKES):
            raise ClientError(said) from error
        raise RuntimeError(f"XGB train call failed with exception:\n {said}") from error


def _find_checkpoints(container: Container) -> Checkpoints | None:
    """The checkpoints of a job that has a place for them: CheckpointConfig's LocalPath, a folder below /opt/ml."""
    if not container.checkpoint_config.is_file():
        return None
    place = json.loads(container.checkpoint_config.read_text(encoding="utf-8")).get("LocalPath", "")
    directory = container.root / Path(place).relative_to(_OPT_ML) if place.startswith(f"{_OPT_ML}/") else Path(place)
    directory.mkdir(parents=True, exist_ok=True)
    return Checkpoints(directory)


def _build_callbacks(
    container: Container,
    kept: Checkpoints | None,
    settings: Mapping[str, object],
    metrics: Metrics,
    is_validated: bool,
) -> tuple[list[xgboost.callback.TrainingCallback], int]:
    """What runs after each round, and how many rounds a checkpoint has done already."""
    found: list[xgboost.callback.TrainingCallback] = []
    done = 0
    if kept:
        done = kept.rounds_done
        if kept.latest:
            logging.info("Checkpoint loaded from %s", kept.latest)
            logging.info("Resuming from iteration %d", done)
        found.append(kept)
    found.insert(0, Report(done))
    if settings.get("save_model_on_termination") == "true":
        container.model.mkdir(parents=True, exist_ok=True)
        found.append(ModelSoFar(container.model / NAME))
        signal.signal(signal.SIGTERM, lambda _signal, _frame: os._exit(0))
    rounds = settings.get("early_stopping_rounds")
    if rounds and metrics.stops_by and is_validated:
        found.append(
            xgboost.callback.EarlyStopping(
                rounds=int(str(rounds)),
                data_name="validation",
                metric_name=metrics.stops_by,
                maximize=metrics.stops_by.partition("@")[0] in MAXIMIZED,
                save_best=True,
            )
        )
    elif rounds:
        logging.warning(
            "early_stopping_rounds does nothing without a validation channel and an eval_metric: all rounds are done"
        )
    return found, done


def _choose_metrics(settings: Mapping[str, object]) -> Metrics:
    """The metrics of `eval_metric` and the one that a tuning job optimizes; XGBoost's default where there are none."""
    given = settings.get("eval_metric")
    named = [str(name) for name in given] if isinstance(given, list) else []
    tuned = str(settings.get(OBJECTIVE_METRIC, "")).partition(":")[2]
    if tuned:
        logging.info("Setting up HPO optimized metric to be : %s", tuned)
    together = sorted({*named, tuned}) if named and tuned else [*named, *filter(None, [tuned])]
    return Metrics(
        tuple(name for name in together if name not in custom_metrics.NAMES),
        tuple(name for name in together if name in custom_metrics.NAMES),
        tuned or (named[-1] if named else None),
    )


def _build_parameters(settings: Mapping[str, object], metrics: Metrics, rows: int, version: str) -> dict[str, object]:
    found = {name: value for name, value in settings.items() if name not in _OWN}
    updaters = found.get("updater")
    if isinstance(updaters, list):
        found["updater"] = ",".join(updaters)
    if metrics.own:
        found["eval_metric"] = list(metrics.own)
    if found.get("objective") == "reg:linear":
        # Its name of today: by the old one, the best rounds cannot be taken out of a model.
        found["objective"] = "reg:squarederror"
    if has_old_defaults(version):
        found.setdefault("base_score", 0.5)
        trees = found.get("booster") != "gblinear" and not {"updater", "grow_policy"} & set(found)
        if trees and found.get("tree_method", "auto") == "auto":
            # What `auto` meant before XGBoost 2.0: https://xgboost.readthedocs.io/en/release_1.7.0/treemethod.html
            found["tree_method"] = "exact" if rows < _MOST_ROWS_BY_EXACT else "approx"
    return found


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """What XGBoost warns of, as one line of the log: without where in its source, and not that it reads text."""
    del category, filename, lineno, file, line
    said = " ".join(strip_places(message).split())
    if "Text file input" not in said:
        logging.warning("%s", said)
