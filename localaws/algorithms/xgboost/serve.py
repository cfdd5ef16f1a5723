"""The ``serve`` command of the container: the model's predictions, or a user's module where the model has one."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from email.message import Message
from http import HTTPStatus

import numpy as np
import xgboost

from localaws.algorithms.container import Container
from localaws.algorithms.errors import ClientError
from localaws.algorithms.xgboost.answers import CSV, Predictions, choose_accept, write_answer, write_selected
from localaws.algorithms.xgboost.artifact import read_artifacts
from localaws.algorithms.xgboost.content_types import CSV as CSV_ROWS
from localaws.algorithms.xgboost.log import set_up_log, strip_places
from localaws.algorithms.xgboost.requests import RequestError, read_rows
from localaws.algorithms.xgboost.scripts import Scripts
from localaws.algorithms.xgboost.versions import writes_pickle
from localaws.inference_toolkit.server import serve_scripts
from localaws.inference_toolkit.web import Answer, RefusedError, serve

_PAYLOAD_BYTES = 6 << 20
_VOTED = ("multi:softmax", "binary:hinge")


class Scorer:
    """The models of an archive, of which several answer together."""

    def __init__(self, models: Sequence[xgboost.Booster], version: str) -> None:
        self._models = models
        self._version = version
        learner = json.loads(models[0].save_config())["learner"]
        self._objective: str = learner["objective"]["name"]
        self._classes = int(learner["learner_model_param"].get("num_class") or 0)
        self._selected = os.environ.get("SAGEMAKER_INFERENCE_OUTPUT", "").replace(" ", "").lower()
        self._default = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", CSV)
        self._is_batch = bool(os.environ.get("SAGEMAKER_BATCH"))
        logging.info("Model objective : %s", self._objective)

    def describe(self) -> Answer:
        """What batch transform may send at once."""
        most = int(os.environ.get("MAX_CONTENT_LENGTH", str(_PAYLOAD_BYTES)))
        parameters = {"MaxConcurrentTransforms": 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": most >> 20}
        return Answer(json.dumps(parameters).encode())

    def answer(self, body: bytes, headers: Message) -> Answer:
        """Predict for the rows of one request."""
        if not body:
            return Answer(b"", CSV, HTTPStatus.NO_CONTENT)
        try:
            rows, kind = read_rows(body, headers.get("Content-Type"))
        except (ClientError, RequestError) as error:
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error)) from error
        try:
            predictions = self._predict(rows, kind)
        except (xgboost.core.XGBoostError, ValueError) as error:
            words = f"Unable to evaluate payload provided: {strip_places(error)}"
            raise RefusedError(HTTPStatus.BAD_REQUEST, words) from error
        accept = headers.get("Accept", "")
        if not self._selected:
            return write_answer(predictions, self._version, accept, self._default, is_batch=self._is_batch)
        named = choose_accept(accept, self._default)
        keys = self._selected.split(",")
        try:
            return write_selected(predictions, keys, self._objective, self._classes, named, is_batch=self._is_batch)
        except ValueError as error:
            raise RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)) from error

    def _predict(self, rows: xgboost.DMatrix, kind: str) -> Predictions:
        given, wanted = rows.num_col(), self._models[0].num_features()
        # Of the versions whose artifact is a pickle; later ones leave it to XGBoost, which takes fewer columns.
        if kind == CSV_ROWS and writes_pickle(self._version) and given not in (wanted, wanted - 1):
            raise ValueError(
                f"Feature size of csv inference data {given} is not consistent with feature size of trained model "
                f"{wanted}."
            )
        found = [model.predict(rows, validate_features=False) for model in self._models]
        if len(found) == 1:
            return np.asarray(found[0])
        if self._objective in _VOTED:
            return np.array([np.bincount(votes.astype(int)).argmax() for votes in np.array(found).T], dtype=float)
        return np.asarray(np.mean(found, axis=0))


def main(version: str) -> int:
    """Serve until SIGTERM. Returns 0, or 1 where there is no model that can be served."""
    if os.environ.get("SAGEMAKER_PROGRAM"):
        return serve_scripts(Scripts())
    set_up_log()
    try:
        serve(lambda: Scorer(_read(), version))
    except ClientError as error:
        logging.error("Customer Error: %s", error)
        return 1
    return 0


def _read() -> list[xgboost.Booster]:
    models = read_artifacts(Container.from_environment().model)
    return models if os.environ.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true") == "true" else models[:1]
