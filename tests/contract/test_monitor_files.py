"""statistics.json, constraints.json, constraint_violations.json and metric lines, held to what AWS documents of them.

Source: "Schema for Statistics", "Schema for Constraints", "Schema for Violations" and "CloudWatch Metrics for Bring
Your Own Containers" in the Amazon SageMaker Developer Guide; botocore's model of PutMetricData.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import botocore.session
import jsonschema
import pytest
from botocore.validate import ParamValidator

from tests.contract.monitor_schemas import CONSTRAINTS, STATISTICS, VIOLATIONS
from tests.unit.monitoring.conftest import Ended, Monitor, line, numbers, pixels, png


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """A baseline, a run with violations, one without a capture, one of more captures than are kept."""
    with pytest.MonkeyPatch.context() as patch:
        monitor = Monitor(tmp_path_factory.mktemp("monitor"), patch)
        baseline = monitor.measure(100)
        dark = monitor.run([line(number, image=png(pixels(number, light=0.5))) for number in numbers(60)])
        nothing = monitor.run([])
        patch.setattr("monitoring.running_statistics.CAPACITY", 16)
        patch.setattr("monitoring.running_statistics.RunningStatistics.__init__.__defaults__", (16,))
        many = monitor.run([line(number) for number in numbers(50)])
    assert dark.violations
    return [baseline, dark, nothing, many]


@pytest.mark.parametrize("name", ["statistics", "constraints", "constraint_violations"])
def test_files_have_the_documented_members_and_no_others(ended: list[Ended], name: str) -> None:
    schema = {"statistics": STATISTICS, "constraints": CONSTRAINTS, "constraint_violations": VIOLATIONS}[name]
    found = [each for each in ended if (each.output / f"{name}.json").exists()]
    assert len(found) >= 3
    for each in found:
        jsonschema.validate(each.read(f"{name}.json"), schema)


def test_the_schema_would_refuse_another_spelling(ended: list[Ended]) -> None:
    told = ended[1].read("constraint_violations.json")
    told["violations"][0]["constraint_check_type"] = "drift_check"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, VIOLATIONS)


def test_a_sketch_counts_as_many_values_as_there_were(ended: list[Ended]) -> None:
    for each in ended:
        for feature in each.read("statistics.json")["features"]:
            if "numerical_statistics" in feature:
                told = feature["numerical_statistics"]
                levels = told["distribution"]["kll"]["sketch"]["data"]
                weight = sum(len(values) << level for level, values in enumerate(levels))
                present = told["common"]["num_present"]
                assert abs(weight - present) < 1 << (len(levels) - 1) or weight == present
                buckets = told["distribution"]["kll"]["buckets"]
                assert len(buckets) in (0, 10)
                assert sum(bucket["count"] for bucket in buckets) == pytest.approx(present, abs=5)


def test_nan_and_infinity_stay_out_of_the_files(ended: list[Ended]) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    for each in ended:
        for file in each.output.glob("*.json"):
            json.loads(file.read_text(), parse_constant=refuse)


def test_metric_lines_are_what_put_metric_data_takes(ended: list[Ended]) -> None:
    shape = botocore.session.get_session().get_service_model("cloudwatch").shape_for("MetricDatum")
    for datum in ended[1].metrics:
        datum["Timestamp"] = datetime.fromisoformat(datum["Timestamp"])
        report = ParamValidator().validate(datum, shape)
        assert not report.has_errors(), report.generate_report()


def test_the_exit_message_is_one_that_describe_processing_job_can_show(ended: list[Ended]) -> None:
    shape = botocore.session.get_session().get_service_model("sagemaker").shape_for("ExitMessage")
    for each in ended:
        assert len(each.message) <= shape.metadata["max"]
        assert each.message.split(":")[0] in ("Completed", "CompletedWithViolations")


def test_the_container_keeps_aws_s_own_names_of_files(ended: list[Ended]) -> None:
    names = {file.name for file in Path(ended[1].output).iterdir()}
    assert names == {"statistics.json", "constraints.json", "constraint_violations.json", "report.html"}
