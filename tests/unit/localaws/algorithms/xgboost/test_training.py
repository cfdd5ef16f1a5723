"""Trainings in the container's directory: log lines, artifact, checkpoints, and what a job fails for."""

from __future__ import annotations

import pickle
import re
import sys

import numpy as np
import pytest
import xgboost

from localaws.algorithms.errors import ClientError
from localaws.algorithms.xgboost.artifact import read_artifacts

from .conftest import Job, Table, format_csv


def split(job: Job, table: Table) -> None:
    """The table as a train and a validation channel."""
    job.write("train", "part-0.csv", format_csv(table[:40]))
    job.write("validation", "part-0.csv", format_csv(table[40:]))


def test_a_round_is_a_line_that_states_each_channel_s_metrics(
    job: Job, regression: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    split(job, regression)
    assert job.run(objective="reg:squarederror", eval_metric="rmse,mse") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "#011" in line]
    number = r"(\d+\.\d{5})"
    form = rf"\[(\d)\]#011train-rmse:{number}#011train-mse:{number}#011validation-rmse:{number}#011validation-mse:.*"
    found = [re.fullmatch(form, line) for line in lines]
    assert [match[1] for match in found if match] == ["0", "1", "2", "3", "4"]
    assert all(abs(float(match[2]) ** 2 - float(match[3])) < 1e-3 for match in found if match)


def test_the_artifact_predicts_what_was_learned(job: Job, regression: Table) -> None:
    split(job, regression)
    assert job.run(num_round="40", eta="0.3") == 0
    (model,) = read_artifacts(job.root / "model")
    errors = model.predict(xgboost.DMatrix(regression[40:, 1:])) - regression[40:, 0]
    assert np.sqrt(np.mean(errors**2)) < 1.0 < np.std(regression[40:, 0])


def test_an_old_container_s_artifact_is_a_pickle_that_programs_load_and_nothing_here_unpickles(
    job: Job, regression: Table
) -> None:
    split(job, regression)
    assert job.run("1.0-1", objective="reg:linear", silent="0") == 0
    content = (job.root / "model" / "xgboost-model").read_bytes()
    rows = xgboost.DMatrix(regression[40:, 1:])
    (model,) = read_artifacts(job.root / "model")
    loaded = pickle.loads(content)  # noqa: S301 - as a customer's program does; it was written a line above
    assert np.array_equal(loaded.predict(rows), model.predict(rows))


def test_a_pickle_that_would_run_a_program_runs_none(job: Job) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (open, (str(job.root / "created"),))

    (job.root / "model").mkdir()
    (job.root / "model" / "xgboost-model").write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(ClientError, match="there is no XGBoost model in it"):
        read_artifacts(job.root / "model")


def test_a_model_is_not_taken_for_another_format(job: Job) -> None:
    (job.root / "model").mkdir()
    (job.root / "model" / "xgboost-model").write_bytes(b"binf" + bytes(200))
    with pytest.raises(ClientError, match=r"as an XGBoost before 1.6 wrote it: save it anew as json"):
        read_artifacts(job.root / "model")


def test_the_defaults_are_those_of_the_version_s_xgboost(job: Job, regression: Table) -> None:
    split(job, regression)
    scores = {}
    for version in ("1.7-1", "3.0-5"):
        assert job.run(version, num_round="1") == 0
        model = read_artifacts(job.root / "model")[0]
        scores[version] = float(re.search(r'"base_score":"\[?([^"\]]+)', model.save_config())[1])  # type: ignore[index]
    assert scores["1.7-1"] == 0.5
    assert abs(scores["3.0-5"] - regression[:40, 0].mean()) < 0.01


def test_all_files_of_a_channel_are_one_table(job: Job, regression: Table, capsys: pytest.CaptureFixture[str]) -> None:
    job.write("train", "a.csv", format_csv(regression[:10]).rstrip())
    job.write("train", "more/b.csv", format_csv(regression[10:30]))
    job.write("train", "_SUCCESS", "")
    assert job.run() == 0
    assert "Train matrix has 30 rows and 3 columns" in capsys.readouterr().out


