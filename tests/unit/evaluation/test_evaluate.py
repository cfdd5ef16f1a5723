"""What EvaluateModel writes, and when it refuses the images."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluation.__main__ import main
from tests.artifacts import write_artifact

PLOTS = (
    "confusion_matrix",
    "roc",
    "precision_recall",
    "reliability",
    "worst_mistakes",
    "precision_coverage",
    "occlusion",
    "leakage",
)


def test_the_gate_finds_the_accuracy_where_it_looks(output: Path) -> None:
    measured = json.loads((output / "evaluation.json").read_text())
    assert measured["binary_classification_metrics"]["accuracy"]["value"] == pytest.approx(10 / 12)
    assert measured["dataset"] == {"item_count": 12, "class_counts": {"bicycle": 6, "motorcycle": 6}}


def test_the_registry_finds_the_digest_of_what_was_evaluated(output: Path) -> None:
    digest = hashlib.sha256((output.parent / "model/model.tar.gz").read_bytes()).hexdigest()
    assert json.loads((output / "evaluation.json").read_text())["model"]["archive_sha256"] == digest
    assert digest in (output / "report.html").read_text()


def test_the_confusion_matrix_reads_from_truth_to_answer(output: Path) -> None:
    measured = json.loads((output / "evaluation.json").read_text())["binary_classification_metrics"]
    assert measured["confusion_matrix"] == {"0": {"0": 4, "1": 2}, "1": {"0": 0, "1": 6}}


def test_predictions_tell_each_picture_in_listed_order(output: Path) -> None:
    rows = list(csv.DictReader((output / "predictions.csv").open()))
    assert [row["path"] for row in rows[:2]] == ["bicycle/0.png", "bicycle/1.png"]
    assert rows[0]["prediction"] == "motorcycle"
    assert rows[2]["prediction"] == "bicycle"
    for row in rows:
        probabilities = [float(row["probability_bicycle"]), float(row["probability_motorcycle"])]
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
        assert float(row["confidence"]) == max(probabilities)


def test_probabilities_are_those_of_the_net_for_raw_pixels(output: Path) -> None:
    row = next(csv.DictReader((output / "predictions.csv").open()))
    expected = 1 / (1 + np.exp(-0.04 * (160 - 128)))
    assert float(row["probability_motorcycle"]) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_a_picture_of_some_size(output: Path, name: str) -> None:
    image = Image.open(output / f"{name}.png")
    image.load()
    assert min(image.size) > 200
    assert len(np.unique(np.asarray(image.convert("L")))) > 20


def test_the_report_loads_nothing_and_runs_nothing(output: Path) -> None:
    page = (output / "report.html").read_text()
    assert "<script" not in page
    assert not re.search(r"""(src|href)=["'](?!data:image/png;base64,)""", page)
    assert page.count("data:image/png;base64,") == len(PLOTS)
    assert "url(" not in page


def test_the_report_escapes_what_others_wrote(output: Path) -> None:
    page = (output / "report.html").read_text()
    assert "a &lt;drawn&gt; set" in page
    assert "<drawn>" not in page


@pytest.mark.usefixtures("unpainted")
def test_the_report_says_whether_the_model_may_be_registered(ready: Path, arguments: list[str], output: Path) -> None:
    assert "asks for 0.8 at least: this model may be registered" in (output / "report.html").read_text()
    assert main([*arguments, "--threshold", "0.999"]) == 0
    assert "asks for 0.999 at least: this model will not be" in (ready / "output/report.html").read_text()


def test_a_second_run_writes_the_same_bytes(ready: Path, arguments: list[str], output: Path) -> None:
    first = {path.name: path.read_bytes() for path in output.iterdir()}
    assert main([*arguments, "--threshold", "0.8"]) == 0
    assert {path.name: path.read_bytes() for path in (ready / "output").iterdir()} == first


@pytest.mark.usefixtures("unpainted")
def test_more_pictures_than_a_batch_are_all_predicted(
    ready: Path, arguments: list[str], drawn: Callable[[int, int], None]
) -> None:
    drawn(70, 7)
    assert main(arguments) == 0
    measured = json.loads((ready / "output/evaluation.json").read_text())
    assert measured["binary_classification_metrics"]["accuracy"]["value"] == pytest.approx(133 / 140)


