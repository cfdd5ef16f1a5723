"""What a baseline says, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.unit.monitoring.conftest import Monitor, line, numbers, save_evaluation


def test_the_baseline_sees_the_images_as_the_endpoint_gets_them(monitor: Monitor) -> None:
    # The test images are of 32 x 32; served ones are cut to 28 x 28 and encoded as PNG.
    baseline = monitor.analyse(monitor.root / "nothing").read("constraints.json")
    told = {each["name"]: each for each in _baseline(monitor)["features"]}
    for name in ("width", "height"):
        assert told[name]["numerical_statistics"]["min"] == told[name]["numerical_statistics"]["max"] == 28
    assert told["format"]["string_statistics"]["distribution"]["categorical"]["buckets"] == [
        {"value": "PNG", "count": 200}
    ]
    assert baseline["version"] == 0


def test_equal_images_measure_equally_in_baseline_and_run(monitor: Monitor) -> None:
    then = {each["name"]: each for each in _baseline(monitor)["features"]}
    ended = monitor.run([line(number) for number in range(200)])
    now = {each["name"]: each for each in ended.read("statistics.json")["features"]}
    for name in ("brightness", "sharpness", "entropy", "bytes", "confidence", "answer_entropy"):
        measured = [each[name]["numerical_statistics"]["mean"] for each in (then, now)]
        assert measured[0] == pytest.approx(measured[1], rel=1e-9)
    assert ended.violations == set()


def test_the_baseline_counts_answers_by_truth(monitor: Monitor) -> None:
    counts = _baseline(monitor)["custom_statistics"]["confusion_matrix"]
    assert sum(sum(row.values()) for row in counts.values()) == 200
    assert sum(counts["bicycle"].values()) == 100
    assert counts["bicycle"]["bicycle"] > 80


def test_a_baseline_says_how_many_images_it_rests_on(empty: Monitor) -> None:
    assert empty.measure(50).message == "Completed: the baseline rests on 50 images of bicycle and motorcycle."


def test_without_predictions_the_baseline_says_what_to_give(empty: Monitor, tmp_path: Path) -> None:
    ended = empty.measure(source=tmp_path)
    assert ended.code == 1
    assert "predictions.csv does not exist" in ended.message


def test_an_image_that_is_not_there_is_named(empty: Monitor, tmp_path: Path) -> None:
    source = save_evaluation(tmp_path / "source", 4)
    (source / "test/bicycle/2.png").unlink()
    ended = empty.measure(source=source)
    assert ended.code == 1
    assert "bicycle/2.png, which is not in" in ended.message


@pytest.mark.parametrize("path", ["../secret.png", "/etc/passwd", ""])
def test_a_path_out_of_the_test_folder_is_refused(empty: Monitor, tmp_path: Path, path: str) -> None:
    source = save_evaluation(tmp_path / "source", 2)
    with (source / "evaluation/predictions.csv").open("a", newline="") as stream:
        csv.writer(stream).writerow([path, "bicycle", "bicycle", 0.5, 0.5, 0.5])
    ended = empty.measure(source=source)
    assert ended.code == 1
    assert "leads out of the test folder" in ended.message


def test_other_columns_are_refused_by_name(empty: Monitor, tmp_path: Path) -> None:
    source = save_evaluation(tmp_path / "source", 2)
    (source / "evaluation/predictions.csv").write_text("name,score\na,1\n")
    ended = empty.measure(source=source)
    assert ended.code == 1
    assert "has the columns name, score" in ended.message


@pytest.mark.parametrize("side", [28, 64])
def test_the_baseline_has_the_size_that_the_model_was_evaluated_with(empty: Monitor, tmp_path: Path, side: int) -> None:
    ended = empty.measure(source=save_evaluation(tmp_path / "source", 4, side))
    assert ended.code == 0, ended.message
    assert json.loads((ended.output / "statistics.json").read_text())["custom_statistics"]["side"] == side


@pytest.mark.parametrize(
    "content", ["", "{}", '{"model": {"input_shape": []}}', '{"model": {"input_shape": [3, 4, 4]}}']
)
def test_an_evaluation_that_does_not_tell_the_size_is_refused(empty: Monitor, tmp_path: Path, content: str) -> None:
    source = save_evaluation(tmp_path / "source", 2)
    (source / "evaluation/evaluation.json").write_text(content)
    ended = empty.measure(source=source)
    assert ended.code == 1
    assert "evaluation.json" in ended.message


def test_a_run_s_statistics_can_be_the_next_baseline(monitor: Monitor) -> None:
    first = monitor.run([line(number) for number in numbers(100)])
    files = {f"baseline_{name}": str(first.output / f"{name}.json") for name in ("statistics", "constraints")}
    assert monitor.run([line(number) for number in numbers(100, 5000)], **files).code == 0


def _baseline(monitor: Monitor) -> dict:
    import json

    return json.loads((monitor.root / "baseline/statistics.json").read_text())
