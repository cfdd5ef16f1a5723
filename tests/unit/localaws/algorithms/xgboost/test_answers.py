"""Answers of a model: which rows are read, in which form predictions leave, and what is refused."""

from __future__ import annotations

import json
from email.message import Message
from typing import Any

import numpy as np
import pytest
import xgboost

from localaws.algorithms.xgboost.answers import write_selected
from localaws.algorithms.xgboost.serve import Scorer
from localaws.inference_toolkit.web import Answer, RefusedError

ROWS = np.random.default_rng(3).normal(size=(80, 3))


def learn(objective: str, **more: Any) -> xgboost.Booster:
    labels = (ROWS[:, 0] > 0).astype(int) + (ROWS[:, 1] > 0) * (objective.startswith("multi"))
    parameters = {"objective": objective, "max_depth": 2, **more}
    return xgboost.train(parameters, xgboost.DMatrix(ROWS, label=labels), 5)


@pytest.fixture(scope="module")
def binary() -> xgboost.Booster:
    return learn("binary:logistic")


def ask(model: xgboost.Booster, body: str, version: str = "1.7-1", **headers: str) -> Answer:
    message = Message()
    for name, value in {"Content_Type": "text/csv", **headers}.items():
        message[name.replace("_", "-")] = value
    return Scorer([model], version).answer(body.encode(), message)


def predict(model: xgboost.Booster, rows: list[list[float]]) -> list[float]:
    values: list[float] = model.predict(xgboost.DMatrix(np.array(rows))).tolist()
    return values


def test_csv_is_answered_a_row_a_line(binary: xgboost.Booster) -> None:
    answer = ask(binary, "1,2,3\n-1,0,0.5\n")
    expected = predict(binary, [[1, 2, 3], [-1, 0, 0.5]])
    assert answer.content_type == "text/csv"
    assert answer.body.decode() == "".join(f"{value}\n" for value in expected)


def test_json_has_a_score_for_each_row(binary: xgboost.Booster) -> None:
    answer = ask(binary, "1,2,3\n-1,0,0.5", Accept="application/json")
    expected = predict(binary, [[1, 2, 3], [-1, 0, 0.5]])
    assert json.loads(answer.body) == {"predictions": [{"score": value} for value in expected]}


def test_an_old_container_answers_with_commas_whatever_is_accepted(binary: xgboost.Booster) -> None:
    answer = ask(binary, "1,2,3\n-1,0,0.5", "1.0-1", Accept="application/json")
    expected = predict(binary, [[1, 2, 3], [-1, 0, 0.5]])
    assert (answer.content_type, answer.body.decode()) == ("text/csv", ",".join(map(str, expected)))