def test_a_net_without_mistakes_gets_a_report_too(
    ready: Path, arguments: list[str], drawn: Callable[[int, int], None]
) -> None:
    drawn(6, 0)
    assert main(arguments) == 0
    page = (ready / "output/report.html").read_text()
    assert "100.0% accuracy" in page
    assert "12 of 12" in page


def test_a_test_set_of_one_class_has_no_area_but_an_accuracy(ready: Path, arguments: list[str]) -> None:
    lines = (ready / "lst/test.lst").read_text().splitlines(keepends=True)
    (ready / "lst/test.lst").write_text("".join(lines[:6]))
    assert main(arguments) == 0
    measured = json.loads((ready / "output/evaluation.json").read_text())["binary_classification_metrics"]
    assert measured["auc"]["value"] == "NaN"
    assert measured["accuracy"]["value"] == pytest.approx(4 / 6)


@pytest.mark.usefixtures("unpainted")
def test_a_test_set_without_a_manifest_is_evaluated(ready: Path, arguments: list[str]) -> None:
    (ready / "lst/manifest.json").unlink()
    assert main(arguments) == 0
    assert "No manifest came with the test set." in (ready / "output/report.html").read_text()


@pytest.fixture
def drawn(ready: Path) -> Callable[[int, int], None]:
    """Draw another test set: images per class, mistakes among the bicycles."""

    def draw(per_class: int, mistakes: int) -> None:
        lines = []
        for label, name in enumerate(("bicycle", "motorcycle")):
            for index in range(per_class):
                grey = 200 if label or index < mistakes else 50
                Image.new("RGB", (32, 32), (grey, grey, grey)).save(ready / "test" / name / f"{index}.png")
                lines.append(f"{len(lines)}\t{label}\t{name}/{index}.png\n")
        (ready / "lst/test.lst").write_text("".join(lines))

    return draw


def test_the_sections_on_trust_stand_beside_the_metrics(output: Path) -> None:
    measured = json.loads((output / "evaluation.json").read_text())
    assert set(measured["binary_classification_metrics"]["accuracy"]) == {"value", "standard_deviation"}
    assert set(measured["confidence_intervals"]) >= {"accuracy", "precision", "recall", "f1", "auc"}
    assert measured["comparison"]["p_value"] == 1.0
    assert measured["gate"]["outcome"] == "passed"
    assert 0.5 <= measured["confidence_threshold"]["recommended"] <= 1
    assert measured["slices"]["class"][1] == {**measured["slices"]["class"][1], "name": "motorcycle", "accuracy": 1.0}
    assert measured["calibration"]["applied_to_served_answers"] is False
    assert set(measured["leakage"]) == {"validation_train", "test_train", "test_validation"}


@pytest.mark.parametrize(
    "chapter",
    ["Against the live version", "Calibration", "The confidence filter", "By kind of image", "Where the net looked"],
)
def test_the_report_has_a_chapter_on_each(output: Path, chapter: str) -> None:
    assert f"<h2>{chapter}</h2>" in (output / "report.html").read_text()


@pytest.mark.usefixtures("unpainted")
def test_a_test_picture_in_the_training_set_is_warned_of_and_the_job_is_good(
    ready: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (ready / "train/bicycle/0.png").write_bytes((ready / "test/bicycle/5.png").read_bytes())
    assert main(arguments) == 0
    warning = "Warning: 2 of the test images are, pixel by pixel, in the training set as well"
    assert warning in capsys.readouterr().out
    assert (ready / "message").read_text().startswith(warning)
    page = (ready / "output/report.html").read_text()
    assert warning in page
    assert "<td>exact</td><td>train/bicycle/0.png</td><td>test/bicycle/2.png</td>" in page


@pytest.mark.usefixtures("unpainted")
def test_a_clean_evaluation_leaves_no_message(ready: Path, arguments: list[str]) -> None:
    assert main(arguments) == 0
    assert not (ready / "message").exists()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--paired-gate-level", "0.6", "PairedGateLevel is 0.6, where 0 to 0.5 is allowed"),
        ("--paired-gate-level", "nan", "PairedGateLevel is nan"),
        ("--target-precision", "1.5", "TargetPrecision is 1.5, where 0.5 to 1 is allowed"),
    ],
)
def test_a_parameter_that_leads_nowhere_is_refused_by_its_name(
    ready: Path, arguments: list[str], option: str, value: str, told: str
) -> None:
    assert main([*arguments, option, value]) == 1
    assert (ready / "message").read_text().startswith(told)


