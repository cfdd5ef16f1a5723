"""The container's program: its exit code and message, what it reads of a folder, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from common.jobs import Refusal
from localaws.algorithms.model_monitor.__main__ import main
from localaws.algorithms.model_monitor.request import parse_format

if TYPE_CHECKING:
    from tests.unit.localaws.algorithms.model_monitor.conftest import Monitor


@pytest.fixture
def variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a run over a table of two rows, in /opt/ml of its own."""
    source = tmp_path / "processing" / "input"
    source.mkdir(parents=True)
    (source / "data.csv").write_text("\ufeffa,b\n1,2\n3,4\n", encoding="utf-8")
    given = {
        "OPT_ML": str(tmp_path),
        "dataset_format": json.dumps({"csv": {"header": True, "output_columns_position": "START"}}),
        "dataset_source": str(source),
        "output_path": str(tmp_path / "processing" / "output"),
        "publish_cloudwatch_metrics": "Disabled",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def message(variables: dict[str, str]) -> str:
    return Path(variables["OPT_ML"], "output", "message").read_text()


def test_a_run_ends_with_its_message_and_its_files(variables: dict[str, str]) -> None:
    assert main() == 0
    assert message(variables) == "Completed: Job completed successfully."
    written = json.loads(Path(variables["output_path"], "statistics.json").read_text())
    assert [feature["name"] for feature in written["features"]] == ["a", "b"]


def test_a_refusal_is_the_message_of_a_failed_run(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("record_preprocessor_script", "/opt/ml/processing/input/script.py")
    assert main() == 1
    assert message(variables).startswith("Error: record_preprocessor_script is '/opt/ml/")
    assert "calls no scripts" in capsys.readouterr().err


def test_arguments_are_refused_as_nothing_is_made_of_them(variables: dict[str, str]) -> None:
    assert main(["--threshold", "0.5"]) == 1
    assert message(variables) == "Error: the arguments ['--threshold', '0.5'] are given; the analyzer takes none."


def test_a_file_that_cannot_be_read_is_named(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("baseline_constraints", "/opt/ml/processing/baseline/constraints/gone.json")
    assert main() == 1
    assert "gone.json" in message(variables)


def test_what_spark_writes_beside_its_parts_is_no_data(variables: dict[str, str]) -> None:
    folder = Path(variables["dataset_source"])
    (folder / "_SUCCESS").write_text("")
    (folder / ".data.csv.crc").write_bytes(b"\0\1")
    (folder / "part-2.csv").write_text("a,b\n5,6\n")
    assert main() == 0
    assert json.loads(Path(variables["output_path"], "statistics.json").read_text())["dataset"]["item_count"] == 3


@pytest.mark.parametrize(("kind", "code"), [("ShardedByS3Key", 1), ("FullyReplicated", 0)])
def test_shares_of_a_dataset_are_not_described_each_alone(variables: dict[str, str], kind: str, code: int) -> None:
    job = {
        "ProcessingInputs": [{"InputName": "data", "S3Input": {"S3DataDistributionType": kind}}],
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 2}},
    }
    config = Path(variables["OPT_ML"], "config")
    config.mkdir()
    (config / "processingjobconfig.json").write_text(json.dumps(job))
    assert main() == code


@pytest.mark.parametrize(
    "form",
    [
        {"csv": {"headers": True}},
        {"xml": {}},
        {"csv": {}, "json": {}},
        {"csv": True},
        [],
        {"csv": {"header": 1, "x": 1}},
    ],
)
def test_a_format_that_is_not_read_is_refused(form: Any) -> None:
    with pytest.raises(Refusal, match="dataset_format is"):
        parse_format(json.dumps(form))


def test_batch_transform_s_spelling_of_a_format_is_read() -> None:
    assert parse_format('{"Csv": {"Header": true}}').header
    assert not parse_format('{"Json": {"Line": false}}').lines


@pytest.mark.parametrize(
    ("text", "form", "sentence"),
    [
        ("a,b\n1,2,3,4\n1\n1,2,3,4,5\n", {"csv": {"header": False}}, "cannot be read as CSV"),
        ("not json\n", {"json": {}}, "cannot be read as JSON"),
        ("[1, 2]\n", {"json": {}}, "JSON that is no object"),
        ("", {"csv": {"header": True}}, "has no rows"),
        ("a\n1\n", {"parquet": {}}, "Parquet|pyarrow"),
    ],
)
def test_a_dataset_that_is_no_table_is_refused(
    monitor: Monitor, text: str, form: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        monitor(text, form)
