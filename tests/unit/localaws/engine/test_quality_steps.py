"""QualityCheck steps: which baseline is used, what the job is given, and what becomes of violations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from localaws.engine.quality import OPTIONS, PROPERTIES
from localaws.records.jobs import PROCESSING, change_job, find_job
from localaws.sagemaker import jobs
from localaws.tasks import Stop

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs

OUT = "s3://bucket/checked"
SUPPLIED = {
    "SuppliedBaselineStatistics": "s3://bucket/given/statistics.json",
    "SuppliedBaselineConstraints": "s3://bucket/given/constraints.json",
}
REGISTERED = {
    "Statistics": {"ContentType": "application/json", "S3Uri": "s3://bucket/v/statistics.json"},
    "Constraints": {"ContentType": "application/json", "S3Uri": "s3://bucket/v/constraints.json"},
}
CALCULATED = (f"{OUT}/constraints.json", f"{OUT}/statistics.json")
VIOLATION = {"feature_name": "a", "constraint_check_type": "data_type_check", "description": "No."}
JOB = {
    "AppSpecification": {"ImageUri": "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"},
    "Environment": {"output_path": "/opt/ml/processing/output", "dataset_source": "/opt/ml/processing/input"},
    "ProcessingOutputConfig": {
        "Outputs": [
            {
                "OutputName": "checked",
                "S3Output": {"S3Uri": OUT, "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"},
            }
        ]
    },
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
    "RoleArn": "arn:aws:iam::000000000000:role/pipeline",
}


class Analyzer:
    """Stands for the job: it keeps the job's document and leaves the violations that it is told."""

    def __init__(self) -> None:
        self.violations: list[dict[str, str]] | None = []
        self.ran: list[dict[str, Any]] = []

    def __call__(self, aws: Aws, name: str, _: Stop) -> None:
        self.ran.append(find_job(aws, PROCESSING, name) or {})
        if self.violations is not None:
            text = json.dumps({"violations": self.violations})
            aws.clients.s3.put_object(Bucket="bucket", Key="checked/constraint_violations.json", Body=text)
        change_job(aws, PROCESSING, name, ProcessingJobStatus="Completed")


@pytest.fixture
def analyzer(cloud: Aws, monkeypatch: pytest.MonkeyPatch) -> Analyzer:
    made = Analyzer()
    monkeypatch.setitem(jobs._RUN, PROCESSING.noun, made)
    return made


def check(build: Build, **options: object) -> dict[str, Any]:
    """A step as the SDK writes it: with null for what it was not given."""
    given = {**dict.fromkeys(OPTIONS), "CheckType": "DATA_QUALITY", "SkipCheck": False, **options}
    return build.step("Check", kind="QualityCheck", Arguments=JOB, **given)