def test_batch_transform_has_a_line_for_each_row(binary: xgboost.Booster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEMAKER_BATCH", "true")
    for version in ("1.0-1", "3.0-5"):
        assert ask(binary, "1,2,3\n-1,0,0.5", version, Accept="text/csv").body.decode().count("\n") == 2


def test_classes_have_a_column_each() -> None:
    answer = ask(learn("multi:softprob", num_class=3), "1,1,1\n-1,-1,1")
    table = np.loadtxt(answer.body.decode().splitlines(), delimiter=",")
    assert table.shape == (2, 3)
    assert list(table.argmax(axis=1)) == [2, 0]


def test_an_empty_field_is_a_missing_value(binary: xgboost.Booster) -> None:
    assert float(ask(binary, "1,,3").body) == predict(binary, [[1, float("nan"), 3]])[0]


def test_libsvm_has_the_numbers_of_training(binary: xgboost.Booster) -> None:
    answer = ask(binary, "0 0:1 2:3\n1:2 2:3", Content_Type="text/libsvm")
    nan = float("nan")
    assert [float(line) for line in answer.body.split()] == predict(binary, [[1, nan, 3], [nan, 2, 3]])


def test_rows_without_a_content_type_are_told_apart(binary: xgboost.Booster) -> None:
    expected = predict(binary, [[1, 2, 3]])
    for body in (b"1,2,3", b"0:1 1:2 2:3"):
        assert float(Scorer([binary], "1.0-1").answer(body, Message()).body) == expected[0]


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        ("1,2,3", {"Content_Type": "application/json"}, 415, "is not an accepted ContentType"),
        ("1,2,3", {"Content_Type": "application/x-recordio-protobuf"}, 415, "send text/csv or text/libsvm"),
        ("a,b,c", {}, 415, "Loading csv data failed"),
        ("1,2\n3", {}, 415, "Loading csv data failed"),
        ("x:1", {"Content_Type": "text/libsvm"}, 415, "Loading libsvm data failed"),
        ("1,2,3,4", {}, 400, "Unable to evaluate payload provided: .*Number of columns does not match"),
        ("1,2,3", {"Accept": "image/png"}, 406, "Accept type image/png is not supported"),
        ("1,2,3", {"Accept": "application/jsonlines"}, 406, "set SAGEMAKER_INFERENCE_OUTPUT"),
    ],
)
def test_what_is_refused(binary: xgboost.Booster, body: str, headers: dict[str, str], status: int, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        ask(binary, body, **headers)
    assert refused.value.status == status


def test_an_old_container_wants_as_many_columns_as_it_learned(binary: xgboost.Booster) -> None:
    with pytest.raises(RefusedError, match="Feature size of csv inference data 1 is not consistent"):
        ask(binary, "1", "1.2-1")


def test_nothing_is_answered_to_nothing(binary: xgboost.Booster) -> None:
    assert ask(binary, "").status == 204


def test_several_models_answer_by_their_mean_or_their_votes() -> None:
    message = Message()
    message["Content-Type"] = "text/csv"
    models = [learn("reg:squarederror", seed=seed, subsample=0.3) for seed in range(3)]
    mean = float(Scorer(models, "1.7-1").answer(b"1,2,3", message).body)
    assert mean == pytest.approx(np.mean([predict(model, [[1, 2, 3]])[0] for model in models]))
    voters = [learn("multi:softmax", num_class=3, seed=seed, subsample=0.2) for seed in range(3)]
    votes = [int(predict(model, [[0.1, -0.1, 0]])[0]) for model in voters]
    assert float(Scorer(voters, "1.7-1").answer(b"0.1,-0.1,0", message).body) == max(sorted(votes), key=votes.count)


@pytest.mark.parametrize(
    ("objective", "row", "expected"),
    [
        ("binary:logistic", 0.75, {"predicted_label": 1, "labels": [0, 1], "raw_scores": [0.25, 0.75]}),
        ("binary:logitraw", -0.5, {"predicted_label": 0, "raw_score": -0.5}),
        ("multi:softprob", [0.2, 0.5, 0.3], {"predicted_label": 1, "labels": [0, 1, 2], "probability": 0.5}),
        ("reg:squarederror", 1.5, {"predicted_score": 1.5}),
    ],
)
def test_what_is_selected_of_a_prediction(objective: str, row: object, expected: dict[str, object]) -> None:
    answer = write_selected(np.array([row]), list(expected), objective, 3, "application/json", is_batch=False)
    assert json.loads(answer.body) == {"predictions": [expected]}


def test_selected_parts_are_in_the_order_asked_for_in_csv() -> None:
    keys = ["probabilities", "predicted_label", "predicted_score"]
    answer = write_selected(np.array([0.25]), keys, "binary:logistic", 0, "text/csv", is_batch=True)
    assert answer.body == b'"[0.75, 0.25]",0,nan\n'


def test_an_objective_without_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEMAKER_INFERENCE_OUTPUT", "predicted_score")
    with pytest.raises(RefusedError, match="Objective `count:poisson` unsupported for selectable inference"):
        ask(learn("count:poisson"), "1,2,3")