def test_a_missing_validation_list_is_refused(ready: Path, arguments: list[str]) -> None:
    (ready / "lst/validation.lst").unlink()
    assert "holds no validation.lst" in refused(ready, arguments)


def refused(ready: Path, arguments: list[str]) -> str:
    assert main(arguments) == 1
    assert not (ready / "output").exists()
    return (ready / "message").read_text()


@pytest.mark.usefixtures("unpainted")
def test_a_folder_that_cannot_be_written_ends_in_a_sentence(ready: Path, arguments: list[str]) -> None:
    (ready / "output").write_text("a file where a folder should be")
    assert main(arguments) == 1
    assert "could not read or write its files" in (ready / "message").read_text()


def test_a_message_that_cannot_be_written_does_not_hide_the_reason(
    ready: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (ready / "lst/test.lst").unlink()
    (ready / "message").mkdir()
    assert main(arguments) == 1
    assert "holds no test.lst" in capsys.readouterr().err


def test_a_missing_list_is_refused(ready: Path, arguments: list[str]) -> None:
    (ready / "lst/test.lst").unlink()
    assert "holds no test.lst" in refused(ready, arguments)


def test_an_empty_list_is_refused(ready: Path, arguments: list[str]) -> None:
    (ready / "lst/test.lst").write_text("")
    assert "names no image" in refused(ready, arguments)


def test_a_missing_picture_is_named(ready: Path, arguments: list[str]) -> None:
    (ready / "test/motorcycle/3.png").unlink()
    assert "test.lst names motorcycle/3.png, which is not in" in refused(ready, arguments)


def test_a_broken_picture_is_named(ready: Path, arguments: list[str]) -> None:
    (ready / "test/motorcycle/3.png").write_bytes(b"no image")
    assert "motorcycle/3.png cannot be used" in refused(ready, arguments)


def test_a_picture_of_too_many_pixels_is_refused(ready: Path, arguments: list[str]) -> None:
    buffer = io.BytesIO()
    Image.new("1", (5000, 5000)).save(buffer, "PNG")
    (ready / "test/motorcycle/3.png").write_bytes(buffer.getvalue())
    assert "16,777,216 in all are allowed" in refused(ready, arguments)


@pytest.mark.parametrize("line", ["0\t1", "0\t2\tbicycle/0.png", "no tabs", "0\tx\tbicycle/0.png"])
def test_a_line_of_another_form_is_refused_with_its_number(ready: Path, arguments: list[str], line: str) -> None:
    (ready / "lst/test.lst").write_text(f"0\t0\tbicycle/0.png\n{line}\n")
    assert "line 2 of test.lst is" in refused(ready, arguments)


@pytest.mark.parametrize("path", ["../secret.png", "/etc/secret.png"])
def test_a_path_outside_the_test_folder_is_refused(ready: Path, arguments: list[str], path: str) -> None:
    (ready / "lst/test.lst").write_text(f"0\t0\t{path}\n")
    assert "leads outside of its folder" in refused(ready, arguments)


def test_a_list_that_is_not_the_manifests_is_refused(ready: Path, arguments: list[str]) -> None:
    manifest = {"lists": {"test": {"lst_sha256": "0" * 64}}}
    (ready / "lst/manifest.json").write_text(json.dumps(manifest))
    assert "test.lst is not the one that manifest.json describes" in refused(ready, arguments)


def test_a_manifest_that_is_not_json_is_refused(ready: Path, arguments: list[str]) -> None:
    (ready / "lst/manifest.json").write_text("{")
    assert "is not JSON" in refused(ready, arguments)


def test_a_net_of_three_classes_is_refused(
    ready: Path, arguments: list[str], net: Path, packed: Callable[[Path], Path]
) -> None:
    write_artifact(net, classes=3)
    packed(net)
    assert "the model answers 3 classes, where the data set has 2" in refused(ready, arguments)