def test_weights_are_in_the_second_column(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.write("train", "t.csv", "0,9,1\n1,1,1\n" * 20)
    assert job.run(csv_weights="1", num_round="50") == 0
    assert "40 rows and 1 columns" in capsys.readouterr().out
    predicted = read_artifacts(job.root / "model")[0].predict(xgboost.DMatrix(np.array([[1.0]])))
    assert abs(predicted[0] - 0.1) < 0.02


def test_libsvm_is_read_with_its_indices(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.content_type = "text/libsvm"
    job.write("train", "t.svm", "1 0:1 3:2\n0 1:1\n" * 5)
    assert job.run() == 0
    assert "10 rows and 4 columns" in capsys.readouterr().out


def test_training_stops_early_and_keeps_the_best_round(
    job: Job, regression: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(2).normal(size=(20, 4))
    job.write("train", "t.csv", format_csv(regression[:40]))
    job.write("validation", "v.csv", format_csv(noise))
    assert job.run(num_round="50", eta="1", early_stopping_rounds="3", eval_metric="rmse") == 0
    rounds = [line for line in capsys.readouterr().out.splitlines() if "#011" in line]
    (model,) = read_artifacts(job.root / "model")
    assert len(rounds) < 50
    assert model.num_boosted_rounds() == len(rounds) - 3


def test_early_stopping_that_has_nothing_to_stop_by_says_so(
    job: Job, regression: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    split(job, regression)
    assert job.run(early_stopping_rounds="2") == 0
    assert "early_stopping_rounds does nothing without" in capsys.readouterr().out


def test_an_interrupted_training_goes_on_from_its_checkpoint(
    job: Job, regression: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    split(job, regression)
    config = job.root / "input" / "config"
    config.mkdir()
    (config / "checkpointconfig.json").write_text('{"LocalPath": "/opt/ml/checkpoints"}')
    assert job.run(num_round="8") == 0
    whole = (job.root / "model" / "xgboost-model").read_bytes()
    kept = sorted(path.name for path in (job.root / "checkpoints").iterdir())
    assert kept == [f"xgboost-checkpoint.{number}" for number in range(3, 8)]
    for number in (5, 6, 7):
        (job.root / "checkpoints" / f"xgboost-checkpoint.{number}").unlink()
    capsys.readouterr()
    assert job.run(num_round="8") == 0
    said = capsys.readouterr().out
    assert "Resuming from iteration 5" in said
    assert [line[:3] for line in said.splitlines() if "#011" in line] == ["[5]", "[6]", "[7]"]
    again = read_artifacts(job.root / "model")[0]
    rows = xgboost.DMatrix(regression[:, 1:])
    first = xgboost.Booster(model_file=bytearray(whole))
    assert np.allclose(again.predict(rows), first.predict(rows), atol=1e-5)


@pytest.mark.parametrize("objective", ["binary:logistic", "binary:logitraw", "binary:hinge"])
def test_accuracy_is_the_share_of_rows_in_their_class(
    job: Job, objective: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job.write("train", "t.csv", "1,1\n0,0\n1,1\n0,1\n" * 20)
    assert job.run(objective=objective, eval_metric="accuracy,f1_binary", num_round="20", eta="1") == 0
    last = [line for line in capsys.readouterr().out.splitlines() if "#011" in line][-1]
    assert "#011train-accuracy:0.75000" in last
    assert "#011train-f1_binary:0.80000" in last


@pytest.mark.parametrize("objective", ["multi:softmax", "multi:softprob"])
def test_classes_are_counted_of_several(job: Job, objective: str, capsys: pytest.CaptureFixture[str]) -> None:
    job.write("train", "t.csv", "0,1\n1,2\n2,3\n" * 10)
    assert job.run(objective=objective, num_class="3", eval_metric="accuracy,merror") == 0
    last = [line for line in capsys.readouterr().out.splitlines() if "#011" in line][-1]
    assert "train-merror:0.00000" in last
    assert "train-accuracy:1.00000" in last


@pytest.mark.parametrize(
    ("content_type", "text", "words"),
    [
        ("text/csv; label_size=2", "1,2\n", "Optional parameter label_size must be equal to 1"),
        ("application/json", "1,2\n", "application/json is not an accepted ContentType"),
        ("text/csv", "word\n", "Delimiter ',' is not found in the line"),
        ("text/csv", "\n", "Could not determine delimiter on line"),
        ("text/libsvm", "1,2,3\n", "is not 'LIBSVM' format"),
        ("text/libsvm", "1:0.5 1:2\n0 1:3\n", "has a weight on some of its lines alone"),
        ("application/x-recordio-protobuf", "x", "which the local AWS does not read: give csv, libsvm or parquet"),
        ("text/csv", "", "No data in training channel path"),
    ],
)
def test_data_that_cannot_be_read_fail_the_job_in_words(job: Job, content_type: str, text: str, words: str) -> None:
    job.content_type = content_type
    job.write("train", "t", text)
    assert job.run() == 1
    assert job.failure.startswith("ClientError: ")
    assert words in job.failure


def test_parquet_says_what_it_needs(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    job.content_type = "application/x-parquet"
    job.write("train", "t.parquet", "PAR1")
    assert job.run() == 1
    assert "has parquet, which needs pyarrow" in job.failure
    assert "pip install 'pyarrow<22'" in job.failure


def test_labels_that_do_not_fit_the_objective_are_the_customer_s_mistake(job: Job) -> None:
    job.write("train", "t.csv", "5,1\n0,2\n" * 5)
    assert job.run("1.7-1", objective="binary:logistic") == 1
    assert job.failure.startswith("ClientError: ")
    assert "for logistic regression" in job.failure


def test_several_instances_are_refused(job: Job) -> None:
    job.write("train", "t.csv", "1,1\n0,2\n")
    assert job.run(hosts=2) == 1
    assert "2 instances were asked for, and the local AWS trains XGBoost on one" in job.failure


def test_a_header_is_said_to_be_a_row(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.write("train", "t.csv", "label,length\n1,1\n0,2\n")
    assert job.run() == 0
    said = capsys.readouterr().out
    assert "The first line of t.csv has label, which is no number" in said
    assert "3 rows" in said