def register(api: Api, status: str, baselines: dict[str, Any]) -> None:
    api(
        "CreateModelPackage",
        ModelPackageGroupName="models",
        ModelApprovalStatus=status,
        InferenceSpecification={
            "Containers": [{"Image": "own"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        DriftCheckBaselines=baselines,
    )


def test_a_check_without_violations_hands_on_the_baseline_that_it_used(
    runs: Runs, build: Build, analyzer: Analyzer
) -> None:
    read = [{"Get": f"Steps.Check.{name}"} for name in PROPERTIES]
    tell = build.step("Tell", kind="Fail", Arguments={"ErrorMessage": {"Std:Join": {"On": " ", "Values": read}}})
    steps = runs.steps(runs.run(build.text(check(build, **SUPPLIED), tell)))
    metadata = steps["Check"]["Metadata"]["QualityCheck"]
    assert steps["Check"]["StepStatus"] == "Succeeded"
    assert steps["Tell"]["FailureReason"].split() == [*CALCULATED, *reversed(SUPPLIED.values())]
    assert metadata["BaselineUsedForDriftCheckStatistics"] == SUPPLIED["SuppliedBaselineStatistics"]
    assert metadata["CalculatedBaselineConstraints"] == CALCULATED[0]
    assert metadata["CheckJobArn"].endswith(analyzer.ran[0]["ProcessingJobName"].lower())
    assert (metadata["CheckType"], metadata["SkipCheck"], metadata["RegisterNewBaseline"]) == (
        "DATA_QUALITY",
        False,
        False,
    )
    assert "ViolationReport" not in metadata


def test_the_job_is_given_the_baseline_and_told_where_it_is(runs: Runs, build: Build, analyzer: Analyzer) -> None:
    runs.run(build.text(check(build, **SUPPLIED)))
    given = {item["InputName"]: item["S3Input"]["S3Uri"] for item in analyzer.ran[0]["ProcessingInputs"]}
    assert given == dict(zip(("baseline", "constraints"), SUPPLIED.values(), strict=True))
    variables = analyzer.ran[0]["Environment"]
    assert variables["baseline_statistics"] == "/opt/ml/processing/baseline/stats/statistics.json"
    assert variables["baseline_constraints"] == "/opt/ml/processing/baseline/constraints/constraints.json"


@pytest.mark.parametrize("fails", [None, True])
def test_a_violation_fails_the_step_unless_it_is_not_to(
    runs: Runs, build: Build, analyzer: Analyzer, fails: bool | None
) -> None:
    analyzer.violations = [VIOLATION]
    step = runs.steps(runs.run(build.text(check(build, **SUPPLIED, FailOnViolation=fails))))["Check"]
    report = f"{OUT}/constraint_violations.json"
    # The words are those that the SDK's tests await: tests/integ/sagemaker/workflow/test_quality_check_steps.py
    assert step["FailureReason"] == f"ClientError: Quality check failed. See violation report: {report}"
    assert step["Metadata"]["QualityCheck"]["ViolationReport"] == report


def test_a_violation_may_be_only_reported(runs: Runs, build: Build, analyzer: Analyzer) -> None:
    analyzer.violations = [VIOLATION]
    parameter = {"Name": "Fails", "Type": "Boolean", "DefaultValue": False}
    options = {**SUPPLIED, "FailOnViolation": {"Get": "Parameters.Fails"}}
    step = runs.steps(runs.run(build.text(check(build, **options), parameters=[parameter])))["Check"]
    assert step["StepStatus"] == "Succeeded"
    assert step["Metadata"]["QualityCheck"]["ViolationReport"] == f"{OUT}/constraint_violations.json"


def test_the_first_run_skips_the_check_and_registers_its_baseline(runs: Runs, build: Build, analyzer: Analyzer) -> None:
    analyzer.violations = [VIOLATION]
    options = {"SkipCheck": True, "RegisterNewBaseline": True, "ModelPackageGroupName": "models"}
    step = runs.steps(runs.run(build.text(check(build, **options))))["Check"]
    assert step["StepStatus"] == "Succeeded"
    assert step["Metadata"]["QualityCheck"]["BaselineUsedForDriftCheckConstraints"] == CALCULATED[0]
    assert "baseline_constraints" not in analyzer.ran[0]["Environment"]


@pytest.mark.parametrize(("skips", "registers"), [(False, False), (False, True), (True, False)])
def test_any_other_run_needs_a_baseline(
    runs: Runs, build: Build, analyzer: Analyzer, skips: bool, registers: bool
) -> None:
    step = runs.steps(runs.run(build.text(check(build, SkipCheck=skips, RegisterNewBaseline=registers))))["Check"]
    assert step["FailureReason"].startswith("ClientError: No previous baseline of DATA_QUALITY was found")
    assert not analyzer.ran


def test_the_latest_approved_version_has_the_baseline(
    runs: Runs, cloud_api: Api, build: Build, analyzer: Analyzer
) -> None:
    cloud_api("CreateModelPackageGroup", ModelPackageGroupName="models")
    older = {name: {**file, "S3Uri": "s3://bucket/older"} for name, file in REGISTERED.items()}
    register(cloud_api, "Approved", {"ModelDataQuality": older})
    register(cloud_api, "Approved", {"ModelDataQuality": REGISTERED})
    register(cloud_api, "PendingManualApproval", {"ModelDataQuality": older})
    text = build.text(check(build, ModelPackageGroupName="models"))
    metadata = runs.steps(runs.run(text))["Check"]["Metadata"]["QualityCheck"]
    assert metadata["BaselineUsedForDriftCheckStatistics"] == "s3://bucket/v/statistics.json"
    assert metadata["ModelPackageGroupName"] == "models"


def test_a_version_has_a_baseline_of_each_type_and_a_supplied_one_comes_first(
    runs: Runs, cloud_api: Api, build: Build, analyzer: Analyzer
) -> None:
    cloud_api("CreateModelPackageGroup", ModelPackageGroupName="models")
    register(cloud_api, "Approved", {"ModelQuality": REGISTERED})
    data = check(build, ModelPackageGroupName="models")
    assert "No previous baseline" in runs.steps(runs.run(build.text(data)))["Check"]["FailureReason"]
    model = check(build, ModelPackageGroupName="models", CheckType="MODEL_QUALITY", **SUPPLIED)
    metadata = runs.steps(runs.run(build.text(model), "other"))["Check"]["Metadata"]["QualityCheck"]
    assert metadata["BaselineUsedForDriftCheckStatistics"] == SUPPLIED["SuppliedBaselineStatistics"]


def test_a_new_baseline_is_used_from_then_on_though_the_old_one_was_checked_against(
    runs: Runs, build: Build, analyzer: Analyzer
) -> None:
    step = runs.steps(runs.run(build.text(check(build, **SUPPLIED, RegisterNewBaseline=True))))["Check"]
    assert step["Metadata"]["QualityCheck"]["BaselineUsedForDriftCheckConstraints"] == CALCULATED[0]
    assert "baseline_constraints" in analyzer.ran[0]["Environment"]


def test_a_skipped_check_carries_the_previous_baseline_on(runs: Runs, build: Build, analyzer: Analyzer) -> None:
    analyzer.violations = [VIOLATION]
    step = runs.steps(runs.run(build.text(check(build, **SUPPLIED, SkipCheck=True))))["Check"]
    metadata = step["Metadata"]["QualityCheck"]
    assert step["StepStatus"] == "Succeeded"
    assert metadata["BaselineUsedForDriftCheckStatistics"] == SUPPLIED["SuppliedBaselineStatistics"]
    assert "ViolationReport" not in metadata
    assert "baseline_statistics" not in analyzer.ran[0]["Environment"]


def test_a_job_without_its_report_fails_the_check(runs: Runs, build: Build, analyzer: Analyzer) -> None:
    job = {**JOB, "Environment": {"output_path": "/opt/ml/processing/elsewhere"}}
    step = {**check(build, **SUPPLIED), "Arguments": job}
    reason = runs.steps(runs.run(build.text(step)))["Check"]["FailureReason"]
    assert reason.startswith("ClientError: No output of the quality check's job has the LocalPath")
    analyzer.violations = None
    reason = runs.steps(runs.run(build.text(check(build, **SUPPLIED)), "other"))["Check"]["FailureReason"]
    assert "constraint_violations.json cannot be read" in reason


def test_an_unchanged_check_takes_its_result_of_before(
    runs: Runs, cloud_api: Api, build: Build, analyzer: Analyzer
) -> None:
    cached = {"CacheConfig": {"Enabled": True, "ExpireAfter": "PT1H"}}
    runs.run(build.text(check(build, **SUPPLIED, **cached)))
    step = runs.steps(runs.ended(runs.start()))["Check"]
    assert step["CacheHitResult"]
    assert step["Metadata"]["QualityCheck"]["CalculatedBaselineConstraints"] == CALCULATED[0]
    changed = {**SUPPLIED, "SuppliedBaselineStatistics": "s3://bucket/other/statistics.json"}
    text = build.text(check(build, **changed, **cached))
    cloud_api("UpdatePipeline", PipelineName="line", PipelineDefinition=text)
    runs.ended(runs.start())
    assert len(analyzer.ran) == 2
