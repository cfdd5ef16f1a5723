"""From checkout to execution against a faked AWS, by function and by console script."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from pipelines import get_pipeline_definition, run_pipeline
from pipelines.clients import Client
from pipelines.errors import PipelineError
from pipelines.profiles import PROFILES
from pipelines.run import choose_data, run
from pipelines.settings import Settings
from pipelines.wait import Ending

COMPACT = PROFILES["compact"]


@pytest.fixture
def stack(deploy: Callable[..., None], settings: Settings) -> None:
    """The project's stack, with what it knows of the image."""
    deploy(ImageUri=settings.image_uri)


@pytest.fixture
def archive(s3: Client, image: str, settings: Settings) -> str:
    assert image
    s3.put_object(Bucket=settings.bucket, Key="raw/cifar-100-binary.tar.gz", Body=b"archive")
    return f"s3://{settings.bucket}/raw/cifar-100-binary.tar.gz"


def test_a_run_uploads_code_creates_the_pipeline_and_starts_it(
    s3: Client, sagemaker: Client, settings: Settings, archive: str
) -> None:
    arn = run(settings, COMPACT, {"Epochs": "2"}, display_name="first")

    execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert execution["PipelineExecutionDisplayName"] == "first"
    started = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    parameters = {entry["Name"]: entry["Value"] for entry in started["PipelineParameters"]}
    assert parameters["Epochs"] == "2"
    assert parameters["InputDataUri"] == archive
    assert len(parameters["DatasetVersion"]) == 16
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=settings.bucket)["Contents"]]
    assert sum(key.startswith("code/") for key in keys) == 2
    assert "curated/.keep" in keys


@pytest.mark.usefixtures("archive")
def test_the_steps_find_their_code_where_it_was_uploaded(s3: Client, sagemaker: Client, settings: Settings) -> None:
    run(settings, COMPACT, {})

    definition = sagemaker.describe_pipeline(PipelineName=settings.pipeline_name)["PipelineDefinition"]
    for room in ("processing", "evaluation"):
        uri = next(word for word in definition.split('"') if word.endswith(f"{room}.pyz") and "s3://" in word)
        s3.head_object(Bucket=settings.bucket, Key=uri.removeprefix(f"s3://{settings.bucket}/"))


@pytest.mark.usefixtures("archive")
def test_the_same_data_has_the_same_version_and_a_new_picture_another(s3: Client, settings: Settings) -> None:
    first, second = choose_data(s3, settings, {}), choose_data(s3, settings, {})
    s3.put_object(Bucket=settings.bucket, Key="curated/bicycle/1.png", Body=b"image")
    third = choose_data(s3, settings, {})

    assert first == second
    assert third["DatasetVersion"] != first["DatasetVersion"]


def test_an_archive_that_is_not_read_does_not_change_the_version(s3: Client, settings: Settings, archive: str) -> None:
    before = choose_data(s3, settings, {"InputDataUri": archive})
    s3.put_object(Bucket=settings.bucket, Key="raw/another.tar.gz", Body=b"other")

    assert choose_data(s3, settings, {"InputDataUri": archive}) == before


def test_a_wrong_parameter_is_refused_before_anything_is_written(s3: Client, settings: Settings) -> None:
    with pytest.raises(PipelineError, match="There is no parameter Epoch"):
        run(settings, COMPACT, {"Epoch": "2"})

    assert "Contents" not in s3.list_objects_v2(Bucket=settings.bucket)


@pytest.mark.usefixtures("archive")
def test_a_starter_and_a_reason_with_odd_characters_are_recorded_as_aws_allows(
    sagemaker: Client, settings: Settings
) -> None:
    arn = run(settings, COMPACT, {"StartedBy": "dependabot[bot]", "StartReason": "a bump, of numpy"})

    started = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    assert {"Name": "StartedBy", "Value": "dependabot-bot-"} in started["PipelineParameters"]
    assert {"Name": "StartReason", "Value": "a bump- of numpy"} in started["PipelineParameters"]


@pytest.mark.usefixtures("image")
def test_an_archive_whose_name_aws_would_refuse_at_the_end_is_refused_at_the_start(
    s3: Client, settings: Settings
) -> None:
    s3.put_object(Bucket=settings.bucket, Key="raw/cifar (1).tar.gz", Body=b"archive")

    with pytest.raises(PipelineError, match=r"InputDataUri is .*cifar \(1\).*recorded with the model"):
        run(settings, COMPACT, {})


@pytest.mark.usefixtures("archive")
def test_an_image_that_is_not_in_ecr_is_one_sentence_and_nothing_is_uploaded_or_started(
    s3: Client, sagemaker: Client, settings: Settings
) -> None:
    absent = replace(settings, image_uri="123456789012.dkr.ecr.us-east-1.amazonaws.com/scones:gone")

    with pytest.raises(PipelineError, match=r"image 1234\S+/scones:gone is not in ECR, so nothing was started; push"):
        run(absent, COMPACT, {})

    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=settings.bucket)["Contents"]] == [
        "raw/cifar-100-binary.tar.gz"
    ]
    assert sagemaker.list_pipelines()["PipelineSummaries"] == []


@pytest.mark.usefixtures("image")
def test_a_missing_bucket_is_a_sentence_with_the_command_that_mends_it(settings: Settings) -> None:
    with pytest.raises(PipelineError, match=f"bucket {settings.bucket} does not exist; .*scones up"):
        run(settings, COMPACT, {})


@pytest.mark.usefixtures("archive", "stack")
def test_run_pipeline_prints_the_arn_alone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEBUILD_RESOLVED_SOURCE_VERSION", "abc123")

    code = run_pipeline.main(["--set", "Seed=3", "--set", "AccuracyThreshold=0.9"])

    output = capsys.readouterr()
    assert code == 0
    assert output.out.count("\n") == 1
    assert output.out.startswith("arn:aws:sagemaker:us-east-1:123456789012:pipeline/scones-training/execution/")
    assert output.err == ""


@pytest.mark.usefixtures("archive", "stack")
def test_run_pipeline_starts_nothing_with_an_impossible_number(
    sagemaker: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_pipeline.main(["--set", "PairedGateLevel=7"]) == 1

    assert capsys.readouterr().err == "PairedGateLevel is '7'; it must be a number from 0 to 0.5.\n"
    assert sagemaker.list_pipelines()["PipelineSummaries"] == []


@pytest.mark.usefixtures("stack")
def test_run_pipeline_tells_commit_and_starter_from_the_build_environment(
    sagemaker: Client, archive: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEBUILD_RESOLVED_SOURCE_VERSION", "abc123")
    monkeypatch.setenv("CODEBUILD_INITIATOR", "codepipeline/scones")

    assert run_pipeline.main(["--set", f"InputDataUri={archive}"]) == 0

    arn = capsys.readouterr().out.strip()
    started = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    parameters = {entry["Name"]: entry["Value"] for entry in started["PipelineParameters"]}
    assert parameters["CommitId"] == "abc123"
    assert parameters["StartedBy"] == "codepipeline/scones"


@pytest.mark.usefixtures("s3", "image", "stack")
def test_run_pipeline_fails_with_one_sentence_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main([]) == 1

    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("There is no archive under s3://scones-123456789012-us-east-1/raw/")
    assert output.err.count("\n") == 1


@pytest.mark.usefixtures("s3", "image", "stack")
def test_a_build_without_data_yet_says_so_starts_nothing_and_is_good(
    sagemaker: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_pipeline.main(["--skip-without-data"]) == 0

    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("No run was started, and nothing is wrong: There is no archive under s3://scones-")
    assert "`scones dataset upload PATH`" in output.err
    assert sagemaker.list_pipelines()["PipelineSummaries"] == []


@pytest.mark.usefixtures("s3", "image", "stack")
def test_data_that_was_named_and_is_not_there_is_a_fault_also_to_a_build(capsys: pytest.CaptureFixture[str]) -> None:
    named = "InputDataUri=s3://scones-123456789012-us-east-1/raw/gone.tar.gz"
    assert run_pipeline.main(["--skip-without-data", "--set", named]) == 1
    assert "no object is there" in capsys.readouterr().err


@pytest.mark.usefixtures("archive", "stack")
def test_a_run_of_the_reference_profile_says_on_what_it_runs_in_place_of_what_aws_has_withdrawn(
    sagemaker: Client, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_pipeline.main(["--profile", "reference"]) == 0

    assert capsys.readouterr().err == (
        "The profile reference asks for ml.p3.2xlarge, which AWS has withdrawn; it runs on ml.g5.2xlarge unless "
        "TrainingInstanceType names another type.\n"
    )
    definition = json.loads(sagemaker.describe_pipeline(PipelineName=settings.pipeline_name)["PipelineDefinition"])
    defaults = {entry["Name"]: entry.get("DefaultValue") for entry in definition["Parameters"]}
    assert defaults["TrainingInstanceType"] == "ml.g5.2xlarge"


@pytest.mark.usefixtures("archive", "stack")
@pytest.mark.parametrize(
    ("ending", "code", "told"),
    [
        (Ending("Succeeded", ""), 0, "Succeeded.\n"),
        (Ending("Failed", "TrainModel: no image"), 1, "Failed. TrainModel: no image\n"),
    ],
)
def test_run_pipeline_waits_for_the_end_and_exits_by_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ending: Ending, code: int, told: str
) -> None:
    monkeypatch.setattr("pipelines.run_pipeline.wait_for_execution", lambda *_: ending)

    assert run_pipeline.main(["--wait"]) == code
    assert capsys.readouterr().err == told


@pytest.mark.usefixtures("archive")
def test_another_refusal_of_aws_is_passed_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")

    monkeypatch.setattr("pipelines.run.upload_code", refuse)

    with pytest.raises(ClientError, match="AccessDenied"):
        run(settings, COMPACT, {})


def test_get_pipeline_definition_prints_json_or_writes_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert get_pipeline_definition.main([]) == 0
    printed = capsys.readouterr().out
    path = tmp_path / "definition.json"
    assert get_pipeline_definition.main(["--output", str(path)]) == 0

    assert json.loads(printed)["Version"] == "2020-12-01"
    assert path.read_text() == printed
    assert capsys.readouterr().out == ""


def test_get_pipeline_definition_refuses_a_bad_setting_with_its_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCONES_BUCKET", "NOT A BUCKET")

    assert get_pipeline_definition.main([]) == 1
    assert capsys.readouterr().err.startswith("SCONES_BUCKET is 'NOT A BUCKET'")
